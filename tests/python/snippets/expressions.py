a + b - c * d / e // f % g @ h ** i
a ** b ** -c ** ~d
-a ** b; (-a) ** b; not a == b
a << b >> c & d | e ^ f
a and b and c or d or e and not f
a or (b or c) or d
a < b <= c == d != e >= f > g is h is not i in j not in k
(a < b) < c
a if b else c if d else e
(a if b else c) if (d if e else f) else g
lambda: 0
lambda x: x
lambda x, y=1, *z, w, v=2, **u: (x, y)
lambda x, /, y: 0
lambda x=1, /, y=2, *, z: 0
lambda *, x: 0
lambda *x, y=1: 0
lambda **x: 0
lambda x, /: 0
lambda x: lambda y: x
(x := 1)
f(x := 1, y)
[x := 1, y := 2]
{x := 1}
a[x := 1]
a[x:=1, y]
()
(a,)
a,
a, b
(a, b)
((a, b), c)
(a), b
[]; [a]; [a,]; [a, b]; [*a, b, *c]
{}; {a}; {a, b,}; {*a, *b}
{a: b}; {a: b, **c, d: e,}; {**a}; {**a, **b}; {**a, 'b': c}
{a: b for a, b in c}
{a for a in b}
[a for a in b]
(a for a in b)
[a for a in b if c if d for e in f if g]
[a async for a in b]
f(a for a in b)
f((a for a in b))
f((a for a in b), c)
f(a for a in b
  if c)
[(a, b) for a, *b in c]
[[a for a in b] for b in c]
{(a): (b)}
[a for a.b in c for d[0] in e for (f, g) in h for [i] in j]
f(); f(a); f(a,); f(a, b); f(*a); f(**a); f(a, *b, c=d, **e)
f(a=b, *c); f(*a, *b, c=d, *e, **g, h=i, **j)
f(a)(b)(c)
f(a)[b].c(d)
a.b.c; a . b; (a).b; a.\
b
a[b]; a[b,]; a[b, c]; a[(b, c)]; a[()]
a[:]; a[b:]; a[:b]; a[b:c]; a[b:c:d]; a[::]; a[::d]; a[b::]; a[:c:]; a[::-1]
a[b:c, d]; a[:, :]; a[b, ...]; a[...,]
a[*b]; a[*b, c]; a[b, *c]; a[*b,]; a[*b, c:d]
a[lambda: 0]; a[b if c else d]
(a
 + b
   * c)
(yield); (yield a); (yield a, b); (yield *a, b); (yield from a)
x = yield
x = yield a
x = yield from a
await a
await a.b(c)
-await a ** b
print(*a, sep='')
(  a  )
((((a))))
( a , ( b ) )
[ ( a ) , ]
(a)(b)
(a)[b]
(a).b
not(a)
-(a)
a if(b)else(c)
