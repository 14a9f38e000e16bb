x = 1
if x:
    """a
b"""
    f(1,
      2)  # comment
y = 2