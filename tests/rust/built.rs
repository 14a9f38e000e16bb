//! Archives that the parser does not make, made with the builder: of sources that it does not support, and invalid ones.

use lazyast_format::encoding::{ConstantTag, Payload, Position, Span, Stored, WarningKind};
use lazyast_format::layout::SourceFacts;
use lazyast_format::schema::expr_context;
use lazyast_format::verify::Rule;
use lazyast_format::{Builder, Field, Kind};

/// A vector that is made without a parser: its name, and the function that makes it.
pub type Built = (&'static str, fn(&mut Builder) -> Vec<u8>);

/// Every such vector.
pub static ALL: &[Built] =
    &[("empty_constant_312", empty_constant), ("edges", |builder| edges(builder, &[0, 0, LEN - 1], false))];

/// A vector that violates a rule: the rule, the violation, and the function that makes it.
pub type InvalidBuilt = (Rule, &'static str, fn(&mut Builder) -> Vec<u8>);

/// Every such vector.
pub static INVALID: &[InvalidBuilt] = &[
    (Rule::Pairs, "comparison-without-a-comparator", |builder| comparison(builder, 2, 1)),
    (Rule::Pairs, "comparator-without-an-operator", |builder| comparison(builder, 1, 2)),
    (Rule::Pairs, "mapping-pattern-without-a-key", |builder| mapping(builder, 1, 2)),
    (Rule::Pairs, "mapping-pattern-without-a-pattern", |builder| mapping(builder, 2, 1)),
    (Rule::Payload, "list-of-one-operator", |builder| {
        let payload = Payload::Operators(Stored::Record(builder.list(&[0])));
        comparison_with(builder, payload, 1)
    }),
    (Rule::Warnings, "offset-at-the-end-of-the-text", |builder| edges(builder, &[LEN], false)),
    (Rule::Spans311, "node-after-an-f-string", |builder| edges(builder, &[0], true)),
];

/// The length of the text of [`edges`].
const LEN: u32 = 6;

/// An f-string and a name on the last line, with warnings at some offsets, and positions of 3.11 for a part of the f-string or
/// for what follows it.
fn edges(builder: &mut Builder, warnings: &[u32], outside: bool) -> Vec<u8> {
    let module = builder.enter(Kind::Module, Field::Root, 0, LEN, Payload::None);
    let statement = builder.enter(Kind::Expr, Field::Body, 0, 4, Payload::None);
    let joined = builder.enter(Kind::JoinedStr, Field::Value, 0, 4, Payload::None);
    builder.joined_string(&joined);
    let payload = builder.string_constant(ConstantTag::Str, b"a");
    let part = builder.leaf(Kind::Constant, Field::Values, 2, 3, payload);
    builder.leave(joined);
    builder.leave(statement);
    let statement = builder.enter(Kind::Expr, Field::Body, 5, 6, Payload::None);
    let name = builder.name("b");
    builder.leaf(Kind::Name, Field::Value, 5, 6, load(name));
    let node = if outside { statement.id() } else { part };
    let position = |column| Position { line: 1, column };
    builder.span_311(node, Span { start: position(0), end: position(4) });
    builder.leave(statement);
    builder.leave(module);
    for offset in warnings {
        builder.warning(*offset, WarningKind::InvalidEscape);
    }
    let facts = SourceFacts { minimum_python: 11, warns: true, ..SourceFacts::default() };
    finish_with(builder, b"f'a';b", facts)
}

/// A comparison with operators and comparators.
fn comparison(builder: &mut Builder, operators: usize, comparators: u32) -> Vec<u8> {
    let payload = builder.operators(&[0, 1, 0][..operators]);
    comparison_with(builder, payload, comparators)
}

fn comparison_with(builder: &mut Builder, payload: Payload, comparators: u32) -> Vec<u8> {
    let module = builder.enter(Kind::Module, Field::Root, 0, 9, Payload::None);
    let statement = builder.enter(Kind::Expr, Field::Body, 0, 9, Payload::None);
    let compare = builder.enter(Kind::Compare, Field::Value, 0, 9, payload);
    let name = builder.name("a");
    builder.leaf(Kind::Name, Field::Left, 0, 1, load(name));
    for number in 0..comparators {
        builder.leaf(Kind::Name, Field::Comparators, 3 + number, 4 + number, load(name));
    }
    for node in [compare, statement, module] {
        builder.leave(node);
    }
    finish(builder, b"a == a !=", 11)
}

/// A `match` statement with a mapping pattern.
fn mapping(builder: &mut Builder, keys: u32, patterns: u32) -> Vec<u8> {
    let module = builder.enter(Kind::Module, Field::Root, 0, 9, Payload::None);
    let statement = builder.enter(Kind::Match, Field::Body, 0, 9, Payload::None);
    let name = builder.name("a");
    builder.leaf(Kind::Name, Field::Subject, 0, 1, load(name));
    let case = builder.enter(Kind::MatchCase, Field::Cases, 1, 9, Payload::None);
    let pattern = builder.enter(Kind::MatchMapping, Field::Pattern, 1, 8, Payload::OptionalName(None));
    for number in 0..keys {
        builder.leaf(Kind::Name, Field::Keys, 1 + number, 2 + number, load(name));
    }
    for number in 0..patterns {
        builder.leaf(Kind::MatchAs, Field::Patterns, 3 + number, 4 + number, Payload::OptionalName(None));
    }
    builder.leave(pattern);
    builder.leaf(Kind::Pass, Field::Body, 8, 9, Payload::None);
    for node in [case, statement, module] {
        builder.leave(node);
    }
    finish(builder, b"a{a:_}: p", 11)
}

/// `f'{a:{b}}'`, for which early releases of Python 3.12 have an empty constant.
fn empty_constant(builder: &mut Builder) -> Vec<u8> {
    let text = b"f'{a:{b}}'";
    let module = builder.enter(Kind::Module, Field::Root, 0, 10, Payload::None);
    let statement = builder.enter(Kind::Expr, Field::Body, 0, 10, Payload::None);
    let joined = builder.enter(Kind::JoinedStr, Field::Value, 0, 10, Payload::None);
    builder.joined_string(&joined);
    let outer = builder.enter(Kind::FormattedValue, Field::Values, 2, 9, Payload::Conversion(-1));
    let name = builder.name("a");
    builder.leaf(Kind::Name, Field::Value, 3, 4, load(name));
    let spec = builder.enter(Kind::JoinedStr, Field::FormatSpec, 4, 8, Payload::None);
    let inner = builder.enter(Kind::FormattedValue, Field::Values, 5, 8, Payload::Conversion(-1));
    let name = builder.name("b");
    builder.leaf(Kind::Name, Field::Value, 6, 7, load(name));
    builder.leave(inner);
    let payload = builder.string_constant(ConstantTag::Str, b"");
    builder.leaf(Kind::Constant, Field::Values312, 8, 8, payload);
    for node in [spec, outer, joined, statement, module] {
        builder.leave(node);
    }
    finish(builder, text, 11)
}

fn load(name: u32) -> Payload {
    Payload::NameContext { name, context: expr_context::LOAD }
}

fn finish(builder: &mut Builder, text: &[u8], minimum_python: u8) -> Vec<u8> {
    finish_with(builder, text, SourceFacts { minimum_python, ..SourceFacts::default() })
}

fn finish_with(builder: &mut Builder, text: &[u8], facts: SourceFacts) -> Vec<u8> {
    let len = text.len() as u32;
    builder.lines(&[len]);
    let archive = builder.finish(facts, 0, (blake3::hash(text).as_bytes(), len), len);
    archive.expect("a few nodes fit").to_vec()
}
