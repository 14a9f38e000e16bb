//! Attribute tests: `[args.length>5]`.

use std::cmp::Ordering;

use lazyast_format::Kind;

use super::lexer::SelectorLexer;
use crate::attribute::{
    AttributeStep, AttributeTest, CONSTANT_TYPES, Number, Operand, POSITION_ATTRIBUTES, ValueTest,
};
use crate::error::QueryError;
use crate::reference::Reference;
use crate::schema::{field_of, suggestion};
use crate::text_regex::TextRegex;
use lazyast_format::KindSet;

/// The kinds that a test is about, and how the selector names them.
#[derive(Clone, Copy)]
pub(super) struct TestedKinds<'t> {
    pub(super) kinds: KindSet,
    pub(super) name: &'t str,
}

/// Parses an attribute test. The opening bracket is next.
pub(super) fn parse_attribute(
    lexer: &mut SelectorLexer<'_>,
    tested: TestedKinds<'_>,
) -> Result<AttributeTest, QueryError> {
    lexer.skip_ascii();
    let start = lexer.offset();
    lexer.skip_whitespace();
    let path = parse_path(lexer, tested)?;
    lexer.skip_whitespace();
    let test = if lexer.peek() == Some(']') { ValueTest::IsPresent } else { parse_test(lexer)? };
    lexer.skip_whitespace();
    let text = lexer.text_since(start).trim().to_owned();
    if !lexer.take("]") {
        return Err(lexer.error("expected ] after the value"));
    }
    Ok(AttributeTest::new(text, path, test))
}

fn parse_path(
    lexer: &mut SelectorLexer<'_>,
    tested: TestedKinds<'_>,
) -> Result<Vec<AttributeStep>, QueryError> {
    let mut path = Vec::new();
    loop {
        let start = lexer.offset();
        if !path.is_empty() && lexer.take("*") {
            path.push(AttributeStep::Any);
        } else if lexer.peek().is_some_and(|character| character.is_ascii_digit() || character == '-') {
            lexer.take("-");
            lexer.name();
            let index = lexer.text_since(start).parse();
            let index = index.map_err(|_| lexer.error_since(start, "expected an index such as 0 or -1"))?;
            if path.is_empty() {
                return Err(lexer.error_since(start, "expected the name of a field, found an index"));
            }
            path.push(AttributeStep::Index(index));
        } else {
            let name = lexer.name();
            let problem = if path.is_empty() { check_first(tested, name) } else { check_later(name) };
            if let Some(problem) = problem {
                return Err(lexer.error_since(start, problem));
            }
            path.push(AttributeStep::Name(name.to_owned()));
        }
        if !lexer.take(".") {
            return Ok(path);
        }
    }
}

/// Whether a kind has a field or a position with a name.
fn has_attribute(kind: Kind, name: &str) -> bool {
    field_of(kind, name).is_some() || kind.has_positions() && POSITION_ATTRIBUTES.contains(&name)
}

/// The message about a path that starts with a name that none of the tested kinds has.
fn check_first(tested: TestedKinds<'_>, name: &str) -> Option<String> {
    let TestedKinds { kinds, name: kind_name } = tested;
    if kinds.iter().any(|kind| has_attribute(kind, name)) {
        return None;
    }
    let fields = kinds.iter().flat_map(Kind::fields).map(|spec| spec.name);
    if name.is_empty() {
        return Some("expected the name of a field".to_owned());
    }
    if kinds.is_all() {
        return Some(format!("no kind has a field {name}{}", suggestion(name, fields)));
    }
    if kinds.iter().count() > 1 {
        return Some(format!("no {kind_name} has a field {name}{}", suggestion(name, fields)));
    }
    let fields: Vec<_> = fields.collect();
    let existing =
        if fields.is_empty() { "no fields".to_owned() } else { format!("the fields {}", fields.join(", ")) };
    Some(format!("{kind_name} has no field {name}; it has {existing}"))
}

/// The message about a path that continues with a name that no kind has.
fn check_later(name: &str) -> Option<String> {
    if name == "length" || Kind::ALL.iter().any(|kind| has_attribute(*kind, name)) {
        return None;
    }
    if name.is_empty() {
        return Some("expected the name of a field".to_owned());
    }
    let fields = Kind::ALL.iter().flat_map(|kind| kind.fields()).map(|spec| spec.name);
    Some(format!("no kind has a field {name}{}", suggestion(name, fields)))
}

/// Which orders of value and operand an operator accepts.
type Comparison = fn(Ordering) -> bool;

/// The operators, with those first that start with another one. `=` and `!=` compare more than numbers.
const OPERATORS: [(&str, Option<Comparison>); 6] = [
    ("!=", None),
    ("<=", Some(Ordering::is_le)),
    (">=", Some(Ordering::is_ge)),
    ("<", Some(Ordering::is_lt)),
    (">", Some(Ordering::is_gt)),
    ("=", None),
];

fn parse_test(lexer: &mut SelectorLexer<'_>) -> Result<ValueTest, QueryError> {
    if lexer.take("~=") {
        return parse_reference(lexer);
    }
    let operator = OPERATORS.into_iter().find(|(operator, _)| lexer.take(operator));
    let Some((operator, comparison)) = operator else {
        return Err(lexer.error("expected one of = != ~= < <= > >= or ]"));
    };
    // `==` is accepted, as in Python.
    let _ = operator == "=" && lexer.take("=");
    lexer.skip_whitespace();
    let start = lexer.offset();
    let operand = parse_operand(lexer)?;
    match (comparison, operator, operand) {
        (None, "=", operand) => Ok(ValueTest::Equals(operand)),
        (None, _, operand) => Ok(ValueTest::Differs(operand)),
        (Some(accepts), _, Operand::Number(number)) => Ok(ValueTest::Compares(accepts, number)),
        _ => Err(lexer.error_since(start, format!("expected a number after {operator}"))),
    }
}

/// The dotted name after `~=`.
fn parse_reference(lexer: &mut SelectorLexer<'_>) -> Result<ValueTest, QueryError> {
    lexer.skip_whitespace();
    let start = lexer.offset();
    let name = lexer.bare_value();
    if name.split('.').any(str::is_empty) {
        return Err(lexer.error_since(start, "expected a dotted name such as requests.get"));
    }
    Ok(ValueTest::StandsFor(Reference::new(name)))
}

fn parse_operand(lexer: &mut SelectorLexer<'_>) -> Result<Operand, QueryError> {
    let start = lexer.offset();
    match lexer.peek() {
        Some('"' | '\'') => Ok(Operand::Text(lexer.string()?)),
        Some('b') if matches!(lexer.peek_second(), Some('"' | '\'')) => {
            lexer.skip_ascii();
            let text = lexer.string()?;
            let bytes = text.chars().map(|character| u8::try_from(u32::from(character)));
            let bytes = bytes.collect::<Result<_, _>>();
            let message = "expected characters up to \\xff in a bytes literal";
            bytes.map(Operand::Bytes).map_err(|_| lexer.error_since(start, message))
        }
        Some('/') => parse_regex(lexer).map(Operand::Regex),
        Some('.') if lexer.take("...") => Ok(Operand::Ellipsis),
        Some(character) if character.is_ascii_digit() || character == '-' => {
            let text = lexer.number();
            Number::parse(text).map(Operand::Number).ok_or_else(|| {
                lexer.error_since(start, format!("{text} is not a number; put quotes around a text"))
            })
        }
        Some(character) if character.is_alphabetic() || character == '_' => match lexer.bare_value() {
            "type" if lexer.take("(") => parse_type(lexer),
            "True" => Ok(Operand::Bool(true)),
            "False" => Ok(Operand::Bool(false)),
            "None" => Ok(Operand::None),
            text => Ok(Operand::Text(text.to_owned())),
        },
        _ => Err(lexer.error("expected a value: a word, a quoted text, a number or a /regular expression/")),
    }
}

/// Parses what follows `type(`.
fn parse_type(lexer: &mut SelectorLexer<'_>) -> Result<Operand, QueryError> {
    lexer.skip_whitespace();
    let start = lexer.offset();
    let name = lexer.name();
    let known = CONSTANT_TYPES.into_iter().find(|known| *known == name).ok_or_else(|| {
        let message =
            format!("no constant has the type {name:?}; the types are {}", CONSTANT_TYPES.join(", "));
        lexer.error_since(start, message)
    })?;
    lexer.skip_whitespace();
    if !lexer.take(")") {
        return Err(lexer.error("expected ) after the type"));
    }
    Ok(Operand::Type(known))
}

fn parse_regex(lexer: &mut SelectorLexer<'_>) -> Result<TextRegex, QueryError> {
    let start = lexer.offset();
    let (source, flags) = lexer.regex()?;
    // `u` stands for Unicode, which is the default.
    if let Some(unknown) = flags.chars().find(|flag| !"imsxu".contains(*flag)) {
        let message = format!("unknown flag {unknown}; the flags are i, m, s and x");
        return Err(lexer.error_since(start, message));
    }
    // With its flags inside, the text of an expression says all about it.
    let flags: String = "imsxu".chars().filter(|flag| flags.contains(*flag)).collect();
    let source = if flags.is_empty() { source } else { format!("(?{flags}){source}") };
    TextRegex::new(&source).map_err(|error| lexer.error_since(start, regex_message(&error)))
}

/// The message about an invalid regular expression. The crate shows the expression too, which we do not repeat.
fn regex_message(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(limit) => {
            format!("the regular expression is too large: expected at most {limit} bytes when compiled")
        }
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default().trim();
            format!("invalid regular expression: {}", last.strip_prefix("error: ").unwrap_or(last))
        }
    }
}
