a and b and c or d
(n := 1)
a + b - c * d @ e / f % g ** h << i >> j | k ^ l & m // n
~a, not b, +c, -d
lambda: 0
lambda x, /, y=1, *args, z, w=2, **kwargs: x
a if b else c
{}
{1: 2, **a, 3: 4, **b}
{1, 2, *a}
[x for x in y]
[x for x in y if a if b for z in w]
{x for x in y}
{x: y for x, y in z if x}
(x for x in y)
f(x for x in y)
async def f():
    await a
    yield
    yield b
    yield from c
    return [x async for x in y]
a < b
a == b != c < d <= e > f >= g is h is not i in j not in k
f()
f(a, *b, c=d, *e, **g, h=i)
a.b.c[d][e:f:g, ::, h:]
a[b, *c]
[a, *b] = c, (d, *e) = f
x[:], x[1:], x[:1], x[::1]
del (a, b), [c, d]
()
[]
...
