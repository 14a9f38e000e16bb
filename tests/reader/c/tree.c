/* Prints a tree as `ast` has it: one line for each node, list and value, with its depth and its field in front.

     0 - Module
     1 body [1]
     2 - Expr 1:0-1:1
     3 value Constant 1:0-1:1
     4 value 1
     4 kind None
     1 type_ignores [0]

   Positions are lineno:col_offset-end_lineno:end_col_offset. Text is in quotes. In text and bytes, all bytes and
   characters but printable ASCII, `'` and `\` are written as `\{hexadecimal number}`. Floats are their 64 bits. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "archive.h"

#define NOBODY UINT32_MAX

/* A line that is still to be printed: of a node, of the field number `field` of a node, or of a missing element. */
typedef struct {
    enum { A_NODE, A_FIELD, A_NONE } what;
    uint32_t node, field, depth;
    const char *label;
} Line;

typedef struct {
    const Archive *archive;
    unsigned minor, patch;
    uint32_t *fstrings; /* by node: the f-string that the node is a part of, or NOBODY; only for 3.11 */
    Line *lines;
    size_t count, room;
} Printer;

static unsigned kind_code(const Archive *archive, uint32_t node) {
    return (unsigned)element(archive->columns[KINDS], node);
}

static unsigned field_code(const Archive *archive, uint32_t node) {
    return archive->fields[node];
}

static uint32_t after(const Archive *archive, uint32_t node) { return node + 1 + archive->sizes[node]; }

/* ---- positions ---- */

/* FORMAT.md, "3.11": the f-string of which each node is a part. */
static uint32_t *find_fstrings(const Archive *archive) {
    uint32_t *fstrings = allocate(archive->nodes, sizeof *fstrings);
    for (uint32_t node = 0; node < archive->nodes; node++) {
        uint32_t parent = archive->parents[node];
        unsigned kind = kind_code(archive, parent), field = field_code(archive, node);
        fstrings[node] = NOBODY;
        if (node == 0) continue;
        bool in_format = field_code(archive, parent) == IN_FORMAT_SPEC;
        if (kind == JOINED_STR) fstrings[node] = in_format ? fstrings[parent] : parent;
        if (kind == FORMATTED_VALUE && field == IN_FORMAT_SPEC) fstrings[node] = fstrings[parent];
    }
    return fstrings;
}

/* The record of the node in `spans_311`, or a number of rows if there is none. */
static uint32_t find_span(const Archive *archive, uint32_t node) {
    Vector spans = archive->columns[SPANS_311];
    uint32_t low = 0, high = spans.count / 5;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (element(spans, middle * 5) < node) low = middle + 1;
        else high = middle;
    }
    return low < spans.count / 5 && element(spans, low * 5) == node ? low * 5 : spans.count;
}

static void print_offset(const Archive *archive, uint64_t offset) {
    const Pieces *lines = &archive->lines;
    uint32_t low = 0, high = lines->count > 0 ? lines->count - 1 : 0;
    while (low < high) { /* the last line that starts at or before the offset */
        uint32_t middle = low + (high - low + 1) / 2;
        if (lines->ends[middle] <= offset) low = middle;
        else high = middle - 1;
    }
    printf("%" PRIu32 ":%" PRIu64, low + 1, offset - lines->ends[low]);
}

static void print_position(const Printer *printer, uint32_t node) {
    const Archive *archive = printer->archive;
    if (printer->minor <= 11) {
        Vector spans = archive->columns[SPANS_311];
        uint32_t row = find_span(archive, node);
        if (row == spans.count && printer->fstrings[node] != NOBODY) {
            node = printer->fstrings[node];
            row = find_span(archive, node);
        }
        if (row < spans.count) {
            printf(" %" PRIu64 ":%" PRIu64 "-%" PRIu64 ":%" PRIu64, element(spans, row + 1), element(spans, row + 2),
                   element(spans, row + 3), element(spans, row + 4));
            return;
        }
    }
    putchar(' ');
    print_offset(archive, archive->starts[node]);
    putchar('-');
    print_offset(archive, (uint64_t)archive->starts[node] + archive->lengths[node]);
}

/* ---- values ---- */

static void print_quoted(const uint8_t *bytes, size_t length, bool text) {
    putchar('\'');
    for (size_t i = 0; i < length;) {
        uint32_t point = bytes[i++];
        if (text && point >= 0xc0) {
            int more = point >= 0xf0 ? 3 : point >= 0xe0 ? 2 : 1;
            for (point &= 0x3fu >> more; more > 0; more--) point = point << 6 | (bytes[i++] & 0x3f);
        }
        if (point < 0x20 || point > 0x7e || point == '\'' || point == '\\') printf("\\{%" PRIx32 "}", point);
        else putchar((int)point);
    }
    putchar('\'');
}

static void print_piece(const Pieces *pieces, Vector bytes, uint32_t number, bool text) {
    print_quoted(bytes.first + pieces->ends[number], pieces->ends[number + 1] - pieces->ends[number], text);
}

static void print_name(const Archive *archive, uint64_t number) {
    print_piece(&archive->names, archive->columns[NAME_BYTES], (uint32_t)number, true);
}

static void print_constant(const Archive *archive, uint32_t payload) {
    static const char *const singletons[] = {"None", "True", "False", "..."};
    Vector bytes = archive->columns[STRING_BYTES], floats = archive->columns[FLOATS];
    uint32_t value = payload / 8;
    switch (payload % 8) {
    case 0: case 1: print_piece(&archive->strings, bytes, value, true); break;
    case 2:
        putchar('b');
        print_piece(&archive->strings, bytes, value, false);
        break;
    case 3: printf("%" PRIu32, value); break;
    case 4: {
        uint32_t start = archive->strings.ends[value], end = archive->strings.ends[value + 1];
        fwrite(bytes.first + start, 1, end - start, stdout);
        break;
    }
    case 5: printf("float %016" PRIx64, element(floats, value)); break;
    case 6: printf("complex %016" PRIx64, element(floats, value)); break;
    default: fputs(singletons[value], stdout);
    }
}

static void print_conversion(uint32_t value) { printf("%d", (int)value - 1); }

/* The value of a field that is a part of the payload. A list has its number of elements on the line of the field and
   its elements on lines of their own. */
static void print_part(const Archive *archive, uint32_t node, const Field *field, uint32_t depth) {
    uint32_t payload = archive->payloads[node];
    Layout layout = archive->schema->kinds[kind_code(archive, node)].layout;
    Vector extras = archive->columns[EXTRAS];
    bool record = payload % 2 == 1; /* of an alias or a relative import */
    switch (field->role) {
    case ALWAYS_NONE: fputs("None", stdout); break;
    case ALWAYS_EMPTY: fputs("[0]", stdout); break;
    case ALWAYS_ZERO: fputs("0", stdout); break;
    case NAME_ROLE: print_name(archive, layout == NAME_CONTEXT ? payload / 4 : payload); break;
    case OPTIONAL_NAME_ROLE:
        if (payload > 0) print_name(archive, payload - 1);
        else fputs("None", stdout);
        break;
    case CONTEXT_ROLE: fputs(field->singletons->names[payload % (layout == NAME_CONTEXT ? 4 : 8)], stdout); break;
    case OPERATOR_ROLE: fputs(field->singletons->names[payload], stdout); break;
    case OPERATORS_ROLE: {
        uint64_t count = payload < 16 ? 1 : element(extras, payload - 16);
        printf("[%" PRIu64 "]", count);
        for (uint32_t i = 0; i < count; i++) {
            uint64_t operator_code = payload < 16 ? payload : element(extras, payload - 16 + 1 + i);
            printf("\n%" PRIu32 " - %s", depth + 1, field->singletons->names[operator_code]);
        }
        break;
    }
    case NAMES_ROLE: {
        uint64_t count = element(extras, payload);
        printf("[%" PRIu64 "]", count);
        for (uint32_t i = 0; i < count; i++) {
            printf("\n%" PRIu32 " - ", depth + 1);
            print_name(archive, element(extras, payload + 1 + i));
        }
        break;
    }
    case ALIAS_NAME_ROLE: print_name(archive, record ? element(extras, payload / 2) : payload / 2); break;
    case ASNAME_ROLE:
        if (record) print_name(archive, element(extras, payload / 2 + 1));
        else fputs("None", stdout);
        break;
    case MODULE_ROLE: {
        uint64_t module = record ? element(extras, payload / 2) : payload / 2;
        if (module > 0) print_name(archive, module - 1);
        else fputs("None", stdout);
        break;
    }
    case LEVEL_ROLE: printf("%" PRIu64, record ? element(extras, payload / 2 + 1) / 2 : 0); break;
    case IS_LAZY_ROLE: printf("%" PRIu64, record ? element(extras, payload / 2 + 1) % 2 : 0); break;
    case CONSTANT_ROLE: print_constant(archive, payload); break;
    case CONSTANT_KIND_ROLE: fputs(payload % 8 == 1 ? "'u'" : "None", stdout); break;
    case CONVERSION_ROLE:
        print_conversion(layout == INTERPOLATION ? (uint32_t)element(extras, payload + 1) : payload);
        break;
    case TEXT_ROLE:
        print_piece(&archive->strings, archive->columns[STRING_BYTES], (uint32_t)element(extras, payload), true);
        break;
    case FLAG_ROLE: printf("%" PRIu32, payload); break;
    default: break;
    }
}

/* ---- the walk ---- */

static void push(Printer *printer, Line line) {
    if (printer->count == printer->room) {
        printer->room = printer->room * 2 + 64;
        printer->lines = realloc(printer->lines, printer->room * sizeof line);
        if (printer->lines == NULL) exit(2);
    }
    printer->lines[printer->count++] = line;
}

/* Turns the lines from `first` on around: the one that was pushed first is then printed first. */
static void reverse(Printer *printer, size_t first) {
    for (size_t last = printer->count; first + 1 < last; first++) {
        Line line = printer->lines[first];
        printer->lines[first] = printer->lines[--last];
        printer->lines[last] = line;
    }
}

/* Pushes the elements of a list of children, and missing ones where the field's role has them. */
static void push_elements(Printer *printer, uint32_t node, const Field *field, uint32_t depth) {
    const Archive *archive = printer->archive;
    bool early_312 = printer->minor == 12 && printer->patch < 2;
    uint32_t before = NOBODY, end = after(archive, node);
    for (uint32_t child = node + 1; child < end; before = child, child = after(archive, child)) {
        unsigned code = field_code(archive, child);
        uint32_t next = after(archive, child), element_node = NOBODY;
        if (field->role == KEYS) {
            if (code != IN_VALUES) continue;
            if (before != NOBODY && field_code(archive, before) == IN_KEYS) element_node = before;
        } else if (field->role == KW_DEFAULTS) {
            if (code != IN_KWONLYARGS) continue;
            if (next < end && field_code(archive, next) == IN_KW_DEFAULTS) element_node = next;
        } else if (code == (unsigned)field->code || (field->role == VALUES && code == IN_VALUES_312 && early_312)) {
            element_node = child;
        } else {
            continue;
        }
        push(printer, (Line){element_node == NOBODY ? A_NONE : A_NODE, element_node, 0, depth, "-"});
    }
}

static void print_field(Printer *printer, Line line) {
    const Archive *archive = printer->archive;
    const Field *field = &archive->schema->kinds[kind_code(archive, line.node)].fields[line.field];
    printf("%" PRIu32 " %s ", line.depth, field->name);
    size_t first = printer->count;
    if (field->code < 0) {
        print_part(archive, line.node, field, line.depth);
    } else {
        push_elements(printer, line.node, field, line.depth + 1);
        printf("[%zu]", printer->count - first);
        reverse(printer, first);
    }
    putchar('\n');
}

static void print_node(Printer *printer, Line line) {
    const Archive *archive = printer->archive;
    const Kind *kind = &archive->schema->kinds[kind_code(archive, line.node)];
    printf("%" PRIu32 " %s %s", line.depth, line.label, kind->name);
    if (kind->positions) print_position(printer, line.node);
    putchar('\n');
    size_t first = printer->count;
    for (uint32_t i = 0; i < kind->field_count; i++) {
        const Field *field = &kind->fields[i];
        uint32_t child = line.node + 1, end = after(archive, line.node);
        if (field->since > printer->minor) continue;
        if (field->code < 0 || field->list) {
            push(printer, (Line){A_FIELD, line.node, i, line.depth + 1, field->name});
            continue;
        }
        while (child < end && field_code(archive, child) != (unsigned)field->code) child = after(archive, child);
        push(printer, (Line){child < end ? A_NODE : A_NONE, child, 0, line.depth + 1, field->name});
    }
    reverse(printer, first);
}

void print_tree(const Archive *archive, unsigned minor, unsigned patch) {
    Printer printer = {.archive = archive, .minor = minor, .patch = patch};
    if (minor <= 11) printer.fstrings = find_fstrings(archive);
    push(&printer, (Line){A_NODE, 0, 0, 0, "-"});
    while (printer.count > 0) {
        Line line = printer.lines[--printer.count];
        if (line.what == A_NODE) print_node(&printer, line);
        else if (line.what == A_FIELD) print_field(&printer, line);
        else printf("%" PRIu32 " %s None\n", line.depth, line.label);
    }
    free(printer.lines);
    free(printer.fstrings);
}
