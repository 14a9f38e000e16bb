import a  # type: ignore
x = 1  # type: int
y = []  # type:ignore[x] # more
def f(a,  # type: int
      b):
    # type: (...) -> None
    pass
for x in y:  # type: int
    pass
with a as b:  # type: int
    pass
#type: ignore
# type: not anywhere
