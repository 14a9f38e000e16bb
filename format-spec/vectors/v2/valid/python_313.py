class Class[T: int = bool, *Ts = *tuple[int], **P = [int]]:
    type Alias[U = str] = U
