/* The two hashes of the format: XXH3 of 64 bits for checksums, BLAKE3 for sources and schemas. */
#ifndef HASH_H
#define HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t xxh3(const uint8_t *bytes, size_t length, uint64_t seed);
void blake3(const uint8_t *bytes, size_t length, uint8_t out[32]);

/* Little-endian numbers at any address. */
uint32_t read16(const uint8_t *at);
uint32_t read32(const uint8_t *at);
uint64_t read64(const uint8_t *at);

#endif
