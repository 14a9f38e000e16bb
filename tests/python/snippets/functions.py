def f(): pass
def f(a): pass
def f(a,): pass
def f(a, b=1, *c, d, e=2, **g): pass
def f(a, /): pass
def f(a, /, b): pass
def f(a=1, /, b=2, *, c, d=3): pass
def f(*, a): pass
def f(*, a=1, b, c=2): pass
def f(*a, b): pass
def f(**a): pass
def f(*a, **b): pass
def f(a: int, /, b: str = 'x', *c: tuple, d: int, e: int = 1, **g: dict) -> None: pass
def f(*a: *b): pass
def f() -> (a, b): pass
def f(
    a,  # comment
    b=(1, 2),
    *,
    c=None,
): return a
async def f(): await a
async def f():
    async for a in b: pass
    async for a, b in c:
        pass
    else:
        pass
    async with a: pass
    async with a as b, c: pass
    async with (a as b, c as d): pass
    return [a async for a in b if await c]
    yield {a: b async for a, b in c}
    (a async for a in b for c in d async for e in f)
def f():
    '''Doc.'''
    global a, b
    x = 1
    def g():
        nonlocal x
        nonlocal x, y
        return
    return x, *y
    return *x, y
    yield
    yield x
    yield x, y
    yield from x
    x = yield y
@a
def f(): pass
@a.b.c
@d(e)
@f[0]
@(g or h)
@i if j else k
@lambda x: x
@l := m
def p(): pass
@a
async def f(): pass
@a
class A: pass
@a

# comment
@b
class A:
    @c
    def d(self): pass
    @ e
    async def f(self): pass
class A: pass
class A(): pass
class A(B): pass
class A(B, C, metaclass=D, *e, **f): pass
class A(B,): '''Doc.'''
class A(*b): x: int; y = 1
class A:
    class B:
        class C: pass
    def d(self):
        class E: pass
    if x:
        def f(): pass
