//! Archives of sources that the parser does not support, made with the builder.

use lazyast_format::encoding::{ConstantTag, InterpolationRecord, Payload};
use lazyast_format::layout::SourceFacts;
use lazyast_format::schema::expr_context;
use lazyast_format::{Builder, Field, Kind};

/// A vector that is made without a parser: its name, and the function that makes it.
pub type Built = (&'static str, fn(&mut Builder) -> Vec<u8>);

/// Every such vector.
pub static ALL: &[Built] = &[("template_strings", template_strings), ("empty_constant_312", empty_constant)];

/// `t"hi {name!r:>{w}}"`, of Python 3.14.
fn template_strings(builder: &mut Builder) -> Vec<u8> {
    let text = br#"t"hi {name!r:>{w}}""#;
    let module = builder.enter(Kind::Module, Field::Root, 0, 19, Payload::None);
    let statement = builder.enter(Kind::Expr, Field::Body, 0, 19, Payload::None);
    let template = builder.enter(Kind::TemplateStr, Field::Value, 0, 19, Payload::None);
    let payload = builder.string_constant(ConstantTag::Str, b"hi ");
    builder.leaf(Kind::Constant, Field::Values, 2, 5, payload);
    let text_of_name = builder.string(b"name");
    let record = InterpolationRecord { text: text_of_name, conversion: i32::from(b'r') };
    let payload = Payload::Interpolation(builder.record(record));
    let interpolation = builder.enter(Kind::Interpolation, Field::Values, 5, 18, payload);
    let name = builder.name("name");
    builder.leaf(Kind::Name, Field::Value, 6, 10, load(name));
    let spec = builder.enter(Kind::JoinedStr, Field::FormatSpec, 12, 17, Payload::None);
    let payload = builder.string_constant(ConstantTag::Str, b">");
    builder.leaf(Kind::Constant, Field::Values, 13, 14, payload);
    let value = builder.enter(Kind::FormattedValue, Field::Values, 14, 17, Payload::Conversion(-1));
    let name = builder.name("w");
    builder.leaf(Kind::Name, Field::Value, 15, 16, load(name));
    for node in [value, spec, interpolation, template, statement, module] {
        builder.leave(node);
    }
    finish(builder, text, 14)
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
    let len = text.len() as u32;
    builder.line(len);
    let facts = SourceFacts { minimum_python, ..SourceFacts::default() };
    let archive = builder.finish(facts, 0, (blake3::hash(text).as_bytes(), len), len);
    archive.expect("a few nodes fit").to_vec()
}
