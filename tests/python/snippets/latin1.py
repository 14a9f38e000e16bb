# coding: latin-1
x = "éü"; y = zé = 1
"é" "b"; f"é{x}"
