"""XXH3 of 64 bits. The seed is 0 but for inputs of more than 16 bytes."""

import struct

SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221"
    "b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
    "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb"
    "170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e"
)
MASK = 0xFFFFFFFFFFFFFFFF
P32 = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D
P64 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5


def number(data, at):
    return int.from_bytes(data[at : at + 8], "little")


def fold(one, other):
    product = one * other
    return (product & MASK) ^ (product >> 64)


def avalanche(value):
    value = ((value ^ value >> 37) * 0x165667919E3779F9) & MASK
    return value ^ value >> 32


def avalanche_short(value):
    value = ((value ^ value >> 33) * P64[1]) & MASK
    value = ((value ^ value >> 29) * P64[2]) & MASK
    return value ^ value >> 32


def mix(data, at, secret, seed):
    one = number(data, at) ^ (number(SECRET, secret) + seed) & MASK
    return fold(one, number(data, at + 8) ^ (number(SECRET, secret + 8) - seed) & MASK)


def xxh3_64(data, seed=0):
    """Hash any bytes."""
    length = len(data)
    if length > 240:
        return of_body(data, seed)
    if length > 16:
        return of_medium(data, seed)
    assert seed == 0
    if length > 8:
        low = number(data, 0) ^ number(SECRET, 24) ^ number(SECRET, 32)
        high = number(data, length - 8) ^ number(SECRET, 40) ^ number(SECRET, 48)
        swapped = int.from_bytes(low.to_bytes(8, "little"), "big")
        return avalanche((length + swapped + high + fold(low, high)) & MASK)
    if length > 3:
        first, last = (int.from_bytes(part, "little") for part in (data[:4], data[-4:]))
        value = (last + (first << 32)) ^ number(SECRET, 8) ^ number(SECRET, 16)
        value ^= ((value << 49 | value >> 15) ^ (value << 24 | value >> 40)) & MASK
        value = (value * 0x9FB21C651E98DF25) & MASK
        value = ((value ^ (value >> 35) + length) * 0x9FB21C651E98DF25) & MASK
        return value ^ value >> 28
    if length:
        value = data[0] << 16 | data[length >> 1] << 24 | data[-1] | length << 8
        keys = struct.unpack_from("<II", SECRET)
        return avalanche_short(value ^ keys[0] ^ keys[1])
    return avalanche_short(number(SECRET, 56) ^ number(SECRET, 64))


def of_medium(data, seed):
    """Hash 17 to 240 bytes."""
    length = len(data)
    value = length * P64[0]
    if length <= 128:
        for number_of_pair in reversed(range((length - 1) // 32 + 1)):
            value += mix(data, 16 * number_of_pair, 32 * number_of_pair, seed)
            value += mix(data, length - 16 - 16 * number_of_pair, 32 * number_of_pair + 16, seed)
        return avalanche(value & MASK)
    for part in range(8):
        value += mix(data, 16 * part, 16 * part, seed)
    value = avalanche(value & MASK)
    for part in range(8, length // 16):
        value += mix(data, 16 * part, 16 * (part - 8) + 3, seed)
    value += mix(data, length - 16, 136 - 17, seed)
    return avalanche(value & MASK)


def of_body(data, seed):
    """Hash more than 240 bytes."""
    assert len(data) > 240
    secret = bytearray()
    for low, high in struct.iter_unpack("<QQ", SECRET):
        secret += struct.pack("<QQ", (low + seed) & MASK, (high - seed) & MASK)
    sums = [P32[2], P64[0], P64[1], P64[2], P64[3], P32[1], P64[4], P32[0]]

    def accumulate(at, secret_at):
        words, keys = struct.unpack_from("<8Q", data, at), struct.unpack_from("<8Q", secret, secret_at)
        for lane, (word, key) in enumerate(zip(words, keys)):
            key ^= word
            sums[lane ^ 1] = (sums[lane ^ 1] + word) & MASK
            sums[lane] = (sums[lane] + (key & 0xFFFFFFFF) * (key >> 32)) & MASK

    stripes = (len(data) - 1) // 64
    for stripe in range(stripes):
        accumulate(stripe * 64, stripe % 16 * 8)
        if stripe % 16 == 15:
            for lane, key in enumerate(struct.unpack_from("<8Q", secret, 128)):
                sums[lane] = ((sums[lane] ^ sums[lane] >> 47 ^ key) * P32[0]) & MASK
    accumulate(len(data) - 64, 192 - 64 - 7)
    result = len(data) * P64[0]
    for pair in range(4):
        keys = struct.unpack_from("<2Q", secret, 11 + 16 * pair)
        result += fold(sums[2 * pair] ^ keys[0], sums[2 * pair + 1] ^ keys[1])
    return avalanche(result & MASK)
