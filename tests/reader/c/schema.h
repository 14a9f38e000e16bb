/* The tables of kinds, fields and columns, read from the texts in `format-spec/history`. */
#ifndef SCHEMA_H
#define SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Codes that rules name. They are permanent. */
enum {
    MODULE = 0, IMPORT_FROM = 22, DICT = 35, COMPARE = 44, FORMATTED_VALUE = 46, JOINED_STR = 48, CONSTANT = 50,
    ARGUMENTS = 60, MATCH_SINGLETON = 67, MATCH_MAPPING = 69, MATCH_CLASS = 70
};
enum {
    IN_ROOT = 0, IN_ARGS = 3, IN_VALUES = 24, IN_KEYS = 28, IN_COMPARATORS = 34, IN_FORMAT_SPEC = 35,
    IN_POSONLYARGS = 41, IN_KWONLYARGS = 43, IN_KW_DEFAULTS = 44, IN_DEFAULTS = 46, IN_PATTERNS = 52,
    IN_KWD_PATTERNS = 54, IN_VALUES_312 = 58
};

/* Columns, in the order of the root. */
enum {
    FLOATS, BASES, OVERFLOW_ROWS, OVERFLOW_VALUES, EXTRAS, WARNINGS, JOINED_STRINGS, SPANS_311, KINDS, FIELDS, STARTS,
    LENGTHS, SIZES, PAYLOADS, LINES, NAMES, NAME_BYTES, STRINGS, STRING_BYTES, COMMENT_GAPS, COMMENT_LENGTHS, PRODUCER,
    COLUMNS
};

typedef enum { U8, U32, U64, NARROW, RUNS } Element;

typedef enum {
    NO_PAYLOAD, NAME, OPTIONAL_NAME, NAME_CONTEXT, CONTEXT, OPERATOR, OPERATORS, ALIAS, IMPORT, NAME_LIST,
    CONSTANT_VALUE, CONVERSION, INTERPOLATION, FLAG
} Layout;

typedef enum {
    CHILDREN, KEYS, KW_DEFAULTS, VALUES, ALWAYS_NONE, ALWAYS_EMPTY, ALWAYS_ZERO, /* and the parts of payloads: */
    NAME_ROLE, OPTIONAL_NAME_ROLE, CONTEXT_ROLE, OPERATOR_ROLE, OPERATORS_ROLE, ALIAS_NAME_ROLE, ASNAME_ROLE,
    MODULE_ROLE, LEVEL_ROLE, IS_LAZY_ROLE, NAMES_ROLE, CONSTANT_ROLE, CONSTANT_KIND_ROLE, CONVERSION_ROLE, TEXT_ROLE,
    FLAG_ROLE
} Role;

/* The class of objects that share one instance: a context or an operator. */
typedef struct {
    char class[24], names[16][16];
    unsigned count;
} Singletons;

typedef struct {
    char name[24], type[24];
    bool optional, list;
    Role role;
    int code;                     /* in the column `fields`; -1 where the value is not made of nodes */
    unsigned since;               /* the minor version of the first Python 3 that has it */
    const Singletons *singletons; /* of a context or an operator */
} Field;

typedef struct {
    char name[24], class[24];
    bool known, positions;
    Layout layout;
    unsigned since, field_count;
    Field fields[8];
} Kind;

typedef struct {
    uint64_t fingerprint;
    unsigned format, revision, field_codes, column_count;
    char field_names[256][24];
    Kind kinds[256];
    Singletons singletons[8];
    unsigned singletons_count;
    Element columns[COLUMNS];
} Schema;

/* Reads DIRECTORY/2.1.schema, 2.2.schema and so on; ends the process if one is not as expected. */
void load_schemas(const char *directory);

/* The schema with this fingerprint, or NULL. */
const Schema *schema_of(uint64_t fingerprint);

/* Memory, or the end of the process. */
void *allocate(size_t count, size_t size);

/* The bytes of a file, or NULL. */
uint8_t *read_file(const char *path, size_t *length);

#endif
