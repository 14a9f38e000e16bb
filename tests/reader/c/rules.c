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
    for (int i = 0; i < COLUMNS; i++)
        if (!padded(archive, &at, archive->columns[i])) return "V09";
    return padded(archive, &at, (Vector){bytes + archive->root, 0, 1}) ? NULL : "V09";
}

/* How much of the base columns and of the overflow table was decoded: both have the columns one after the other. */
typedef struct {
    const Archive *archive;
    uint32_t bases, overflow;
} Decoder;

/* V12: the base of the block that begins at the row, if it is a later one. */
static bool has_base(Decoder *decoder, uint32_t row, uint64_t value) {
    if (row == 0 || row % 64 != 0) return true;
    return element(decoder->archive->columns[BASES], decoder->bases++) == value;
}

/* Takes the value of an escaped row. `code` is that of the narrow column. */
static Rule escaped(Decoder *decoder, uint32_t code, uint32_t row, uint32_t *value) {
    Vector rows = decoder->archive->columns[OVERFLOW_ROWS], values = decoder->archive->columns[OVERFLOW_VALUES];
    if (row >> 28 != 0 || decoder->overflow == rows.count) return "V10";
    if (element(rows, decoder->overflow) != (code << 28 | row)) return "V10";
    *value = (uint32_t)element(values, decoder->overflow++);
    return NULL;
}

/* Decodes a narrow column. */
static Rule decode(Decoder *decoder, uint32_t code, int column, uint32_t **decoded) {
    Vector bytes = decoder->archive->columns[column];
    Rule broken = NULL;
    *decoded = allocate(bytes.count, sizeof **decoded);
    for (uint32_t row = 0; broken == NULL && row < bytes.count; row++) {
        uint32_t value = (uint32_t)element(bytes, row);
        if (value == 255) {
            broken = escaped(decoder, code, row, &value);
            if (broken == NULL && value < 255) broken = "V11";
        }
        (*decoded)[row] = value;
    }
    return broken;
}

static Rule decode_starts(Decoder *decoder, Archive *archive) {
    uint64_t start = 0;
    archive->starts = allocate(archive->nodes, sizeof *archive->starts);
    for (uint32_t node = 0; node < archive->nodes; node++) {
        uint64_t difference = element(archive->columns[STARTS], node);
        if (!has_base(decoder, node, start)) return "V12";
        if (difference == 255) {
            uint32_t value;
            Rule broken = escaped(decoder, 0, node, &value);
            if (broken != NULL) return broken;
            if (value >= start && value - start < 255) return "V11";
            start = value;
        } else {
            start += difference;
        }
        if (start > archive->text_length) return "V20";
        archive->starts[node] = (uint32_t)start;
    }
    return NULL;
}

/* Divides the bytes of `fields`: the codes, and the lengths of payloads. */
static Rule decode_payloads(Decoder *decoder, Archive *archive) {
    static const uint32_t lengths[] = {0, 1, 2, 4};
    Vector payloads = archive->columns[PAYLOADS];
    uint32_t at = 0;
    archive->fields = allocate(archive->nodes, sizeof *archive->fields);
    archive->payloads = allocate(archive->nodes, sizeof *archive->payloads);
    for (uint32_t node = 0; node < archive->nodes; node++) {
        uint32_t byte = (uint32_t)element(archive->columns[FIELDS], node), length = lengths[byte >> 6], payload = 0;
        if (!has_base(decoder, node, at)) return "V12";
        if (length > payloads.count - at) return "V13";
        for (uint32_t i = length; i > 0; i--) payload = payload << 8 | (uint32_t)element(payloads, at + i - 1);
        if (length != lengths[(payload > 0) + (payload > 0xff) + (payload > 0xffff)]) return "V11";
        archive->fields[node] = byte & 63;
        archive->payloads[node] = payload;
        at += length;
    }
    return at == payloads.count ? NULL : "V13";
}

static Rule decode_runs(Decoder *decoder, uint32_t code, int column, uint32_t total, Pieces *pieces) {
    uint32_t *lengths = NULL;
    uint64_t end = 0;
    Rule broken = decode(decoder, code, column, &lengths);
    pieces->count = decoder->archive->columns[column].count;
    pieces->ends = allocate((size_t)pieces->count + 1, sizeof *pieces->ends);
    for (uint32_t i = 0; broken == NULL && i < pieces->count; i++) {
        if (!has_base(decoder, i, end)) broken = "V12";
        end += lengths[i];
        if (end > total) broken = "V13";
        pieces->ends[i + 1] = (uint32_t)end;
    }
    if (broken == NULL && end != total) broken = "V13";
    free(lengths);
    return broken;
}

/* V29. */
static Rule check_comments(Decoder *decoder) {
    const Archive *archive = decoder->archive;
    uint32_t *gaps = NULL, *lengths = NULL;
    uint64_t at = 0;
    Rule broken = decode(decoder, 6, COMMENT_GAPS, &gaps);
    if (broken == NULL) broken = decode(decoder, 7, COMMENT_LENGTHS, &lengths);
    for (uint32_t i = 0; broken == NULL && i < archive->columns[COMMENT_GAPS].count; i++) {
        at += (uint64_t)gaps[i] + lengths[i];
        if (lengths[i] == 0 || at > archive->text_length) broken = "V29";
    }
    free(gaps);
    free(lengths);
    return broken;
}

/* The columns in the order of the overflow table and of the base columns, which have payloads after starts. */
static Rule decode_columns(Archive *archive) {
    const Vector *columns = archive->columns;
    Decoder decoder = {archive, 0, 0};
    Rule broken = decode_starts(&decoder, archive);
    if (broken == NULL) broken = decode_payloads(&decoder, archive);
    if (broken == NULL) broken = decode(&decoder, 1, LENGTHS, &archive->lengths);
    if (broken == NULL) broken = decode(&decoder, 2, SIZES, &archive->sizes);
    if (broken == NULL) broken = decode_runs(&decoder, 3, LINES, archive->text_length, &archive->lines);
    if (broken == NULL) broken = decode_runs(&decoder, 4, NAMES, columns[NAME_BYTES].count, &archive->names);
    if (broken == NULL) broken = decode_runs(&decoder, 5, STRINGS, columns[STRING_BYTES].count, &archive->strings);
    if (broken == NULL) broken = check_comments(&decoder);
    return broken == NULL && decoder.overflow != columns[OVERFLOW_ROWS].count ? "V10" : broken;
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
    Vector name_bytes = archive->columns[NAME_BYTES], producer = archive->columns[PRODUCER];
    for (uint32_t i = 0; i < archive->lines.count; i++)
        if (archive->lines.ends[i] == archive->lines.ends[i + 1]) return "V14";
    for (uint32_t i = 0; i < archive->names.count; i++) {
        Text name = piece(&archive->names, name_bytes, i);
        if (name.length == 0 || !is_utf8(name.bytes, name.length, false)) return "V15";
    }
    if (!distinct(&archive->names, name_bytes)) return "V15";
    if (!distinct(&archive->strings, archive->columns[STRING_BYTES])) return "V16";
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
        if (!schema->kinds[element(archive->columns[KINDS], node)].known) broken = "V17";
        else if (archive->fields[node] >= schema->field_codes) broken = "V17";
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

static Rule check_warnings(const Archive *archive) {
    Vector warnings = archive->columns[WARNINGS];
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
    Vector listed = archive->columns[JOINED_STRINGS], spans = archive->columns[SPANS_311];
    uint32_t next = 0, record = 0;
    uint64_t end = 0, lines = archive->lines.count > 0 ? archive->lines.count : 1;
    if (spans.count % 5 != 0) return "V32";
    for (uint32_t node = 0; node < archive->nodes; node++) {
        const Kind *kind = &archive->schema->kinds[element(archive->columns[KINDS], node)];
        bool in_format = archive->fields[node] == IN_FORMAT_SPEC;
        if (node >= end && element(archive->columns[KINDS], node) == JOINED_STR && !in_format) {
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
    if (broken == NULL) broken = check_warnings(archive);
    if (broken == NULL) broken = check_fstrings(archive);
    return broken;
}

void close_archive(Archive *archive) {
    uint32_t *made[] = {archive->starts, archive->lengths, archive->sizes, archive->payloads, archive->parents,
                        archive->lines.ends, archive->names.ends, archive->strings.ends};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) free(made[i]);
    free(archive->fields);
}
