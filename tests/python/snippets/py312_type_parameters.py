type X = int
type X[T] = list[T]
type X[T: int, *Ts, **P] = (T, Ts, P)
type type = type
type match[case] = case
type _ = 1
def f[T](): pass
def f[T, U: (int, str)](x: T) -> U: pass
async def f[*Ts](*args: *Ts): pass
def f[**P](): pass
class A[T]: pass
class A[T](B[T]): pass
class A[T,](): pass
@a
class A[T, *Ts, **P](B, metaclass=C): pass
@a
def f[T](x): pass
type(x); type[x]; type = 1; type.x
type X = (yield_ if a else b)
type \
  X = \
  1
