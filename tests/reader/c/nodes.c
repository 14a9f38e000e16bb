/* Checks each node with its children and its payload: the rules V21 to V28. */
#include <string.h>

#include "archive.h"

/* What the walk over the nodes has used so far. The next record in `extras`, name, string and float. */
typedef struct {
    const Archive *archive;
    uint32_t extras, names, strings, floats;
} Uses;

/* V27: an old number, or the next new one. */
static Rule use(uint32_t number, uint32_t count, uint32_t *next) {
    if (number >= count || number > *next) return "V27";
    if (number == *next) ++*next;
    return NULL;
}

static Rule use_name(Uses *uses, uint64_t number) {
    if (number > UINT32_MAX) return "V27";
    return use((uint32_t)number, uses->archive->names.count, &uses->names);
}

/* V26: a record of `words` numbers at the end of those so far. */
static Rule use_record(Uses *uses, uint32_t offset, uint64_t words, uint32_t *record) {
    Vector extras = uses->archive->columns[EXTRAS];
    if (offset != uses->extras || words > extras.count - offset) return "V26";
    for (uint64_t i = 0; i < words && i < 2; i++) record[i] = (uint32_t)element(extras, offset + (uint32_t)i);
    uses->extras += (uint32_t)words;
    return NULL;
}

/* A counted list at the end of the records so far. `*length` becomes the number of its elements. */
static Rule use_list(Uses *uses, uint32_t offset, uint32_t *length) {
    uint32_t unused[2];
    Rule broken = use_record(uses, offset, 1, length);
    return broken != NULL ? broken : use_record(uses, uses->extras, *length, unused);
}

static bool digit_of(uint8_t character, unsigned base) {
    if (character >= '0' && character <= '9') return (unsigned)(character - '0') < base;
    return base == 16 && character >= 'a' && character <= 'f';
}

/* V28: a literal in lower case of at least 2^29. */
static bool is_big_integer(const uint8_t *text, size_t length) {
    unsigned base = 10;
    uint64_t value = 0;
    size_t i = 0;
    if (length >= 2 && text[0] == '0') {
        base = text[1] == 'x' ? 16 : text[1] == 'o' ? 8 : text[1] == 'b' ? 2 : 0;
        i = 2;
    }
    if (i == length || base == 0 || (base == 10 && text[0] == '0')) return false;
    for (; i < length; i++) {
        if (!digit_of(text[i], base)) return false;
        unsigned digit = text[i] <= '9' ? text[i] - '0' : text[i] - 'a' + 10;
        if (value < UINT64_C(1) << 29) value = value * base + digit;
    }
    return value >= UINT64_C(1) << 29;
}

static Rule use_string(Uses *uses, uint32_t number, bool text, bool integer) {
    const Archive *archive = uses->archive;
    Rule broken = use(number, archive->strings.count, &uses->strings);
    if (broken != NULL) return broken;
    const uint8_t *bytes = archive->columns[STRING_BYTES].first + archive->strings.ends[number];
    size_t length = archive->strings.ends[number + 1] - archive->strings.ends[number];
    if (text && !is_utf8(bytes, length, true)) return "V28";
    if (integer && !is_big_integer(bytes, length)) return "V28";
    return NULL;
}

static Rule check_constant(Uses *uses, const Kind *kind, uint32_t payload) {
    uint32_t tag = payload % 8, value = payload / 8;
    if (kind == &uses->archive->schema->kinds[MATCH_SINGLETON] && (tag != 7 || value > 2)) return "V25";
    switch (tag) {
    case 0: case 1: return use_string(uses, value, true, false);
    case 2: return use_string(uses, value, false, false);
    case 3: return NULL;
    case 4: return use_string(uses, value, false, true);
    case 5: case 6: return use(value, uses->archive->columns[FLOATS].count, &uses->floats);
    default: return value > 3 ? "V25" : NULL;
    }
}

static Rule check_import(Uses *uses, uint32_t payload) {
    uint32_t record[2];
    if (payload % 2 == 0) return payload == 0 ? "V25" : use_name(uses, payload / 2 - 1);
    Rule broken = use_record(uses, payload / 2, 2, record);
    if (broken != NULL) return broken;
    uint32_t module = record[0], level = record[1] / 2, lazy = record[1] % 2;
    if (level == 0 && (lazy == 0 || module == 0)) return "V25";
    if (lazy != 0 && uses->archive->minimum_python < 15) return "V24";
    return module > 0 ? use_name(uses, module - 1) : NULL;
}

static bool is_conversion(uint32_t value) {
    return value == 0 || value == 's' + 1 || value == 'r' + 1 || value == 'a' + 1;
}

/* The number of values that the class of the field with this role has. */
static uint32_t count_of(const Kind *kind, Role role) {
    for (unsigned i = 0; i < kind->field_count; i++)
        if (kind->fields[i].role == role && kind->fields[i].singletons != NULL)
            return kind->fields[i].singletons->count;
    return 0;
}

/* V24 to V28 of a payload. `*listed` becomes the length of the list that the payload refers to. */
static Rule check_payload(Uses *uses, const Kind *kind, uint32_t payload, uint32_t *listed) {
    const Archive *archive = uses->archive;
    Vector extras = archive->columns[EXTRAS];
    uint32_t record[2];
    Rule broken;
    switch (kind->layout) {
    case NO_PAYLOAD: return payload != 0 ? "V25" : NULL;
    case FLAG:
        for (unsigned i = 0; i < kind->field_count; i++)
            if (kind->fields[i].role == FLAG_ROLE && payload == 1 && kind->fields[i].since > archive->minimum_python)
                return "V24";
        return payload > 1 ? "V25" : NULL;
    case NAME: return use_name(uses, payload);
    case OPTIONAL_NAME: return payload > 0 ? use_name(uses, payload - 1) : NULL;
    case NAME_CONTEXT:
        if (payload % 4 >= count_of(kind, CONTEXT_ROLE)) return "V25";
        return use_name(uses, payload / 4);
    case CONTEXT: return payload >= count_of(kind, CONTEXT_ROLE) ? "V25" : NULL;
    case OPERATOR: return payload >= count_of(kind, OPERATOR_ROLE) ? "V25" : NULL;
    case OPERATORS:
        *listed = 1;
        if (payload < 16) return payload >= count_of(kind, OPERATORS_ROLE) ? "V25" : NULL;
        broken = use_list(uses, payload - 16, listed);
        if (broken != NULL) return broken;
        if (*listed < 2) return "V25";
        for (uint32_t i = 0; i < *listed; i++)
            if (element(extras, payload - 16 + 1 + i) >= count_of(kind, OPERATORS_ROLE)) return "V25";
        return NULL;
    case ALIAS:
        if (payload % 2 == 0) return use_name(uses, payload / 2);
        broken = use_record(uses, payload / 2, 2, record);
        if (broken == NULL) broken = use_name(uses, record[0]);
        return broken != NULL ? broken : use_name(uses, record[1]);
    case IMPORT: return check_import(uses, payload);
    case NAME_LIST:
        broken = use_list(uses, payload, listed);
        for (uint32_t i = 0; broken == NULL && i < *listed; i++)
            broken = use_name(uses, element(extras, payload + 1 + i));
        return broken;
    case CONSTANT_VALUE: return check_constant(uses, kind, payload);
    case CONVERSION: return is_conversion(payload) ? NULL : "V25";
    case INTERPOLATION:
        broken = use_record(uses, payload, 2, record);
        if (broken == NULL && !is_conversion(record[1])) broken = "V25";
        return broken != NULL ? broken : use_string(uses, record[0], true, false);
    }
    return NULL;
}

/* The field of the kind that nodes with this code stand in, or NULL. */
static const Field *field_with(const Kind *kind, unsigned code) {
    for (unsigned i = 0; i < kind->field_count; i++)
        if (kind->fields[i].code == (int)code) return &kind->fields[i];
    return NULL;
}

/* V21 and V24 of one child. */
static Rule check_child(const Archive *archive, uint32_t parent, const Kind *kind, uint32_t child, unsigned code) {
    unsigned child_code = (unsigned)element(archive->columns[KINDS], child);
    const Kind *child_kind = &archive->schema->kinds[child_code];
    if (code == IN_VALUES_312) {
        bool specification = archive->fields[parent] == IN_FORMAT_SPEC;
        bool joined = kind == &archive->schema->kinds[JOINED_STR];
        return joined && specification && child_code == CONSTANT ? NULL : "V21";
    }
    const Field *field = field_with(kind, code);
    if (field == NULL || strcmp(field->type, child_kind->class) != 0) return "V21";
    return field->since > archive->minimum_python ? "V24" : NULL;
}

/* V23 of a node with `counts` children by field, and a list of `listed` elements in its payload. */
static Rule check_lists(unsigned kind, const uint32_t counts[256], uint32_t listed) {
    switch (kind) {
    case ARGUMENTS:
        return counts[IN_DEFAULTS] > (uint64_t)counts[IN_POSONLYARGS] + counts[IN_ARGS] ? "V23" : NULL;
    case MATCH_MAPPING: return counts[IN_KEYS] != counts[IN_PATTERNS] ? "V23" : NULL;
    case MATCH_CLASS: return counts[IN_KWD_PATTERNS] != listed ? "V23" : NULL;
    case COMPARE: return counts[IN_COMPARATORS] != listed ? "V23" : NULL;
    default: return NULL;
    }
}

static Rule check_children(const Archive *archive, uint32_t node, unsigned kind_code, uint32_t listed) {
    const Kind *kind = &archive->schema->kinds[kind_code];
    uint32_t counts[256] = {0}, end = node + 1 + archive->sizes[node];
    unsigned before = 256;
    for (uint32_t child = node + 1; child < end; child += 1 + archive->sizes[child]) {
        unsigned code = archive->fields[child];
        Rule broken = check_child(archive, node, kind, child, code);
        if (broken != NULL) return broken;
        if (kind_code == DICT && before == IN_KEYS && code != IN_VALUES) return "V23";
        if (code == IN_KW_DEFAULTS && before != IN_KWONLYARGS) return "V23";
        counts[code]++;
        before = code;
    }
    if (kind_code == DICT && before == IN_KEYS) return "V23";
    for (unsigned i = 0; i < kind->field_count; i++) {
        const Field *field = &kind->fields[i];
        if (field->code < 0 || field->list) continue;
        uint32_t count = counts[field->code];
        if (count > 1 || (count == 0 && !field->optional)) return "V22";
    }
    return check_lists(kind_code, counts, listed);
}

Rule check_nodes(const Archive *archive) {
    Uses uses = {.archive = archive};
    if (archive->fields[0] != IN_ROOT) return "V21";
    for (uint32_t node = 0; node < archive->nodes; node++) {
        unsigned code = (unsigned)element(archive->columns[KINDS], node);
        const Kind *kind = &archive->schema->kinds[code];
        uint32_t listed = 0;
        if (kind->since > archive->minimum_python) return "V24";
        Rule broken = check_payload(&uses, kind, archive->payloads[node], &listed);
        if (broken == NULL) broken = check_children(archive, node, code, listed);
        if (broken != NULL) return broken;
    }
    if (uses.extras != archive->columns[EXTRAS].count) return "V26";
    if (uses.names != archive->names.count || uses.strings != archive->strings.count) return "V27";
    return uses.floats == archive->columns[FLOATS].count ? NULL : "V27";
}
