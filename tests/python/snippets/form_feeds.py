# form feeds
x = 1
def f():
    pass
    
    y = 2
z = 3
if x:
  a
  b
