"""BLAKE3 with its default key and 32 bytes of output."""

import struct

START = (
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
)  # fmt: skip
ORDER = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
COLUMNS = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)]
DIAGONALS = [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]
MASK = 0xFFFFFFFF
CHUNK_START, CHUNK_END, PARENT, ROOT = 1, 2, 4, 8


def rotated(value, bits):
    return (value >> bits | value << 32 - bits) & MASK


def compress(chaining, words, counter, length, flags):
    """Give the first eight words of the compression of a block."""
    state = [*chaining, *START[:4], counter & MASK, counter >> 32, length, flags]
    for _ in range(7):
        for group, (a, b, c, d) in enumerate(COLUMNS + DIAGONALS):
            for word, bits in zip(words[2 * group : 2 * group + 2], ((16, 12), (8, 7))):
                state[a] = (state[a] + state[b] + word) & MASK
                state[d] = rotated(state[d] ^ state[a], bits[0])
                state[c] = (state[c] + state[d]) & MASK
                state[b] = rotated(state[b] ^ state[c], bits[1])
        words = [words[index] for index in ORDER]
    return [one ^ other for one, other in zip(state[:8], state[8:])]


def chunk(data, counter, flags):
    """Give the chaining value of at most 1,024 bytes."""
    value = list(START)
    blocks = [data[at : at + 64] for at in range(0, len(data), 64)] or [b""]
    for number, block in enumerate(blocks):
        of_block = CHUNK_START * (number == 0) | (CHUNK_END | flags) * (number == len(blocks) - 1)
        words = struct.unpack("<16I", block.ljust(64, b"\0"))
        value = compress(value, words, counter, len(block), of_block)
    return value


def subtree(data, counter, flags):
    """Give the chaining value of bytes that start at a chunk."""
    if len(data) <= 1024:
        return chunk(data, counter, flags)
    # The left part is the largest power of two of chunks that leaves something for the right part.
    chunks = 1 << ((len(data) - 1) // 1024).bit_length() - 1
    left = subtree(data[: 1024 * chunks], counter, 0)
    right = subtree(data[1024 * chunks :], counter + chunks, 0)
    return compress(START, left + right, 0, 64, PARENT | flags)


def blake3(data):
    """Give the hash of some bytes."""
    return struct.pack("<8I", *subtree(data, 0, ROOT))
