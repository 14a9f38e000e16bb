match x:
    case 1: pass
    case -1: pass
    case 1.5 | -1.5: pass
    case 1j: pass
    case 1 + 2j: pass
    case -1 - 2j: pass
    case 'a': pass
    case 'a' 'b': pass
    case b'a': pass
    case u'a': pass
    case None | True | False: pass
    case a.b: pass
    case a.b.c: pass
    case y: pass
    case _: pass
match x:
    case []: pass
    case [a]: pass
    case [a, b]: pass
    case [a, *b]: pass
    case [*_]: pass
    case [a, *_, b]: pass
    case (): pass
    case (a,): pass
    case (a, b): pass
    case a,: pass
    case a, b: pass
    case a, *b: pass
    case *a,: pass
    case *_, a: pass
    case (a): pass
    case ((a, b), c): pass
    case [(a), [b]]: pass
match x:
    case {}: pass
    case {'a': 1}: pass
    case {'a': b, 'c': d}: pass
    case {'a': b, **c}: pass
    case {**a}: pass
    case {1: _, -1: a, None: b, a.b: c, 'x' 'y': d,}: pass
    case {'a': {'b': [c, *d]}}: pass
match x:
    case A(): pass
    case A(1): pass
    case A(1, b): pass
    case A(b=1): pass
    case A(1, b, c=2, d=e,): pass
    case a.B(c=D()): pass
    case A(x=(1 | 2)): pass
match x:
    case a | b: pass
match x:
    case 1 | 2 | 3: pass
    case (1 | 2) as a: pass
    case 1 | 2 as a: pass
    case [a, b] as c: pass
    case (a as b): pass
    case [1 as a, (2 | 3) as b]: pass
    case a if a > 1: pass
    case [a] if (b := a): pass
    case A(b=1 as c): pass
match x, y:
    case 1, 2: pass
match x,: 
    case 1,: pass
match *x, y:
    case _: pass
match (x):
    case 1: pass
match (x, y):
    case _: pass
match [x]:
    case _: pass
match {x: y}:
    case _: pass
match -x:
    case _: pass
match not x:
    case _: pass
match x if y else z:
    case _:
        match y:
            case 1:
                pass
            case _ if z:
                pass
match match:
    case case: pass
match(x)
match[x]
match, case = 1, 2
match = case = 1
match: int = 1
match.a.b(case)
match * x
match - x
