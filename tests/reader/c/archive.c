/* Opens an archive: header, root, vectors (FORMAT.md, "Header" and "Root"). */
#include "archive.h"

#include <string.h>

#include "hash.h"

enum { ENTRY = 8 };
static const uint32_t element_size[] = {1, 4, 8, 1, 1};

uint64_t element(Vector vector, uint32_t row) {
    const uint8_t *at = vector.first + (size_t)row * vector.size;
    switch (vector.size) {
    case 1: return at[0];
    case 4: return read32(at);
    default: return read64(at);
    }
}

/* Reads the entry at `*entry` and goes on to the next one. The elements begin at `*free` or later. */
static bool read_vector(const Archive *archive, size_t *entry, uint32_t size, size_t *free, Vector *vector) {
    uint32_t relative = read32(archive->bytes + *entry), count = read32(archive->bytes + *entry + 4);
    int64_t first = (int64_t)*entry + relative - (relative < UINT32_C(0x80000000) ? 0 : INT64_C(1) << 32);
    *entry += ENTRY;
    if (first < (int64_t)*free || first > (int64_t)archive->root || first % size != 0) return false;
    if ((uint64_t)count * size > archive->root - (uint64_t)first) return false;
    *free = (size_t)first + (size_t)count * size;
    *vector = (Vector){archive->bytes + first, count, size};
    return true;
}

/* V05: the root and every vector lie inside the body, aligned, in order. */
static Rule read_root(Archive *archive) {
    const Schema *schema = archive->schema;
    size_t root_length = (size_t)schema->column_count * ENTRY, free = HEADER;
    if (archive->body_length < root_length || (archive->length - root_length) % 4 != 0) return "V05";
    archive->root = archive->length - root_length;
    size_t entry = archive->root;
    for (unsigned i = 0; i < schema->column_count; i++)
        if (!read_vector(archive, &entry, element_size[schema->columns[i]], &free, &archive->columns[i])) return "V05";
    return NULL;
}

uint32_t later_blocks(uint32_t rows) { return rows > 0 ? (rows - 1) / 64 : 0; }

/* V06: the lengths of vectors that belong together agree. */
static Rule check_counts(const Archive *archive) {
    const Vector *columns = archive->columns;
    static const int by_node[] = {KINDS, FIELDS, STARTS, LENGTHS, SIZES}, divided[] = {LINES, NAMES, STRINGS};
    for (size_t i = 0; i < sizeof by_node / sizeof *by_node; i++)
        if (columns[by_node[i]].count != archive->nodes) return "V06";
    uint64_t bases = 2 * (uint64_t)later_blocks(archive->nodes);
    for (size_t i = 0; i < sizeof divided / sizeof *divided; i++) bases += later_blocks(columns[divided[i]].count);
    if (columns[BASES].count != bases) return "V06";
    if (columns[OVERFLOW_ROWS].count != columns[OVERFLOW_VALUES].count) return "V06";
    return columns[COMMENT_GAPS].count == columns[COMMENT_LENGTHS].count ? NULL : "V06";
}

Rule open_archive(Archive *archive, const uint8_t *bytes, size_t length) {
    memset(archive, 0, sizeof *archive);
    if (length < HEADER) return "V04";
    if (memcmp(bytes, "LAZYAST\x1a", 8) != 0) return "V01";
    if (read32(bytes + 8) != 2) return "V02";
    archive->schema = schema_of(read64(bytes + 16));
    if (archive->schema == NULL) return "V03";
    archive->bytes = bytes;
    archive->length = length;
    archive->minimum_python = bytes[12];
    archive->flags = bytes[13];
    archive->depth = read16(bytes + 14);
    archive->parser = read32(bytes + 24);
    archive->text_length = read32(bytes + 32);
    archive->body_length = read32(bytes + 36);
    archive->nodes = read32(bytes + 40);
    if (length - HEADER != archive->body_length) return "V04";
    Rule broken = read_root(archive);
    if (broken == NULL) broken = check_counts(archive);
    if (broken != NULL) return broken;
    if (archive->nodes == 0 || element(archive->columns[KINDS], 0) != MODULE) return "V07";
    return NULL;
}
