"""The symbol tables of lazyast are those of `symtable`: for a few packages, and for rare forms of every construct."""

import sys
import sysconfig
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import tables

PACKAGES = ["json", "email", "concurrent", "importlib", "unittest", "collections"]

SOURCES = [
    "def f(a, *b, c=1, **d): return lambda e=a: (a, e, x)\nx = 1\n",
    "def f():\n  x = 1\n  class C:\n    x\n    y = x\n    def g(self): return x, y, __class__\n  return C\n",
    "def f():\n  global x\n  x = 1\n  def g():\n    nonlocal_ = x\n    x = 2\n  return g\n",
    "def f():\n  x = 1\n  def g():\n    nonlocal x\n    del x\n    for x in y: pass\n",
    "class C:\n  __a = 1\n  def f(self, __b): return self.__a, __b, __c, __d__\n  import __e.f, __g as __h\n",
    "class _C:\n  class D:\n    __x = 1\n  __y = [__z for __z in __x]\n",
    "x = [y for y in z if (w := y)]\ndef f(): return [(v := y) for y in z], {y: v for y in z}\n",
    "def f():\n  global w\n  return [(w := y) for y in z]\n",
    "def f():\n  return [lambda: y for y in z], [[a for a in y] for y in z], (b for b in z for c in b)\n",
    "class C:\n  a = 1\n  b = [a for _ in a]\n  c = [super().x for _ in a]\n  d = lambda: (a, super)\n",
    "def f(a):\n  return [a for b in a], [c for c in a for a in c]\n",
    "def f():\n  i = 1\n  [i for i in z]\n  return lambda: [j for j in i]\n",
    "try: pass\nexcept E as e: e\nwith a as (b, [c, *d]), x.y as z[i]: pass\n",
    "match x:\n  case [a, *b] | {'k': a, **b}: a\n  case C(d, e=f) as g if g: pass\n  case _: pass\n",
    "from a import *\nfrom .b import c as d, e\nimport f.g.h, i.j as k\n__all__ = ['c']\n",
    "x: int = 1\ny: str\n(z): int\n(w): int = 2\na.b: int\ndef f():\n  v: undefined\n  u: int = [t for t in u]\n",
    "class C:\n  x: T\n  if a:\n    y: list[x] = []\n  def f(self, a: x, *b: y, c: T = 1) -> x: pass\n",
    "from __future__ import annotations\nclass C:\n  x: T\n  def f(self, a: x) -> [b for b in a]: pass\nz: C\n",
    "def f():\n  def g(a: x, b: lambda: x = 1) -> y: pass\n  x = y = 1\n",
    "async def f():\n  async with a as b: pass\n  async for c in d: yield [e async for e in c]\n  await b\n",
    "x += 1\ndel y, z[0]\nfor a, b in c: pass\nelse: pass\nwhile d: pass\n",
    "@d\ndef f(): pass\n@(lambda g: g)\nclass C(B, m=M): pass\n",
    "[x.y for x.y in z]\n[a for a[b] in c]\n",
]
TYPE_PARAMETERS = [
    "def f[T: int, *Ts, **P](a: T, *b: *Ts) -> list[T]: return T, x\n",
    "class C[T](Base[T], m=T):\n  x: T\n  def f[S](self, a: S, b: T) -> x: return T, S, __class__\n",
    "type A[T] = list[T]\ntype B = A\nclass C:\n  x = 1\n  type D[T: x] = (T, x)\n  type E = x\n",
    "class C[__T]:\n  def f(self): return __T\n",
    "def f():\n  x = 1\n  class C:\n    def g[T: x](self, y: x): return x\n    x = 2\n",
    "class C:\n  def f[T](self, a: [T for _ in T], b=lambda: T): return [T for _ in a]\n",
]


@pytest.mark.parametrize("source", SOURCES)
def test_tables_of_a_source(source):
    result = tables.compare(source.encode())
    assert result is not None and result[0] == []


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters")
@pytest.mark.parametrize("source", TYPE_PARAMETERS)
def test_tables_with_type_parameters(source):
    result = tables.compare(source.encode())
    assert result is not None and result[0] == []


@pytest.mark.skipif(sys.version_info < (3, 13), reason="defaults of type parameters")
def test_tables_with_defaults_of_type_parameters():
    source = b"class C[T = int, *Ts = *tuple[T], **P = [T]]: pass\ndef f[T: int = x](): pass\n"
    assert tables.compare(source)[0] == []


def test_tables_of_packages(capsys):
    library = Path(sysconfig.get_path("stdlib"))
    assert tables.main([library / name for name in PACKAGES]) == 0, capsys.readouterr().out


def test_differences_are_reported():
    rows = tables._native.symbol_tables_of(b"def f(a): return a\n", sys.version_info.minor)
    other = tables._native.symbol_tables_of(b"def f(b): return a\n", sys.version_info.minor)
    assert list(tables.differences(tables.found(rows), tables.found(other)))
