/* XXH3 and BLAKE3, written from their specifications, for clarity and not for speed. */
#include "hash.h"

#include <string.h>

uint32_t read16(const uint8_t *at) { return (uint32_t)at[0] | (uint32_t)at[1] << 8; }

uint32_t read32(const uint8_t *at) { return read16(at) | read16(at + 2) << 16; }

uint64_t read64(const uint8_t *at) { return (uint64_t)read32(at) | (uint64_t)read32(at + 4) << 32; }

/* ---- XXH3 ---- */

#define PRIME32_1 UINT64_C(0x9E3779B1)
#define PRIME32_2 UINT64_C(0x85EBCA77)
#define PRIME32_3 UINT64_C(0xC2B2AE3D)
#define PRIME64_1 UINT64_C(0x9E3779B185EBCA87)
#define PRIME64_2 UINT64_C(0xC2B2AE3D27D4EB4F)
#define PRIME64_3 UINT64_C(0x165667B19E3779F9)
#define PRIME64_4 UINT64_C(0x85EBCA77C2B2AE63)
#define PRIME64_5 UINT64_C(0x27D4EB2F165667C5)

enum { SECRET = 192, STRIPE = 64, STRIPES_IN_BLOCK = (SECRET - STRIPE) / 8 };

static const uint8_t secret_without_seed[SECRET] = {
    0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c,
    0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f,
    0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
    0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c,
    0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3,
    0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
    0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d,
    0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64,
    0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
    0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
    0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce,
    0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
};

static uint64_t rotate64(uint64_t x, int by) { return x << by | x >> (64 - by); }

static uint64_t swap64(uint64_t x) {
    uint64_t swapped = 0;
    for (int i = 0; i < 8; i++) swapped = swapped << 8 | (x >> (8 * i) & 0xff);
    return swapped;
}

/* The two halves of the product of 128 bits, combined with xor. */
static uint64_t multiply_and_fold(uint64_t a, uint64_t b) {
    uint64_t a_low = a & 0xffffffff, a_high = a >> 32, b_low = b & 0xffffffff, b_high = b >> 32;
    uint64_t low = a_low * b_low, middle_1 = a_high * b_low, middle_2 = a_low * b_high;
    uint64_t carry = (low >> 32) + (middle_1 & 0xffffffff) + middle_2;
    uint64_t high = a_high * b_high + (middle_1 >> 32) + (carry >> 32);
    return (carry << 32 | (low & 0xffffffff)) ^ high;
}

static uint64_t avalanche_of_xxh64(uint64_t hash) {
    hash = (hash ^ hash >> 33) * PRIME64_2;
    hash = (hash ^ hash >> 29) * PRIME64_3;
    return hash ^ hash >> 32;
}

static uint64_t avalanche(uint64_t hash) {
    hash = (hash ^ hash >> 37) * UINT64_C(0x165667919E3779F9);
    return hash ^ hash >> 32;
}

static uint64_t mix16(const uint8_t *in, const uint8_t *secret, uint64_t seed) {
    return multiply_and_fold(read64(in) ^ (read64(secret) + seed), read64(in + 8) ^ (read64(secret + 8) - seed));
}

static uint64_t xxh3_to_16(const uint8_t *in, size_t length, uint64_t seed) {
    const uint8_t *secret = secret_without_seed;
    if (length > 8) {
        uint64_t low = read64(in) ^ ((read64(secret + 24) ^ read64(secret + 32)) + seed);
        uint64_t high = read64(in + length - 8) ^ ((read64(secret + 40) ^ read64(secret + 48)) - seed);
        return avalanche(length + swap64(low) + high + multiply_and_fold(low, high));
    }
    if (length >= 4) {
        seed ^= swap64(seed & 0xffffffff);
        uint64_t input = read32(in + length - 4) + ((uint64_t)read32(in) << 32);
        uint64_t hash = input ^ ((read64(secret + 8) ^ read64(secret + 16)) - seed);
        hash ^= rotate64(hash, 49) ^ rotate64(hash, 24);
        hash *= UINT64_C(0x9FB21C651E98DF25);
        hash ^= (hash >> 35) + length;
        hash *= UINT64_C(0x9FB21C651E98DF25);
        return hash ^ hash >> 28;
    }
    if (length > 0) {
        uint64_t combined = (uint64_t)in[0] << 16 | (uint64_t)in[length >> 1] << 24 | in[length - 1] | length << 8;
        return avalanche_of_xxh64(combined ^ ((uint64_t)(read32(secret) ^ read32(secret + 4)) + seed));
    }
    return avalanche_of_xxh64(seed ^ read64(secret + 56) ^ read64(secret + 64));
}

static uint64_t xxh3_to_240(const uint8_t *in, size_t length, uint64_t seed) {
    const uint8_t *secret = secret_without_seed;
    uint64_t sum = length * PRIME64_1;
    if (length <= 128) {
        for (size_t i = (length - 1) / 32 + 1; i-- > 0;) {
            sum += mix16(in + 16 * i, secret + 32 * i, seed);
            sum += mix16(in + length - 16 * (i + 1), secret + 32 * i + 16, seed);
        }
        return avalanche(sum);
    }
    for (size_t i = 0; i < 8; i++) sum += mix16(in + 16 * i, secret + 16 * i, seed);
    sum = avalanche(sum);
    for (size_t i = 8; i < length / 16; i++) sum += mix16(in + 16 * i, secret + 16 * (i - 8) + 3, seed);
    return avalanche(sum + mix16(in + length - 16, secret + 136 - 17, seed));
}

static void accumulate(uint64_t sums[8], const uint8_t *stripe, const uint8_t *secret) {
    for (int i = 0; i < 8; i++) {
        uint64_t value = read64(stripe + 8 * i), key = value ^ read64(secret + 8 * i);
        sums[i ^ 1] += value;
        sums[i] += (key & 0xffffffff) * (key >> 32);
    }
}

static uint64_t xxh3_long(const uint8_t *in, size_t length, uint64_t seed) {
    uint8_t secret[SECRET];
    for (int i = 0; i < SECRET; i += 8) {
        uint64_t word = read64(secret_without_seed + i);
        word = i % 16 == 0 ? word + seed : word - seed;
        for (int j = 0; j < 8; j++) secret[i + j] = (uint8_t)(word >> (8 * j));
    }
    uint64_t sums[8] = {PRIME32_3, PRIME64_1, PRIME64_2, PRIME64_3, PRIME64_4, PRIME32_2, PRIME64_5, PRIME32_1};
    size_t stripes = (length - 1) / STRIPE;
    for (size_t i = 0; i < stripes; i++) {
        accumulate(sums, in + STRIPE * i, secret + 8 * (i % STRIPES_IN_BLOCK));
        if (i % STRIPES_IN_BLOCK == STRIPES_IN_BLOCK - 1)
            for (int j = 0; j < 8; j++)
                sums[j] = (sums[j] ^ sums[j] >> 47 ^ read64(secret + SECRET - STRIPE + 8 * j)) * PRIME32_1;
    }
    accumulate(sums, in + length - STRIPE, secret + SECRET - STRIPE - 7);
    uint64_t result = length * PRIME64_1;
    for (int i = 0; i < 4; i++)
        result += multiply_and_fold(sums[2 * i] ^ read64(secret + 11 + 16 * i),
                                    sums[2 * i + 1] ^ read64(secret + 11 + 16 * i + 8));
    return avalanche(result);
}

uint64_t xxh3(const uint8_t *bytes, size_t length, uint64_t seed) {
    if (length <= 16) return xxh3_to_16(bytes, length, seed);
    if (length <= 240) return xxh3_to_240(bytes, length, seed);
    return xxh3_long(bytes, length, seed);
}

/* ---- BLAKE3 ---- */

enum { BLOCK = 64, CHUNK = 1024, CHUNK_START = 1, CHUNK_END = 2, PARENT = 4, ROOT = 8 };

static const uint32_t initial[8] = {
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
};

static uint32_t rotate32(uint32_t x, int by) { return x >> by | x << (32 - by); }

static void mix(uint32_t s[16], int a, int b, int c, int d, uint32_t x, uint32_t y) {
    s[a] += s[b] + x;
    s[d] = rotate32(s[d] ^ s[a], 16);
    s[c] += s[d];
    s[b] = rotate32(s[b] ^ s[c], 12);
    s[a] += s[b] + y;
    s[d] = rotate32(s[d] ^ s[a], 8);
    s[c] += s[d];
    s[b] = rotate32(s[b] ^ s[c], 7);
}

static void compress(uint32_t chain[8], const uint32_t block[16], uint64_t counter, uint32_t length, uint32_t flags) {
    static const int permutation[16] = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
    uint32_t s[16], words[16], permuted[16];
    memcpy(s, chain, 8 * sizeof *s);
    memcpy(s + 8, initial, 4 * sizeof *s);
    s[12] = (uint32_t)counter;
    s[13] = (uint32_t)(counter >> 32);
    s[14] = length;
    s[15] = flags;
    memcpy(words, block, sizeof words);
    for (int round = 0; round < 7; round++) {
        for (int i = 0; i < 4; i++) mix(s, i, 4 + i, 8 + i, 12 + i, words[2 * i], words[2 * i + 1]);
        for (int i = 0; i < 4; i++)
            mix(s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, words[8 + 2 * i], words[9 + 2 * i]);
        for (int i = 0; i < 16; i++) permuted[i] = words[permutation[i]];
        memcpy(words, permuted, sizeof words);
    }
    for (int i = 0; i < 8; i++) chain[i] = s[i] ^ s[i + 8];
}

/* Hashes the chunks of a subtree. The recursion is as deep as the number of chunks has bits. */
static void hash_subtree(const uint8_t *in, size_t length, uint64_t counter, uint32_t root, uint32_t out[8]) {
    uint32_t words[16];
    memcpy(out, initial, sizeof initial);
    if (length > CHUNK) {
        size_t left = CHUNK;
        while (left * 2 < length) left *= 2;
        hash_subtree(in, left, counter, 0, words);
        hash_subtree(in + left, length - left, counter + left / CHUNK, 0, words + 8);
        compress(out, words, 0, BLOCK, PARENT | root);
        return;
    }
    size_t at = 0;
    do {
        uint8_t block[BLOCK] = {0};
        size_t taken = length - at < BLOCK ? length - at : BLOCK;
        if (taken > 0) memcpy(block, in + at, taken);
        for (int i = 0; i < 16; i++) words[i] = read32(block + 4 * i);
        uint32_t flags = at == 0 ? CHUNK_START : 0;
        at += taken;
        if (at == length) flags |= CHUNK_END | root;
        compress(out, words, counter, (uint32_t)taken, flags);
    } while (at < length);
}

void blake3(const uint8_t *bytes, size_t length, uint8_t out[32]) {
    uint32_t words[8];
    hash_subtree(bytes, length, 0, ROOT, words);
    for (int i = 0; i < 32; i++) out[i] = (uint8_t)(words[i / 4] >> (8 * (i % 4)));
}
