type Alias = int
type Generic[T, *Ts, **P] = dict[T, P]


def function[T: (int, str), *Ts, **P](x: T) -> T: ...


async def coroutine[T](): ...


class Class[T: int](Base): ...


f'{a['b']}{f'{'\n'}'}{
    x  # comment
}'
