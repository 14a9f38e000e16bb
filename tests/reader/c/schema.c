/* Reads the text of a schema: sections of lines, each line of a fixed form. */
#include "schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"

enum { MOST_REVISIONS = 16 };
static Schema *schemas[MOST_REVISIONS];

static const char *const column_names[COLUMNS] = {
    "floats", "bases", "overflow_rows", "overflow_values", "extras", "warnings", "joined_strings", "spans_311", "kinds",
    "fields", "starts", "lengths", "sizes", "payloads", "lines", "names", "name_bytes", "strings", "string_bytes",
    "comment_gaps", "comment_lengths", "producer",
};
static const char *const element_names[] = {"u8", "u32", "u64", "narrow", "runs"};
static const char *const layout_names[] = {
    "none", "name", "optional_name", "name_context", "context", "operator", "operators", "alias", "import_from",
    "names", "constant", "conversion", "interpolation", "flag",
};
static const char *const role_names[] = {
    "", "keys", "kw_defaults", "values", "none", "empty", "zero", "name", "optional_name", "context", "operator",
    "operators", "alias_name", "asname", "module", "level", "is_lazy", "names", "constant", "constant_kind",
    "conversion", "text", "flag",
};
#define COUNT(array) (sizeof(array) / sizeof *(array))

static void stop(const char *what, const char *where) {
    fprintf(stderr, "%s: %s\n", what, where);
    exit(2);
}

void *allocate(size_t count, size_t size) {
    void *memory = calloc(count > 0 ? count : 1, size);
    if (memory == NULL) stop("no memory", "");
    return memory;
}

uint8_t *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return NULL;
    uint8_t *bytes = NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        long end = ftell(file);
        if (end >= 0 && fseek(file, 0, SEEK_SET) == 0) {
            bytes = allocate((size_t)end + 1, 1);
            *length = fread(bytes, 1, (size_t)end, file);
        }
    }
    fclose(file);
    return bytes;
}

static int index_in(const char *const *names, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0) return (int)i;
    stop("the schema has an unknown word", name);
    return -1;
}

/* "3.12" is 12. */
static unsigned minor(const char *version) {
    unsigned number = 0;
    if (sscanf(version, "3.%u", &number) != 1) stop("the schema has a wrong version", version);
    return number;
}

/* `name: type[?][*] [= role] [@3.12]` */
static void parse_field(Schema *schema, Kind *kind, const char *text) {
    if (kind->field_count == COUNT(kind->fields)) stop("the schema has a kind with too many fields", kind->name);
    Field *field = &kind->fields[kind->field_count++];
    char type[24], word[24], role[24] = "", version[24] = "";
    int used = 0;
    if (sscanf(text, " %23[^:]: %23[^ ,)]%n", field->name, type, &used) != 2)
        stop("the schema has a wrong field", text);
    for (text += used; sscanf(text, " %23s%n", word, &used) == 1; text += used) {
        if (word[0] == '@') {
            memcpy(version, word + 1, sizeof word - 1);
        } else if (strcmp(word, "=") == 0) {
            text += used;
            if (sscanf(text, " %23s%n", role, &used) != 1) stop("the schema has a wrong field", text);
        } else {
            stop("the schema has a wrong field", word);
        }
    }
    field->list = strchr(type, '*') != NULL;
    field->optional = strchr(type, '?') != NULL;
    type[strcspn(type, "?*")] = '\0';
    memcpy(field->type, type, sizeof type);
    field->role = (Role)index_in(role_names, COUNT(role_names), role);
    field->since = version[0] != '\0' ? minor(version) : kind->since;
    field->code = -1;
    if (field->role <= VALUES) {
        for (unsigned code = 0; code < schema->field_codes; code++)
            if (strcmp(schema->field_names[code], field->name) == 0) field->code = (int)code;
        if (field->code < 0) stop("the schema has a field without a code", field->name);
    }
    for (unsigned i = 0; i < schema->singletons_count; i++)
        if (strcmp(schema->singletons[i].class, field->type) == 0) field->singletons = &schema->singletons[i];
}

/* `code Name(field, ...) layout [@3.12]`, below `kinds class [positions] [@3.12]` */
static void parse_kind(Schema *schema, const char *heading, char *line) {
    unsigned code;
    Kind kind = {.known = true, .since = 11};
    char layout[24], version[24], *open = strchr(line, '('), *close = strrchr(line, ')');
    if (open == NULL || close == NULL || sscanf(heading, "kinds %23s", kind.class) != 1)
        stop("the schema has a wrong kind", line);
    *open = *close = '\0';
    if (sscanf(line, " %u %23s", &code, kind.name) != 2 || code > 255) stop("the schema has a wrong kind", line);
    int words = sscanf(close + 1, " %23s @%23s", layout, version);
    const char *at = strchr(heading, '@');
    kind.positions = strstr(heading, " positions") != NULL;
    if (words < 1) stop("the schema has a kind without a layout", line);
    if (words == 2) kind.since = minor(version);
    else if (at != NULL) kind.since = minor(at + 1);
    kind.layout = (Layout)index_in(layout_names, COUNT(layout_names), layout);
    for (char *field = strtok(open + 1, ","); field != NULL; field = strtok(NULL, ","))
        parse_field(schema, &kind, field);
    schema->kinds[code] = kind;
}

static void parse_singletons(Schema *schema, const char *line) {
    if (schema->singletons_count == COUNT(schema->singletons)) stop("the schema has too many singletons", line);
    Singletons *singletons = &schema->singletons[schema->singletons_count++];
    char name[16];
    int used = 0;
    if (sscanf(line, " %23s%n", singletons->class, &used) != 1) stop("the schema has wrong singletons", line);
    for (line += used; sscanf(line, " %15s%n", name, &used) == 1; line += used) {
        if (singletons->count == COUNT(singletons->names)) stop("the schema has too many singletons", name);
        memcpy(singletons->names[singletons->count++], name, sizeof name);
    }
}

static void parse_line(Schema *schema, char *heading, char *line) {
    unsigned code;
    char name[24], element[24];
    if (line[0] != ' ') {
        snprintf(heading, 80, "%s", line);
        if (sscanf(line, "format %u", &schema->format) == 1) return;
        sscanf(line, "revision %u", &schema->revision);
    } else if (strcmp(heading, "fields") == 0) {
        if (sscanf(line, " %u %23s", &code, name) != 2 || code != schema->field_codes || code > 255)
            stop("the schema has a wrong field", line);
        memcpy(schema->field_names[schema->field_codes++], name, sizeof name);
    } else if (strcmp(heading, "singletons") == 0) {
        parse_singletons(schema, line);
    } else if (strncmp(heading, "kinds ", 6) == 0) {
        parse_kind(schema, heading, line);
    } else if (strcmp(heading, "columns") == 0) {
        if (sscanf(line, " %23s %23s", name, element) != 2 || schema->column_count == COLUMNS ||
            strcmp(name, column_names[schema->column_count]) != 0)
            stop("the schema has another column", line);
        schema->columns[schema->column_count++] = (Element)index_in(element_names, COUNT(element_names), element);
    } else {
        stop("the schema has an unknown section", heading);
    }
}

/* Parses the text and hashes it without comments, blank lines and blanks at the ends of lines. */
static Schema *parse_schema(char *text) {
    Schema *schema = allocate(1, sizeof *schema);
    char heading[80] = "", *canonical = allocate(strlen(text) + 2, 1);
    size_t length = 0;
    schema->revision = 1;
    for (char *next, *line = text; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) *next++ = '\0';
        line[strcspn(line, "#")] = '\0';
        size_t end = strlen(line);
        while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '\t' || line[end - 1] == '\r')) end--;
        line[end] = '\0';
        if (end == 0) continue;
        memcpy(canonical + length, line, end);
        length += end;
        canonical[length++] = '\n';
        parse_line(schema, heading, line);
    }
    uint8_t hash[32];
    blake3((const uint8_t *)canonical, length, hash);
    schema->fingerprint = read64(hash);
    free(canonical);
    return schema;
}

void load_schemas(const char *directory) {
    for (unsigned revision = 1; revision < MOST_REVISIONS; revision++) {
        char path[4096];
        size_t length = 0;
        snprintf(path, sizeof path, "%s/2.%u.schema", directory, revision);
        char *text = (char *)read_file(path, &length);
        if (text == NULL) {
            if (revision == 1) stop("no schema", path);
            return;
        }
        Schema *schema = parse_schema(text);
        free(text);
        if (schema->format != 2 || schema->revision != revision) stop("the schema has another version", path);
        schemas[revision] = schema;
    }
}

const Schema *schema_of(uint64_t fingerprint) {
    for (unsigned revision = 1; revision < MOST_REVISIONS; revision++)
        if (schemas[revision] != NULL && schemas[revision]->fingerprint == fingerprint) return schemas[revision];
    return NULL;
}
