# coding: shift_jis
x = "日本"; y = 1
