"""Every statement that Python 3.11 has."""
import os
import os.path as path, sys
from . import sibling
from .. import cousin as relative
from ...far.away import *
from os import (path as p, sep)
from __future__ import annotations

x = y = 1
x += 2
x: int = 3
(x): int
y.z: "text"
del x, y.z, z[0]
for i in range(3):
    continue
else:
    pass
while True:
    break
else:
    x = 0
if x:
    pass
elif y:
    pass
elif z:
    x = 1
else:
    x = 2
with open(a) as b, c:
    pass
with (open(a) as (b, d), c as e[0]):
    pass
try:
    raise
except:
    raise x
try:
    raise x from y
except ValueError as error:
    pass
except (TypeError, KeyError):
    pass
else:
    pass
finally:
    pass
try:
    pass
except* OSError as group:
    pass
except* (A, B):
    pass
assert x
assert x, "message"
match = 0; pass; x


def function():
    global one, two
    return


def outer():
    one = two = 1

    def inner():
        nonlocal one, two
        return one, two


async def coroutine():
    async for i in x:
        await i
    else:
        pass
    async with x as y, z:
        yield
    return x


class Empty: pass


@decorator
@decorator.of(x)
class Full(Base, *bases, metaclass=Meta, **keywords):
    attribute: int = 1

    @staticmethod
    def method(self): return yield_
