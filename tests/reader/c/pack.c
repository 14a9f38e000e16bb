/* Reads packs, indexes of identifiers and file states (PACK.md). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "hash.h"

/* Bytes that are read from the front. Reading past the end gives zeros and sets `broken`. */
typedef struct {
    const uint8_t *at;
    size_t left;
    bool broken;
} Input;

static const uint8_t *take(Input *input, uint64_t length) {
    static const uint8_t zeros[64];
    if (input->broken || length > input->left) {
        input->broken = true;
        return zeros;
    }
    const uint8_t *taken = input->at;
    input->at += length;
    input->left -= length;
    return taken;
}

typedef struct {
    const uint8_t *bytes;
    uint32_t length;
} Text;

/* A length and UTF-8. */
static Text take_text(Input *input) {
    uint32_t length = read32(take(input, 4));
    const uint8_t *bytes = take(input, length);
    if (input->broken) return (Text){bytes, 0};
    if (!is_utf8(bytes, length, false)) input->broken = true;
    return (Text){bytes, length};
}

/* ---- packs ---- */

enum { PACK_HEADER = 16, PACK_ENTRY = 48, PLACE = 24, FOOTER = 40, SOURCES = 1 };

typedef struct {
    const uint8_t *bytes, *index, *place, *footer;
    uint64_t length, index_offset, count, manifest_offset, manifest_length;
    unsigned version;
    bool other_version;
} Pack;

static Rule open_pack(Pack *pack, const uint8_t *bytes, size_t length) {
    static const uint8_t magic[] = "LAZYPAK\x1a", end_magic[] = "\x1aKAPYZAL";
    *pack = (Pack){.bytes = bytes, .length = length};
    if (length < PACK_HEADER + FOOTER) return "P01";
    pack->footer = bytes + length - FOOTER;
    if (memcmp(bytes, magic, 8) != 0 || memcmp(pack->footer + 32, end_magic, 8) != 0) return "P02";
    pack->version = read32(bytes + 8);
    uint32_t version = read32(pack->footer + 24);
    if (pack->version != version || version < 1 || version > 2) {
        pack->other_version = pack->version < 1 || pack->version > 2 || version < 1 || version > 2;
        return "P03";
    }
    pack->index_offset = read64(pack->footer);
    pack->count = read64(pack->footer + 8);
    if (pack->index_offset < PACK_HEADER) return "P04";
    uint64_t tail = version == 2 ? PLACE + FOOTER : FOOTER;
    if (pack->index_offset > length || length - pack->index_offset < tail) return "P05";
    uint64_t index_length = length - pack->index_offset - tail;
    if (index_length % PACK_ENTRY != 0 || index_length / PACK_ENTRY != pack->count) return "P05";
    pack->index = bytes + pack->index_offset;
    if (xxh3(pack->index, index_length, 0) != read64(pack->footer + 16)) return "P06";
    if (version == 2) {
        pack->place = pack->index + index_length;
        pack->manifest_offset = read64(pack->place);
        pack->manifest_length = read64(pack->place + 8);
    }
    return NULL;
}

/* The rules P07 to P11 of one entry, and those of FORMAT.md. */
static Rule check_entry(const Pack *pack, uint64_t position, uint32_t parser, Archive *archive, bool *other_version) {
    const uint8_t *entry = pack->index + PACK_ENTRY * position;
    uint64_t offset = read64(entry + 32), length = read32(entry + 40), end = pack->index_offset;
    if (pack->version == 2 && pack->manifest_offset < end) end = pack->manifest_offset;
    memset(archive, 0, sizeof *archive);
    if (offset < PACK_HEADER || offset % 16 != 0) return "P07";
    if (offset > end || length > end - offset) return "P08";
    Rule broken = open_archive(archive, pack->bytes + offset, length);
    if (broken != NULL) {
        *other_version = strcmp(broken, "V02") == 0 || strcmp(broken, "V03") == 0;
        return "P09";
    }
    if (parser != 0 && archive->parser != parser) {
        *other_version = true;
        return "P09";
    }
    if (memcmp(archive->bytes + 64, entry, 32) != 0) return "P10";
    broken = check_rules(archive);
    return broken != NULL && strcmp(broken, "V08") == 0 ? "P11" : broken;
}

/* P12 and P13. */
static Rule check_index(const Pack *pack) {
    for (uint64_t i = 1; i < pack->count; i++)
        if (memcmp(pack->index + PACK_ENTRY * (i - 1), pack->index + PACK_ENTRY * i, 32) >= 0) return "P12";
    return read32(pack->bytes + 12) != 0 || read32(pack->footer + 28) != 0 ? "P13" : NULL;
}

/* P14: the manifest begins and ends where it should, and its checksum is correct. */
static Rule check_place(const Pack *pack) {
    if (pack->manifest_offset < PACK_HEADER || pack->manifest_offset > pack->index_offset) return "P14";
    if (pack->manifest_length != pack->index_offset - pack->manifest_offset) return "P14";
    uint64_t checksum = xxh3(pack->bytes + pack->manifest_offset, pack->manifest_length, 0);
    return checksum != read64(pack->place + 16) ? "P14" : NULL;
}

/* Whether no component of the path is empty, `.` or `..`, and no byte is a null or a backslash. */
static bool is_path(Text path) {
    uint32_t start = 0;
    for (uint32_t i = 0; i <= path.length; i++) {
        if (i < path.length && path.bytes[i] != '/') {
            if (path.bytes[i] == '\0' || path.bytes[i] == '\\') return false;
            continue;
        }
        uint32_t length = i - start;
        if (length == 0 || (length <= 2 && memcmp(path.bytes + start, "..", length) == 0)) return false;
        start = i + 1;
    }
    return true;
}

/* Whether the path is before the other one: components are compared byte by byte. */
static bool is_before(Text path, Text other) {
    for (uint32_t i = 0; i < path.length && i < other.length; i++) {
        int a = path.bytes[i] == '/' ? -1 : path.bytes[i], b = other.bytes[i] == '/' ? -1 : other.bytes[i];
        if (a != b) return a < b;
    }
    return path.length < other.length;
}

/* A file of a manifest. */
typedef struct {
    Text path, reason;
    unsigned minimum_python;
    uint32_t position, lines;
} File;

/* The header of a manifest, before its first file. */
static Rule open_manifest(const Pack *pack, Input *input, uint32_t *files, uint32_t *flags) {
    Rule broken = check_place(pack);
    if (broken != NULL) return broken;
    *input = (Input){pack->bytes + pack->manifest_offset, (size_t)pack->manifest_length, false};
    *files = read32(take(input, 4));
    *flags = read32(take(input, 4));
    return input->broken || *flags > SOURCES ? "P15" : NULL;
}

static File take_file(Input *input) {
    File file = {.path = take_text(input)};
    file.minimum_python = take(input, 1)[0];
    if (file.minimum_python == 0) {
        file.reason = take_text(input);
    } else {
        file.position = read32(take(input, 4));
        file.lines = read32(take(input, 4));
    }
    return file;
}

/* P17: where the source of the entry is, and that it has the key. */
static Rule check_source(const Pack *pack, uint64_t position, uint64_t offset, uint32_t length) {
    uint8_t hash[32];
    if (offset < PACK_HEADER || offset > pack->manifest_offset || length > pack->manifest_offset - offset) return "P17";
    blake3(pack->bytes + offset, length, hash);
    return memcmp(hash, pack->index + PACK_ENTRY * position, 32) != 0 ? "P17" : NULL;
}

/* P14 to P17. `minimums` and `lines` are those of the archives, by position. */
static Rule check_manifest(const Pack *pack, const unsigned *minimums, const uint32_t *lines) {
    Input input;
    uint32_t files, flags;
    bool consistent = true;
    Rule broken = open_manifest(pack, &input, &files, &flags);
    if (broken != NULL) return broken;
    Text before = {NULL, 0};
    for (uint32_t i = 0; i < files; i++) {
        File file = take_file(&input);
        if (input.broken || !is_path(file.path) || (i > 0 && !is_before(before, file.path))) return "P15";
        before = file.path;
        if (file.minimum_python == 0) continue;
        if (file.position >= pack->count) return "P15";
        if (file.minimum_python != minimums[file.position] || file.lines != lines[file.position]) consistent = false;
    }
    for (uint64_t i = 0; flags == SOURCES && i < pack->count; i++) {
        const uint8_t *place = take(&input, 12);
        if (input.broken) return "P15";
        broken = check_source(pack, i, read64(place), read32(place + 8));
        if (broken != NULL) return broken;
    }
    if (input.left != 0) return "P15";
    return consistent ? NULL : "P16";
}

static Rule check_pack(const uint8_t *bytes, size_t length, uint32_t parser, bool *other_version) {
    Pack pack;
    Rule broken = open_pack(&pack, bytes, length);
    *other_version = pack.other_version;
    if (broken == NULL) broken = check_index(&pack);
    if (broken != NULL) return broken;
    unsigned *minimums = allocate(pack.count, sizeof *minimums);
    uint32_t *lines = allocate(pack.count, sizeof *lines);
    for (uint64_t i = 0; broken == NULL && i < pack.count; i++) {
        Archive archive;
        broken = check_entry(&pack, i, parser, &archive, other_version);
        minimums[i] = archive.minimum_python;
        lines[i] = archive.lines.count;
        close_archive(&archive);
    }
    if (broken == NULL && pack.version == 2) broken = check_manifest(&pack, minimums, lines);
    free(minimums);
    free(lines);
    return broken;
}

static void print_text(Text text) { fwrite(text.bytes, 1, text.length, stdout); }

static void print_files(const Pack *pack) {
    Input input;
    uint32_t files, flags;
    if (open_manifest(pack, &input, &files, &flags) != NULL) return;
    for (uint32_t i = 0; i < files; i++) {
        File file = take_file(&input);
        if (input.broken) return;
        print_text(file.path);
        if (file.minimum_python == 0) {
            printf(" failed: ");
            print_text(file.reason);
        } else {
            printf(" python 3.%u archive %" PRIu32 " lines %" PRIu32, file.minimum_python, file.position, file.lines);
        }
        putchar('\n');
    }
}

Rule print_pack(const char *path) {
    size_t length = 0;
    Pack pack;
    uint8_t *bytes = read_file(path, &length);
    Rule broken = bytes == NULL ? "no such file" : open_pack(&pack, bytes, length);
    for (uint64_t i = 0; broken == NULL && i < pack.count; i++) {
        const uint8_t *entry = pack.index + PACK_ENTRY * i;
        for (int k = 0; k < 32; k++) printf("%02x", entry[k]);
        printf(" %" PRIu64 " %" PRIu32 " %" PRIu32 "\n", read64(entry + 32), read32(entry + 40), read32(entry + 44));
    }
    if (broken == NULL && pack.version == 2) print_files(&pack);
    free(bytes);
    return broken;
}

/* ---- indexes of identifiers ---- */

enum { NAMES_HEADER = 24 };

static Rule check_names(const uint8_t *bytes, size_t length, long archives) {
    if (length < 8 || memcmp(bytes, "LAZYNAM\x1a", 8) != 0) return "N01";
    if (length < NAMES_HEADER) return "N04";
    if (xxh3(bytes + 16, length - 16, 0) != read64(bytes + 8)) return "N02";
    if (archives >= 0 && (long)read32(bytes + 16) != archives) return "N03";
    uint64_t hashes = read32(bytes + 20);
    return length < NAMES_HEADER + 4 * hashes + 4 * (hashes + 1) ? "N04" : NULL;
}

Rule print_archives_with(const char *path, const char *identifier) {
    size_t length = 0;
    uint8_t *bytes = read_file(path, &length);
    Rule broken = bytes == NULL ? "no such file" : check_names(bytes, length, -1);
    if (broken == NULL) {
        uint32_t hash = (uint32_t)xxh3((const uint8_t *)identifier, strlen(identifier), 0);
        uint32_t count = read32(bytes + 20), low = 0, high = count;
        const uint8_t *hashes = bytes + NAMES_HEADER, *offsets = hashes + 4 * (size_t)count;
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            if (read32(hashes + 4 * (size_t)middle) < hash) low = middle + 1;
            else high = middle;
        }
        const uint8_t *lists = offsets + 4 * ((size_t)count + 1);
        if (low < count && read32(hashes + 4 * (size_t)low) == hash) {
            uint64_t from = read32(offsets + 4 * (size_t)low), to = read32(offsets + 4 * ((size_t)low + 1));
            if (from > to || to > (uint64_t)(bytes + length - lists)) from = to;
            Input input = {lists + from, (size_t)(to - from), false};
            for (uint64_t position = 0; input.left > 0;) {
                uint64_t number = 0;
                unsigned shift = 0, byte;
                do {
                    byte = take(&input, 1)[0];
                    if (shift < 35) number |= (uint64_t)(byte & 0x7f) << shift;
                    shift += 7;
                } while (byte >= 0x80 && !input.broken);
                position += number;
                if (!input.broken && position < read32(bytes + 16)) printf("%" PRIu64 "\n", position);
            }
        }
    }
    free(bytes);
    return broken;
}

/* ---- file states ---- */

enum { FINGERPRINT = 32, KEY = 32 };

/* The parts of one file in a file state. */
static void take_state(Input *input) {
    take_text(input);
    take(input, FINGERPRINT);
    unsigned minimum_python = take(input, 1)[0];
    take(input, KEY);
    if (minimum_python != 0) {
        take(input, 4);
        return;
    }
    take_text(input);
    take(input, 5 * (uint64_t)read32(take(input, 4)));
}

static Rule check_fresh(const uint8_t *bytes, size_t length) {
    if (length < 8 || memcmp(bytes, "LAZYNW2\x1a", 8) != 0) return "F01";
    if (length < 16 || xxh3(bytes + 16, length - 16, 0) != read64(bytes + 8)) return "F02";
    Input input = {bytes + 16, length - 16, false};
    take(&input, 8);
    uint32_t directories = read32(take(&input, 4)), ignores = read32(take(&input, 4)), files = read32(take(&input, 4));
    for (uint32_t i = 0; i < directories && !input.broken; i++) {
        take_text(&input);
        take(&input, FINGERPRINT);
    }
    for (uint32_t i = 0; i < ignores && !input.broken; i++) {
        take_text(&input);
        take(&input, 1 + FINGERPRINT);
    }
    for (uint32_t i = 0; i < files && !input.broken; i++) take_state(&input);
    return input.broken || input.left != 0 ? "F03" : NULL;
}

/* ---- files of any kind ---- */

static bool ends_in(const char *path, const char *suffix) {
    size_t length = strlen(path), end = strlen(suffix);
    return length >= end && strcmp(path + length - end, suffix) == 0;
}

Rule check_file(const char *path, uint32_t parser, long archives, bool *other_version) {
    size_t length = 0;
    uint8_t *bytes = read_file(path, &length);
    Rule broken;
    *other_version = false;
    if (bytes == NULL) {
        broken = "no such file";
    } else if (ends_in(path, ".pack")) {
        broken = check_pack(bytes, length, parser, other_version);
    } else if (ends_in(path, ".names")) {
        broken = check_names(bytes, length, archives);
    } else if (ends_in(path, ".fresh")) {
        broken = check_fresh(bytes, length);
    } else {
        Archive archive;
        broken = open_archive(&archive, bytes, length);
        *other_version = broken != NULL && (strcmp(broken, "V02") == 0 || strcmp(broken, "V03") == 0);
        if (broken == NULL) broken = check_rules(&archive);
        close_archive(&archive);
    }
    free(bytes);
    return broken;
}
