match subject:
    case 1 | -2 | 1 + 2j | "text" | b"bytes" | a.b:
        pass
    case None | True | False:
        pass
    case [a, *rest, _] | (a, *_):
        pass
    case []:
        pass
    case {"key": 1, a.b: [x], **rest}:
        pass
    case {}:
        pass
    case {**rest}:
        pass
    case Point() | Point(1, y, z=3, w=[0]):
        pass
    case (a | b) as c if c > 1:
        pass
    case _:
        pass
match x, y:
    case a, b:
        pass
