# mark
x = "é"; y = 1
