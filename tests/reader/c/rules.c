/* Decodes the columns of an archive and checks the rules V08 to V32 (FORMAT.md, "Validation rules"). */
#include "archive.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"

enum { KNOWN_FLAGS = 7, HAS_WARNINGS = 1 };

bool is_utf8(const uint8_t *bytes, size_t length, bool surrogates) {
    for (size_t i = 0; i < length;) {
        uint8_t first = bytes[i++];
        if (first < 0x80) continue;
        int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
        if (first < 0xc2 || first > 0xf4 || length - i < (size_t)more) return false;
        uint32_t point = first & (0x3fu >> more);
        for (int k = 0; k < more; k++, i++) {
            if ((bytes[i] & 0xc0) != 0x80) return false;
            point = point << 6 | (bytes[i] & 0x3f);
        }
        if ((more == 2 && point < 0x800) || (more == 3 && (point < 0x10000 || point > 0x10ffff))) return false;
        if (!surrogates && point >= 0xd800 && point < 0xe000) return false;
    }
    return true;
}

static Rule check_checksum(const Archive *archive) {
    uint8_t header[HEADER];
    memcpy(header, archive->bytes, HEADER);
    memset(header + 48, 0, 8);
    uint64_t seed = xxh3(header, HEADER, 0);
    return xxh3(archive->bytes + HEADER, archive->body_length, seed) == read64(archive->bytes + 48) ? NULL : "V08";
}

/* Whether the bytes from `*at` to the vector are 0. `*at` becomes the vector's end. */
static bool padded(const Archive *archive, size_t *at, Vector vector) {
    if (vector.first == NULL) return true;
    size_t first = (size_t)(vector.first - archive->bytes);
    for (; *at < first; ++*at)
        if (archive->bytes[*at] != 0) return false;
    *at = first + (size_t)vector.count * vector.size;
    return true;
}

static Rule check_zeros(const Archive *archive) {
    const uint8_t *bytes = archive->bytes;
    if (read32(bytes + 44) != 0 || read64(bytes + 56) != 0) return "V09";
    if ((archive->flags & ~(unsigned)KNOWN_FLAGS) != 0 || archive->minimum_python < 11) return "V09";
    size_t at = HEADER;
    for (int i = 0; i < COLUMNS; i++) {
        const Column *column = &archive->columns[i];
        if (!padded(archive, &at, column->bytes) || !padded(archive, &at, column->rows)) return "V09";
        if (!padded(archive, &at, column->values) || !padded(archive, &at, column->bases)) return "V09";
    }
    return padded(archive, &at, (Vector){bytes + archive->root, 0, 1}) ? NULL : "V09";
}

/* Decodes a column whose largest number, `escape`, stands for a value in the overflow table. */
static Rule decode(const Column *column, uint32_t escape, const Column *overflow, uint32_t **decoded) {
    uint32_t rows = column->bytes.count, next = 0;
    *decoded = allocate(rows, sizeof **decoded);
    for (uint32_t row = 0; row < rows; row++) {
        uint32_t value = (uint32_t)element(column->bytes, row);
        if (value == escape) {
            if (next == overflow->rows.count || element(overflow->rows, next) != row) return "V10";
            value = (uint32_t)element(overflow->values, next++);
            if (value < escape) return "V11";
        }
        (*decoded)[row] = value;
    }
    return next == overflow->rows.count ? NULL : "V10";
}

static Rule decode_starts(Archive *archive) {
    const Column *column = &archive->columns[STARTS];
    uint32_t next = 0;
    uint64_t start = 0;
    archive->starts = allocate(archive->nodes, sizeof *archive->starts);
    for (uint32_t node = 0; node < archive->nodes; node++) {
        uint64_t difference = element(column->bytes, node);
        if (difference == 255) {
            if (next == column->rows.count || element(column->rows, next) != node) return "V10";
            uint64_t value = element(column->values, next++);
            if (value >= start && value - start < 255) return "V11";
            start = value;
        } else {
            start += difference;
        }
        if (start > archive->text_length) return "V20";
        if (node % 64 == 0 && element(archive->columns[START_BASES].bytes, node / 64) != start) return "V12";
        archive->starts[node] = (uint32_t)start;
    }
    return next == column->rows.count ? NULL : "V10";
}

static Rule decode_runs(const Column *column, uint32_t total, Pieces *pieces) {
    uint32_t *lengths = NULL;
    uint64_t end = 0;
    Rule broken = decode(column, 255, column, &lengths);
    pieces->count = column->bytes.count;
    pieces->ends = allocate((size_t)pieces->count + 1, sizeof *pieces->ends);
    for (uint32_t i = 0; broken == NULL && i < pieces->count; i++) {
        if (i % 64 == 0 && element(column->bases, i / 64) != end) broken = "V12";
        end += lengths[i];
        if (end > total) broken = "V13";
        pieces->ends[i + 1] = (uint32_t)end;
    }
    if (broken == NULL && end != total) broken = "V13";
    free(lengths);
    return broken;
}

static Rule decode_columns(Archive *archive) {
    Column *columns = archive->columns;
    Rule broken = decode_starts(archive);
    if (broken == NULL) broken = decode(&columns[LENGTHS], 255, &columns[LENGTHS], &archive->lengths);
    if (broken == NULL) broken = decode(&columns[SIZES], 255, &columns[SIZES], &archive->sizes);
    if (broken == NULL) broken = decode(&columns[PAYLOADS], 65535, &columns[PAYLOAD_OVERFLOW], &archive->payloads);
    if (broken == NULL) broken = decode_runs(&columns[LINES], archive->text_length, &archive->lines);
    if (broken == NULL) broken = decode_runs(&columns[NAMES], columns[NAME_BYTES].bytes.count, &archive->names);
    if (broken == NULL) broken = decode_runs(&columns[STRINGS], columns[STRING_BYTES].bytes.count, &archive->strings);
    return broken;
}

typedef struct {
    const uint8_t *bytes;
    size_t length;
} Text;

static Text piece(const Pieces *pieces, Vector bytes, uint32_t i) {
    return (Text){bytes.first + pieces->ends[i], pieces->ends[i + 1] - pieces->ends[i]};
}

static int compare_texts(const void *left, const void *right) {
    const Text *a = left, *b = right;
    if (a->length != b->length) return a->length < b->length ? -1 : 1;
    return a->length > 0 ? memcmp(a->bytes, b->bytes, a->length) : 0;
}

static bool distinct(const Pieces *pieces, Vector bytes) {
    Text *texts = allocate(pieces->count, sizeof *texts);
    bool all_differ = true;
    for (uint32_t i = 0; i < pieces->count; i++) texts[i] = piece(pieces, bytes, i);
    qsort(texts, pieces->count, sizeof *texts, compare_texts);
    for (uint32_t i = 1; i < pieces->count; i++)
        if (compare_texts(&texts[i - 1], &texts[i]) == 0) all_differ = false;
    free(texts);
    return all_differ;
}

/* V14 to V16, and the producer of V28. */
static Rule check_texts(const Archive *archive) {
    Vector name_bytes = archive->columns[NAME_BYTES].bytes, producer = archive->columns[PRODUCER].bytes;
    for (uint32_t i = 0; i < archive->lines.count; i++)
        if (archive->lines.ends[i] == archive->lines.ends[i + 1]) return "V14";
    for (uint32_t i = 0; i < archive->names.count; i++) {
        Text name = piece(&archive->names, name_bytes, i);
        if (name.length == 0 || !is_utf8(name.bytes, name.length, false)) return "V15";
    }
    if (!distinct(&archive->names, name_bytes)) return "V15";
    if (!distinct(&archive->strings, archive->columns[STRING_BYTES].bytes)) return "V16";
    return is_utf8(producer.first, producer.count, false) ? NULL : "V28";
}

/* V17 to V20: codes, subtrees, depth, ends. */
static Rule check_shape(Archive *archive) {
    const Schema *schema = archive->schema;
    uint32_t *path = allocate(archive->nodes, sizeof *path), length = 0, deepest = 0;
    Rule broken = NULL;
    archive->parents = allocate(archive->nodes, sizeof *archive->parents);
    for (uint32_t node = 0; broken == NULL && node < archive->nodes; node++) {
        uint64_t end = (uint64_t)node + 1 + archive->sizes[node];
        while (length > 0 && node > path[length - 1] + archive->sizes[path[length - 1]]) length--;
        if (!schema->kinds[element(archive->columns[KINDS].bytes, node)].known) broken = "V17";
        else if (element(archive->columns[FIELDS].bytes, node) >= schema->field_codes) broken = "V17";
        else if (node == 0 ? end != archive->nodes : length == 0) broken = "V18";
        else if (node > 0 && end > (uint64_t)path[length - 1] + 1 + archive->sizes[path[length - 1]]) broken = "V18";
        else if ((uint64_t)archive->starts[node] + archive->lengths[node] > archive->text_length) broken = "V20";
        if (broken == NULL && node > 0) archive->parents[node] = path[length - 1];
        path[length++] = node;
        if (length > deepest) deepest = length;
    }
    if (broken == NULL && deepest != archive->depth) broken = "V19";
    free(path);
    return broken;
}

static Rule check_comments(const Archive *archive) {
    uint32_t *gaps = NULL, *lengths = NULL;
    uint64_t at = 0;
    const Column *gap_column = &archive->columns[COMMENT_GAPS], *length_column = &archive->columns[COMMENT_LENGTHS];
    Rule broken = decode(gap_column, 255, gap_column, &gaps);
    if (broken == NULL) broken = decode(length_column, 255, length_column, &lengths);
    for (uint32_t i = 0; broken == NULL && i < gap_column->bytes.count; i++) {
        at += (uint64_t)gaps[i] + lengths[i];
        if (lengths[i] == 0 || at > archive->text_length) broken = "V29";
    }
    free(gaps);
    free(lengths);
    return broken;
}

static Rule check_warnings(const Archive *archive) {
    Vector warnings = archive->columns[WARNINGS].bytes;
    uint64_t before = 0;
    if (warnings.count % 2 != 0 || (warnings.count > 0) != ((archive->flags & HAS_WARNINGS) != 0)) return "V30";
    for (uint32_t i = 0; i < warnings.count; i += 2) {
        uint64_t offset = element(warnings, i);
        if (offset < before || offset >= archive->text_length || element(warnings, i + 1) > 2) return "V30";
        before = offset;
    }
    return NULL;
}

/* V31 and V32: walks over the nodes with the listed f-string that each is in. */
static Rule check_fstrings(const Archive *archive) {
    Vector listed = archive->columns[JOINED_STRINGS].bytes, spans = archive->columns[SPANS_311].bytes;
    uint32_t next = 0, record = 0;
    uint64_t end = 0, lines = archive->lines.count > 0 ? archive->lines.count : 1;
    if (spans.count % 5 != 0) return "V32";
    for (uint32_t node = 0; node < archive->nodes; node++) {
        const Kind *kind = &archive->schema->kinds[element(archive->columns[KINDS].bytes, node)];
        bool in_format = element(archive->columns[FIELDS].bytes, node) == IN_FORMAT_SPEC;
        if (node >= end && element(archive->columns[KINDS].bytes, node) == JOINED_STR && !in_format) {
            if (next == listed.count || element(listed, next) != node) return "V31";
            next++;
            end = (uint64_t)node + 1 + archive->sizes[node];
        }
        if (record < spans.count && element(spans, record) == node) {
            uint64_t line = element(spans, record + 1), end_line = element(spans, record + 3);
            if (node >= end || !kind->positions) return "V32";
            if (line < 1 || line > lines || end_line < 1 || end_line > lines) return "V32";
            record += 5;
        }
    }
    if (next != listed.count) return "V31";
    return record == spans.count ? NULL : "V32";
}

Rule check_rules(Archive *archive) {
    Rule broken = check_checksum(archive);
    if (broken == NULL) broken = check_zeros(archive);
    if (broken == NULL) broken = decode_columns(archive);
    if (broken == NULL) broken = check_texts(archive);
    if (broken == NULL) broken = check_shape(archive);
    if (broken == NULL) broken = check_nodes(archive);
    if (broken == NULL) broken = check_comments(archive);
    if (broken == NULL) broken = check_warnings(archive);
    if (broken == NULL) broken = check_fstrings(archive);
    return broken;
}

void close_archive(Archive *archive) {
    uint32_t *made[] = {archive->starts, archive->lengths, archive->sizes, archive->payloads, archive->parents,
                        archive->lines.ends, archive->names.ends, archive->strings.ends};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) free(made[i]);
}
