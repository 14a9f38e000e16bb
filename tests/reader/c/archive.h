/* One archive: header, columns, and the values that decoding the columns from the front gives. */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include "schema.h"

enum { HEADER = 96 };

/* The number of the first rule that a file breaks, such as "V05", or NULL. */
typedef const char *Rule;

/* `count` elements of `size` bytes each, inside the bytes of the archive. */
typedef struct {
    const uint8_t *first;
    uint32_t count, size;
} Vector;

/* A division into pieces: piece i is from `ends[i]` to `ends[i + 1]`. */
typedef struct {
    uint32_t count, *ends;
} Pieces;

typedef struct {
    const uint8_t *bytes;
    size_t length, root;
    const Schema *schema;
    unsigned minimum_python, flags, depth;
    uint32_t parser, text_length, body_length, nodes;
    Vector columns[COLUMNS];
    /* By node, after `check_rules`; `parents[0]` is 0. */
    uint32_t *starts, *lengths, *sizes, *payloads, *parents;
    uint8_t *fields;
    Pieces lines, names, strings;
} Archive;

uint64_t element(Vector vector, uint32_t row);

/* The number of blocks of 64 rows but the first one. */
uint32_t later_blocks(uint32_t rows);

/* Reads header and root: the rules V01 to V07. */
Rule open_archive(Archive *archive, const uint8_t *bytes, size_t length);

/* Checks the rules V08 to V32 of an open archive and decodes its columns. */
Rule check_rules(Archive *archive);

/* Checks the rules V21 to V28, a part of `check_rules`. */
Rule check_nodes(const Archive *archive);

/* Frees what `check_rules` made. */
void close_archive(Archive *archive);

/* Whether the bytes are UTF-8, or WTF-8 where surrogates are allowed. */
bool is_utf8(const uint8_t *bytes, size_t length, bool surrogates);

/* Checks a file whose name ends in `.lazyast`, `.pack`, `.names` or `.fresh`. A pack's archives must have the
   parser version `parser` unless it is 0. An index of identifiers must have `archives` of them, unless that is
   negative. `*other_version` says whether the broken rule means another version and no damage. */
Rule check_file(const char *path, uint32_t parser, long archives, bool *other_version);

/* Prints the entries of a pack and its manifest. */
Rule print_pack(const char *path);

/* Prints the positions of the archives whose names may contain the identifier. */
Rule print_archives_with(const char *path, const char *identifier);

/* Prints the tree that CPython 3.minor.patch makes of the source. */
void print_tree(const Archive *archive, unsigned minor, unsigned patch);

#endif
