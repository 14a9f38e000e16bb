t"{x}" t'a{ y = }b{z = !r:>{w}}{u !s}'
t"""{
 f"{v}"} {t'{n:{m}}'} {{}}""" rt'\d{x == y}' t''
try:
    pass
except A, B:
    pass
try:
    pass
except* C, D:
    pass
