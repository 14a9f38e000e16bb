//! Archives of sources that the parser does not support, made with the builder.

use lazyast_format::encoding::{ConstantTag, Payload};
use lazyast_format::layout::SourceFacts;
use lazyast_format::schema::expr_context;
use lazyast_format::{Builder, Field, Kind};

/// A vector that is made without a parser: its name, and the function that makes it.
pub type Built = (&'static str, fn(&mut Builder) -> Vec<u8>);

/// Every such vector.
pub static ALL: &[Built] = &[("empty_constant_312", empty_constant)];

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
