pass; pass
x = 1; y = 2;
x = y = z = 1
x, y = y, x
(x, y) = [a, b] = c
x, = y
*x, y = z
[x, *y] = z
(*x,) = y
x.y = a[b] = c
x: int
x: int = 1
x: int = 1, 2
x: int = *a, b
(x): int
(x): int = 1
x.y: int
x[0]: int = 2
x: 'int' = yield
x += 1; x -= 1; x *= 1; x @= 1; x /= 1; x //= 1; x %= 1; x **= 1
x <<= 1; x >>= 1; x &= 1; x |= 1; x ^= 1
x.y += 1; x[0] += 1
x += 1, 2
x += yield
x = *a, b
del x
del x, y
del (x, y), [z], w.v, u[0]
del (x)
del ()
del (x,)
assert x
assert x, 'y'
assert (x, y)
raise
raise x
raise x from y
raise x from None
global a
global a, b
nonlocal_ = 1
import a
import a.b.c
import a as b
import a.b as c, d, e as f
from a import b
from a import b as c, d
from a import (b, c as d,)
from a import (
    b,
    c
)
from . import a
from .. import a
from ... import a
from .... import a
from .a import b
from ...a.b import c
from . . import a
from .... . a import b
from a import *
return_ = 1
if a: b
if a:
    b
elif c:
    d
elif e:
    f
else:
    g
if a: pass
else: pass
if a:
    pass
else:
    if b:
        pass
if a:
    pass
elif b: pass
while a: b
while a:
    break
else:
    continue_ = 1
for a in b: c
for a, b in c: pass
for a, in b: pass
for (a, b) in c: pass
for *a, b in c: pass
for a in b, c: pass
for a in *b, c: pass
for a.b in c: pass
for a[0] in b:
    continue
else:
    pass
try:
    a
except:
    b
try:
    a
except B:
    c
except (D, E) as f:
    g
except H:
    pass
else:
    i
finally:
    j
try: a
finally: b
try:
    try: a
    except B: c
finally: d
try: a
except* B: c
try:
    a
except* B as c:
    d
except* (E, F):
    g
else:
    h
finally:
    i
with a: b
with a as b: c
with a, b: c
with a as b, c as d: e
with (a): b
with (a) as b: c
with (a, b): c
with (a, b) as c: d
with (a as b): c
with (a as b, c as d): e
with (a as b, c): d
with (a, b as c,): d
with (
    a as b,
    c as d,
):
    e
with (a, b), c: d
with a as (b, c): d
with a as b.c, d as e[0]: f
with (yield): a
with (a for a in b) as c: d
with (a := b): c
with (a), (b): c
with a(), b(): pass
with (a)(): pass
with (a).b as c: pass
with (a, b)[0]: pass
type = 1
type.x = 2
type(x)
match = 1
match.x
case = 2
print(match, case, type, _)
_ = 1
soft = match[case]
