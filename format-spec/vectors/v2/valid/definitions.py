def all_kinds(a, b: int, c=1, /, d: "x" = 2, e=3, *args: *Ts, f, g: int, h=4, i: str = 5, **kwargs: dict) -> None:
    """Text."""


def star_only(*, a=1, b, c=2): ...
def positional(a, /): ...
def keywords(**kw): ...
def variable(*args): ...


@one
@two(three)
async def decorated(
    first,
    second=(1, 2),
) -> [int]:
    pass
