//! Archives that violate one rule each.

use lazyast_format::verify::Rule;
use lazyast_format::{Field, Kind};

use crate::patch::{Narrow, Patch};

/// A vector that `verify` rejects.
pub struct Invalid {
    /// The rule that it violates.
    pub rule: Rule,
    /// The violation, for the name of the file.
    pub what: &'static str,
    /// The valid vector that is changed.
    pub base: &'static str,
    /// The change.
    pub change: fn(&mut Patch),
}

impl Invalid {
    /// The name of the file: the rule's number comes first.
    pub fn file_name(&self) -> String {
        format!("{}-{}.lazyast", self.rule, self.what)
    }
}

const fn invalid(rule: Rule, what: &'static str, base: &'static str, change: fn(&mut Patch)) -> Invalid {
    Invalid { rule, what, base, change }
}

/// The last node that is a `pass`. No other node depends on its values.
fn pass(patch: &Patch) -> usize {
    let is_pass = |row: &usize| patch.get("kinds", *row) == Kind::Pass as u64;
    (0..=patch.last("kinds")).rev().find(is_pass).expect("the archive has a pass")
}

/// Changes the last row of a narrow column in the overflow table.
fn move_row(patch: &mut Patch, column: Narrow) {
    let last = patch.overflow(column).pop().expect("the column has a value that does not fit");
    patch.add("overflow_rows", last, 1);
}

/// Every invalid vector, by rule.
pub static ALL: &[Invalid] = &[
    invalid(Rule::Magic, "magic", "example", |patch| patch.bytes[0] = b'l'),
    invalid(Rule::Version, "version", "example", |patch| patch.bytes[8] += 1),
    invalid(Rule::Schema, "fingerprint", "example", |patch| patch.bytes[16] ^= 1),
    invalid(Rule::Length, "cut-off", "example", |patch| patch.bytes.truncate(patch.bytes.len() - 16)),
    invalid(Rule::Length, "cut-inside-the-header", "example", |patch| patch.bytes.truncate(95)),
    invalid(Rule::Length, "cut-inside-the-magic", "example", |patch| patch.bytes.truncate(5)),
    invalid(Rule::Length, "cut-header-of-another-version", "example", |patch| {
        patch.bytes[8] += 1;
        patch.bytes.truncate(60);
    }),
    invalid(Rule::Length, "something-behind", "example", |patch| patch.bytes.push(0)),
    invalid(Rule::Layout, "vector-outside", "example", |patch| patch.repoint("kinds", -1000)),
    invalid(Rule::Layout, "vector-in-the-root", "example", |patch| patch.resize("producer", 4)),
    invalid(Rule::Layout, "vectors-overlap", "example", |patch| patch.repoint("fields", -1)),
    invalid(Rule::Layout, "vector-not-aligned", "example", |patch| patch.repoint("spans_311", 1)),
    invalid(Rule::Layout, "root-not-aligned", "example", |patch| patch.move_root(2)),
    invalid(Rule::Rows, "field-missing", "example", |patch| patch.resize("fields", -1)),
    invalid(Rule::Rows, "base-missing", "blocks", |patch| patch.resize("bases", -1)),
    invalid(Rule::Rows, "overflow-value-missing", "escapes", |patch| patch.resize("overflow_values", -1)),
    invalid(Rule::Rows, "comment-length-missing", "comments", |patch| patch.resize("comment_lengths", -1)),
    invalid(Rule::Root, "expression-as-root", "example", |patch| patch.set("kinds", 0, Kind::Expr as u64)),
    invalid(Rule::Checksum, "checksum", "example", |_| {}),
    invalid(Rule::Header, "reserved-byte", "example", |patch| patch.bytes[44] = 1),
    invalid(Rule::Header, "reserved-byte-behind-the-checksum", "example", |patch| patch.bytes[63] = 1),
    invalid(Rule::Header, "unknown-flag", "example", |patch| patch.bytes[13] |= 0x80),
    invalid(Rule::Header, "minimum-python", "example", |patch| patch.bytes[12] = 10),
    invalid(Rule::Header, "padding", "example", |patch| {
        let padding = patch.region("producer").end();
        patch.bytes[padding] = 1;
    }),
    invalid(Rule::OverflowRows, "row-that-is-not-escaped", "escapes", |patch| {
        patch.add("overflow_rows", patch.overflow(Narrow::Lengths)[0], -1);
    }),
    invalid(Rule::OverflowRows, "rows-out-of-order", "escapes", |patch| {
        let lengths = patch.overflow(Narrow::Lengths);
        let rows = [lengths[0], lengths[1]].map(|entry| patch.get("overflow_rows", entry));
        patch.set("overflow_rows", lengths[0], rows[1]);
        patch.set("overflow_rows", lengths[1], rows[0]);
    }),
    invalid(Rule::OverflowRows, "row-of-another-column", "escapes", |patch| {
        patch.add("overflow_rows", patch.overflow(Narrow::Lengths)[0], -(1 << 28));
    }),
    invalid(Rule::OverflowRows, "row-of-no-column", "escapes", |patch| {
        patch.set("overflow_rows", patch.last("overflow_rows"), 15 << 28);
    }),
    invalid(Rule::OverflowRows, "row-of-starts", "escapes", |patch| move_row(patch, Narrow::Starts)),
    invalid(Rule::OverflowRows, "row-of-sizes", "escapes", |patch| move_row(patch, Narrow::Sizes)),
    invalid(Rule::OverflowRows, "row-of-lines", "escapes", |patch| move_row(patch, Narrow::Lines)),
    invalid(Rule::OverflowRows, "row-of-names", "escapes", |patch| move_row(patch, Narrow::Names)),
    invalid(Rule::OverflowRows, "row-of-strings", "escapes", |patch| move_row(patch, Narrow::Strings)),
    invalid(Rule::OverflowRows, "row-of-comment-gaps", "escapes", |patch| {
        move_row(patch, Narrow::CommentGaps);
    }),
    invalid(Rule::OverflowRows, "row-of-comment-lengths", "escapes", |patch| {
        move_row(patch, Narrow::CommentLengths);
    }),
    invalid(Rule::OverflowValues, "comment-gap-that-fits", "escapes", |patch| {
        patch.set("overflow_values", patch.overflow(Narrow::CommentGaps)[1], 254);
    }),
    invalid(Rule::OverflowValues, "comment-length-that-fits", "escapes", |patch| {
        patch.set("overflow_values", patch.overflow(Narrow::CommentLengths)[1], 254);
    }),
    invalid(Rule::OverflowValues, "length-that-fits", "escapes", |patch| {
        patch.set("overflow_values", patch.overflow_of(Narrow::Lengths, 255), 254);
    }),
    invalid(Rule::OverflowValues, "start-that-fits", "fitting", |patch| {
        // The statement after a string of 300 bytes is 303 bytes after it. The string moves by 49.
        let row = patch.overflow_row(patch.overflow(Narrow::Starts)[0]);
        patch.add("starts", row - 1, 49);
    }),
    invalid(Rule::OverflowValues, "size-that-fits", "fitting", |patch| {
        // A function with 255 descendants, whose last statement becomes one of the module.
        patch.set("overflow_values", patch.overflow_of(Narrow::Sizes, 255), 254);
    }),
    invalid(Rule::OverflowValues, "payload-of-two-bytes-that-fits-one", "escapes", |patch| {
        let name = patch.node(Kind::Name, 0);
        patch.set_payload_with(name, patch.payload(name), 2);
    }),
    invalid(Rule::OverflowValues, "payload-of-four-bytes-that-fits-two", "escapes", |patch| {
        let name = patch.node(Kind::Name, 0);
        patch.set_payload_with(name, patch.payload(name), 3);
    }),
    invalid(Rule::OverflowValues, "payload-of-one-byte-that-is-0", "definitions", |patch| {
        patch.set_payload_with(pass(patch), 0, 1);
    }),
    invalid(Rule::Bases, "start-base", "blocks", |patch| patch.add("bases", patch.base("starts", 1), 1)),
    invalid(Rule::Bases, "payload-base", "blocks", |patch| patch.add("bases", patch.base("payloads", 1), 1)),
    invalid(Rule::Bases, "line-base", "blocks", |patch| patch.add("bases", patch.base("lines", 1), 1)),
    invalid(Rule::Bases, "name-base", "blocks", |patch| patch.add("bases", patch.base("names", 1), -1)),
    invalid(Rule::Bases, "string-base", "blocks", |patch| patch.add("bases", patch.base("strings", 1), 1)),
    invalid(Rule::Totals, "payloads", "example", |patch| {
        let end = patch.region("payloads").count;
        patch.splice("payloads", end..end, &[0]);
    }),
    invalid(Rule::Totals, "lines", "example", |patch| patch.add("lines", 2, 1)),
    invalid(Rule::Totals, "names", "example", |patch| {
        patch.add("names", patch.last("names"), -1);
    }),
    invalid(Rule::Totals, "strings", "example", |patch| {
        patch.add("strings", patch.last("strings"), 1);
    }),
    invalid(Rule::Lines, "empty-line", "example", |patch| {
        patch.add("lines", 1, patch.get("lines", 0) as i64);
        patch.set("lines", 0, 0);
    }),
    invalid(Rule::Names, "name-twice", "example", |patch| {
        // `greet` and `print` are the first and the last of three names.
        for (row, byte) in b"greet".iter().enumerate() {
            patch.set("name_bytes", 9 + row, u64::from(*byte));
        }
    }),
    invalid(Rule::Names, "not-utf-8", "example", |patch| patch.set("name_bytes", 0, 0xff)),
    invalid(Rule::Names, "empty-name", "example", |patch| {
        patch.add("names", 1, patch.get("names", 0) as i64);
        patch.set("names", 0, 0);
    }),
    invalid(Rule::Strings, "string-twice", "blocks", |patch| patch.set("string_bytes", 7, u64::from(b'1'))),
    invalid(Rule::Codes, "kind", "definitions", |patch| {
        patch.set("kinds", pass(patch), Kind::ALL.len() as u64);
    }),
    invalid(Rule::Codes, "field", "definitions", |patch| {
        patch.set_field(pass(patch), Field::ALL.len());
    }),
    invalid(Rule::Nesting, "subtree-behind-its-parent", "definitions", |patch| {
        patch.set("sizes", pass(patch), 1);
    }),
    invalid(Rule::Nesting, "node-outside-of-the-root", "example", |patch| patch.add("sizes", 0, -1)),
    invalid(Rule::Depth, "depth", "example", |patch| patch.bytes[14] += 1),
    invalid(Rule::Range, "end-behind-the-text", "example", |patch| {
        patch.add("lengths", patch.last("lengths"), 100);
    }),
    invalid(Rule::Field, "field-of-another-kind", "definitions", |patch| {
        patch.set_field(pass(patch), Field::Orelse as usize);
    }),
    invalid(Rule::Field, "kind-of-another-class", "definitions", |patch| {
        patch.set("kinds", pass(patch), Kind::Alias as u64);
    }),
    invalid(Rule::Field, "root-in-a-field", "example", |patch| patch.set_field(0, Field::Body as usize)),
    invalid(Rule::Field, "constant-of-3-12-outside-of-a-format-specification", "example", |patch| {
        let joined = patch.node(Kind::JoinedStr, 0);
        patch.set_field(patch.node(Kind::Constant, joined), Field::Values312 as usize);
    }),
    invalid(Rule::Count, "right-missing", "expressions", |patch| {
        let operator = patch.node(Kind::BinOp, 0);
        patch.set_field(patch.child(Field::Right, operator), Field::Left as usize);
    }),
    invalid(Rule::Count, "test-twice", "statements", |patch| {
        patch.set_field(patch.child(Field::Msg, 0), Field::Test as usize);
    }),
    invalid(Rule::Count, "exception-twice", "statements", |patch| {
        patch.set_field(patch.child(Field::Cause, 0), Field::Exc as usize);
    }),
    invalid(Rule::Pairs, "key-without-a-value", "expressions", |patch| {
        let dict = patch.child(Field::Keys, 0);
        patch.set_field(dict + 1, Field::Keys as usize);
    }),
    invalid(Rule::Pairs, "key-at-the-end", "expressions", |patch| {
        let mut dict = patch.node(Kind::Dict, 0);
        loop {
            let children = patch.children(dict);
            let fields: Vec<u64> = children.iter().map(|child| patch.field(*child)).collect();
            let (keys, values) = (Field::Keys as u64, Field::Values as u64);
            if fields.last() == Some(&values) && fields.iter().rev().nth(1) != Some(&keys) {
                break patch.set_field(children[children.len() - 1], keys as usize);
            }
            dict = patch.node(Kind::Dict, dict + 1);
        }
    }),
    invalid(Rule::Pairs, "pattern-without-its-name", "patterns", |patch| {
        patch.set_field(patch.child(Field::KwdPatterns, 0), Field::Patterns as usize);
    }),
    invalid(Rule::Pairs, "default-without-a-parameter", "definitions", |patch| {
        let default = patch.child(Field::KwDefaults, 0);
        patch.set_field(default - 1, Field::Posonlyargs as usize);
    }),
    invalid(Rule::Pairs, "more-defaults-than-parameters", "example", |patch| {
        patch.set_field(patch.node(Kind::Arg, 0), Field::Kwonlyargs as usize);
    }),
    invalid(Rule::Since, "kind-newer-than-the-minimum", "python_312", |patch| patch.bytes[12] = 11),
    invalid(Rule::Since, "field-newer-than-the-minimum", "python_313", |patch| patch.bytes[12] = 12),
    invalid(Rule::Since, "lazy-import-before-3-15", "statements", |patch| {
        patch.set_payload(patch.node(Kind::Import, 0), 1);
    }),
    invalid(Rule::Since, "lazy-import-from-before-3-15", "statements", |patch| {
        let first = patch.node(Kind::ImportFrom, 0);
        let level = patch.payload(first) as usize / 2 + 1;
        patch.add("extras", level, 1);
    }),
    invalid(Rule::Payload, "payload-of-pass", "definitions", |patch| patch.set_payload(pass(patch), 1)),
    invalid(Rule::Payload, "context", "example", |patch| {
        let name = patch.node(Kind::Name, 0);
        patch.set_payload(name, patch.payload(name) | 3);
    }),
    invalid(Rule::Payload, "operator", "expressions", |patch| {
        patch.set_payload(patch.node(Kind::BinOp, 0), 13)
    }),
    invalid(Rule::Payload, "comparison", "expressions", |patch| {
        patch.set_payload(patch.node(Kind::Compare, 0), 10);
    }),
    invalid(Rule::Payload, "conversion", "example", |patch| {
        patch.set_payload(patch.node(Kind::FormattedValue, 0), 1);
    }),
    invalid(Rule::Payload, "constant", "constants", |patch| {
        patch.set_payload(patch.node(Kind::Constant, 0), 4 << 3 | 7);
    }),
    invalid(Rule::Payload, "context-of-a-tuple", "expressions", |patch| {
        patch.set_payload(patch.node(Kind::Tuple, 0), 3);
    }),
    invalid(Rule::Payload, "boolean-operator", "expressions", |patch| {
        patch.set_payload(patch.node(Kind::BoolOp, 0), 2);
    }),
    invalid(Rule::Payload, "number-as-pattern", "patterns", |patch| {
        patch.set_payload(patch.node(Kind::MatchSingleton, 0), 3);
    }),
    invalid(Rule::Payload, "unary-operator", "expressions", |patch| {
        patch.set_payload(patch.node(Kind::UnaryOp, 0), 4);
    }),
    invalid(Rule::Payload, "operator-in-a-list", "expressions", |patch| {
        let mut compare = patch.node(Kind::Compare, 0);
        while patch.payload(compare) < 16 {
            compare = patch.node(Kind::Compare, compare + 1);
        }
        patch.set("extras", patch.payload(compare) as usize - 16 + 1, 10);
    }),
    invalid(Rule::Payload, "flag", "statements", |patch| {
        patch.set_payload(patch.node(Kind::AnnAssign, 0), 2);
    }),
    invalid(Rule::Payload, "conversion-of-an-interpolation", "python_314", |patch| {
        let record = patch.payload(patch.node(Kind::Interpolation, 0));
        patch.set("extras", record as usize + 1, 1);
    }),
    invalid(Rule::Payload, "record-of-an-absolute-import", "statements", |patch| {
        let mut import = patch.node(Kind::ImportFrom, 0);
        loop {
            let payload = patch.payload(import);
            let record = payload as usize / 2;
            if payload % 2 == 1 && patch.get("extras", record) > 0 && patch.get("extras", record + 1) >= 2 {
                break patch.set("extras", record + 1, 0);
            }
            import = patch.node(Kind::ImportFrom, import + 1);
        }
    }),
    invalid(Rule::Payload, "singleton-pattern", "patterns", |patch| {
        patch.set_payload(patch.node(Kind::MatchSingleton, 0), 3 << 3 | 7);
    }),
    invalid(Rule::Payload, "neither-module-nor-level", "statements", |patch| {
        // The level in the record of `from . import sibling`.
        let record = patch.payload(patch.node(Kind::ImportFrom, 0)) >> 1;
        patch.set("extras", record as usize + 1, 0);
    }),
    invalid(Rule::Extras, "record-of-two-nodes", "statements", |patch| {
        let names = patch.payload(patch.node(Kind::Global, 0));
        patch.set_payload(patch.node(Kind::Nonlocal, 0), names);
    }),
    invalid(Rule::Extras, "words-in-no-record", "expressions", |patch| {
        // `a == b != c ...` becomes a single `==`; the rule on pairs still counts one of each.
        let mut compare = patch.node(Kind::Compare, 0);
        compare = patch.node(Kind::Compare, compare + 1);
        patch.set_payload(compare, 0);
        let first = patch.child(Field::Comparators, compare);
        let end = compare + 1 + patch.get("sizes", compare) as usize;
        // The comparators after the first one become its descendants.
        patch.set("kinds", first, Kind::Tuple as u64);
        patch.set_payload(first, 0);
        patch.set("sizes", first, (end - first - 1) as u64);
        for row in first + 1..end {
            patch.set_field(row, Field::Elts as usize);
        }
    }),
    invalid(Rule::References, "name-that-is-not-there", "example", |patch| {
        let mut name = patch.node(Kind::Name, 0);
        name = patch.node(Kind::Name, name + 1);
        patch.set_payload(name, 3 << 2);
    }),
    invalid(Rule::References, "names-out-of-order", "example", |patch| {
        let function = patch.node(Kind::FunctionDef, 0);
        patch.set_payload(function, 1);
    }),
    invalid(Rule::References, "strings-out-of-order", "example", |patch| {
        patch.set_payload(patch.node(Kind::Constant, 0), 1 << 3);
    }),
    invalid(Rule::References, "string-that-is-not-there", "example", |patch| {
        patch.set_payload(patch.last("kinds"), 3 << 3);
    }),
    invalid(Rule::References, "floats-out-of-order", "constants", |patch| {
        let first = (0..=patch.last("kinds")).find(|row| patch.payload(*row) == 5);
        patch.set_payload(first.expect("the archive has a float"), 1 << 3 | 5);
    }),
    invalid(Rule::References, "float-that-is-not-used", "constants", |patch| {
        let mut row = 0;
        loop {
            row = patch.node(Kind::Constant, row + 1);
            if patch.payload(row) == patch.last("floats") as u64 * 8 + 6 {
                break patch.set_payload(row, 6);
            }
        }
    }),
    invalid(Rule::Constants, "text-that-is-not-wtf-8", "example", |patch| patch.set("string_bytes", 0, 0xff)),
    invalid(Rule::Constants, "literal-with-another-letter", "constants", |patch| {
        let bytes = patch.region("string_bytes");
        let digits = b"18446744073709551616";
        let offset =
            patch.bytes[bytes.offset..bytes.end()].windows(digits.len()).position(|found| found == digits);
        patch.set("string_bytes", offset.unwrap_or_default() + 3, u64::from(b'_'));
    }),
    invalid(Rule::Constants, "literal-with-a-capital", "constants", |patch| {
        patch.replace_in_strings(b"0xff", 5, b'F')
    }),
    invalid(Rule::Constants, "literal-with-a-leading-zero", "constants", |patch| {
        patch.replace_in_strings(b"1000000000000", 0, b'0')
    }),
    invalid(Rule::Constants, "literal-below-2-29", "constants", |patch| {
        patch.replace_in_strings(b"536870912", 0, b'1')
    }),
    invalid(Rule::Constants, "octal-literal-with-an-8", "constants", |patch| {
        patch.replace_in_strings(b"0o7", 3, b'8')
    }),
    invalid(Rule::Constants, "binary-literal-with-a-2", "constants", |patch| {
        patch.replace_in_strings(b"0b1", 3, b'2')
    }),
    invalid(Rule::Constants, "decimal-literal-with-a-letter", "constants", |patch| {
        patch.replace_in_strings(b"536870912", 3, b'a')
    }),
    invalid(Rule::Constants, "surrogate-with-a-letter", "constants", |patch| {
        patch.replace_in_strings(b"a\xed\xbf\xbfz", 3, b'A');
    }),
    invalid(Rule::Comments, "empty-comment", "comments", |patch| patch.set("comment_lengths", 1, 0)),
    invalid(Rule::Comments, "comment-behind-the-text", "comments", |patch| {
        patch.set("comment_gaps", patch.last("comment_gaps"), 200);
    }),
    invalid(Rule::Constants, "producer-that-is-not-utf-8", "example", |patch| patch.set("producer", 0, 0xff)),
    invalid(Rule::Constants, "surrogate-that-is-cut-off", "example", |patch| {
        patch.set("string_bytes", 2, 0xed)
    }),
    invalid(Rule::Warnings, "offset-behind-the-text", "warnings", |patch| {
        let last = patch.last("warnings") - 1;
        patch.set("warnings", last, 1 << 20);
    }),
    invalid(Rule::Warnings, "kind", "warnings", |patch| patch.set("warnings", 1, 3)),
    invalid(Rule::Warnings, "out-of-order", "warnings", |patch| patch.set("warnings", 0, 70)),
    invalid(Rule::Warnings, "flag", "warnings", |patch| patch.bytes[13] &= !1),
    invalid(Rule::Warnings, "half-a-record", "warnings", |patch| patch.resize("warnings", -1)),
    invalid(Rule::JoinedStrings, "one-missing", "fstrings", |patch| patch.resize("joined_strings", -1)),
    invalid(Rule::JoinedStrings, "another-node", "fstrings", |patch| patch.add("joined_strings", 1, 1)),
    invalid(Rule::Spans311, "line-behind-the-text", "fstrings", |patch| patch.set("spans_311", 1, 1 << 20)),
    invalid(Rule::Spans311, "end-line-behind-the-text", "fstrings", |patch| {
        patch.set("spans_311", 3, 1 << 20)
    }),
    invalid(Rule::Spans311, "end-line-0", "fstrings", |patch| patch.set("spans_311", 3, 0)),
    invalid(Rule::Spans311, "line-0", "fstrings", |patch| patch.set("spans_311", 1, 0)),
    invalid(Rule::Spans311, "outside-of-f-strings", "fstrings", |patch| patch.set("spans_311", 0, 1)),
    invalid(Rule::Spans311, "out-of-order", "fstrings", |patch| {
        patch.set("spans_311", 5, patch.get("spans_311", 0));
    }),
    invalid(Rule::Spans311, "part-of-a-record", "fstrings", |patch| patch.resize("spans_311", -1)),
];
