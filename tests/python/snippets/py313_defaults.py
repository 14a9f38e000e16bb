class A[T = int]: pass
class A[T: int = str, *Ts = *tuple[int, ...], **P = [int, str]]: pass
def f[T = (a, b)](): pass
type X[T = list[T], *U = *a] = T
