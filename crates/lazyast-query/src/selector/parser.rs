//! From a selector's text to a condition, by recursive descent.

use std::cmp::Ordering;
use std::sync::Arc;

use lazyast_format::Kind;
use num_bigint::BigInt;
use regex::{Regex, RegexBuilder};

use super::lexer::Lexer;
use crate::KindSet;
use crate::attribute::{AttributeTest, Number, Operand, POSITIONS, Step, TYPES, Test};
use crate::error::{Language, QueryError};
use crate::pattern::{self, MAX_TEXT, ParseFn};
use crate::plan::{Condition, ListPosition, Relation};
use crate::schema::{self, field_of};

/// Deepest nesting of `:is(...)` and the like, and longest chain of combinators.
const MAX_NESTING: usize = 64;
/// Largest compiled regular expression, in bytes.
const MAX_REGEX: usize = 1 << 20;

/// Pseudo-classes that there are.
const PSEUDO: [&str; 11] = [
    "is",
    "matches",
    "not",
    "has",
    "first-child",
    "last-child",
    "nth-child",
    "nth-last-child",
    "root",
    "pattern",
    "where",
];

/// Compiles a selector. `parse` is for patterns in it.
pub(crate) fn compile<B: AsRef<[u8]>>(text: &str, parse: &ParseFn<'_, B>) -> Result<Condition, QueryError> {
    if text.len() > MAX_TEXT {
        let message = format!("{} bytes long; at most {MAX_TEXT} are taken", text.len());
        return Err(QueryError::without_text(Language::Selector, message));
    }
    let compile_pattern = |text: &str| pattern::compile(text, parse);
    let mut parser = Parser { lexer: Lexer::new(text), pattern: &compile_pattern, nesting: 0 };
    let condition = parser.list()?;
    match parser.lexer.peek() {
        None => Ok(condition),
        Some(letter) => Err(parser.lexer.error(format!("{letter:?} is not expected here"))),
    }
}

/// What an order of two numbers has to be.
type Comparison = fn(Ordering) -> bool;

struct Parser<'t, 'p> {
    lexer: Lexer<'t>,
    pattern: &'p dyn Fn(&str) -> Result<pattern::Pattern, QueryError>,
    nesting: usize,
}

impl Parser<'_, '_> {
    /// `A, B`
    fn list(&mut self) -> Result<Condition, QueryError> {
        self.nested(|parser| {
            let mut any = Vec::new();
            loop {
                any.push(parser.complex()?);
                if !parser.lexer.take(",") {
                    return Ok(Condition::any(any));
                }
            }
        })
    }

    fn nested<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, QueryError>) -> Result<T, QueryError> {
        if self.nesting == MAX_NESTING {
            return Err(self.lexer.error(format!("nested deeper than {MAX_NESTING} levels")));
        }
        self.nesting += 1;
        let result = work(self);
        self.nesting -= 1;
        result
    }

    /// `A > B C`: a condition on `C`.
    fn complex(&mut self) -> Result<Condition, QueryError> {
        self.lexer.blanks();
        let mut condition = self.compound()?;
        let mut links = 0;
        while let Some(combinator) = self.combinator() {
            links += 1;
            if links > MAX_NESTING {
                return Err(self.lexer.error(format!("more than {MAX_NESTING} combinators in a row")));
            }
            let relation = match combinator {
                '>' => Relation::Parent,
                '+' => Relation::PreviousSibling,
                '~' => Relation::EarlierSibling,
                _ => Relation::Ancestor,
            };
            let next = self.compound()?;
            condition = Condition::all([next, Condition::related(relation, condition)]);
        }
        Ok(condition)
    }

    /// `> A B`, as in `:has`: a condition on what it starts from.
    fn relative(&mut self) -> Result<Condition, QueryError> {
        self.lexer.blanks();
        let mut combinator = match self.lexer.peek() {
            Some(letter @ ('>' | '+' | '~')) => {
                self.lexer.at += 1;
                self.lexer.blanks();
                letter
            }
            _ => ' ',
        };
        let mut chain = Vec::new();
        loop {
            let relation = match combinator {
                '>' => Relation::Child,
                '+' => Relation::NextSibling,
                '~' => Relation::LaterSibling,
                _ => Relation::Descendant,
            };
            chain.push((relation, self.compound()?));
            if chain.len() > MAX_NESTING {
                return Err(self.lexer.error(format!("more than {MAX_NESTING} combinators in a row")));
            }
            match self.combinator() {
                Some(next) => combinator = next,
                None => break,
            }
        }
        let mut condition: Option<Condition> = None;
        for (relation, compound) in chain.into_iter().rev() {
            let target = Condition::all([compound].into_iter().chain(condition.take()));
            condition = Some(Condition::related(relation, target));
        }
        condition.ok_or_else(|| self.lexer.error("expected a selector"))
    }

    /// What stands between two compounds, blanks passed; nothing at the end of a selector.
    fn combinator(&mut self) -> Option<char> {
        let had_blanks = self.lexer.blanks();
        match self.lexer.peek() {
            Some(letter @ ('>' | '+' | '~')) => {
                self.lexer.at += 1;
                self.lexer.blanks();
                Some(letter)
            }
            None | Some(',' | ')') => None,
            Some(_) => had_blanks.then_some(' '),
        }
    }

    /// `Call.value[a=1]:has(B)`
    fn compound(&mut self) -> Result<Condition, QueryError> {
        let start = self.lexer.at;
        let mut all = Vec::new();
        let mut kinds = KindSet::all();
        match self.lexer.peek() {
            Some('*') => {
                self.lexer.at += 1;
                all.push(Condition::Kinds(kinds));
            }
            Some(letter) if letter.is_alphabetic() || letter == '_' => {
                kinds = self.kind()?;
                all.push(Condition::Kinds(kinds));
            }
            _ => {}
        }
        let kind_name = &self.lexer.text[start..self.lexer.at];
        loop {
            all.push(match self.lexer.peek() {
                Some('.') => self.fields()?,
                Some('[') => self.attribute(kinds, kind_name)?,
                Some(':') => self.pseudo()?,
                _ => break,
            });
        }
        if all.is_empty() {
            let found = self.lexer.peek().map_or("the end".to_owned(), |letter| format!("{letter:?}"));
            let message = format!("expected a selector, such as Call or [name], but found {found}");
            return Err(self.lexer.error(message));
        }
        Ok(Condition::all(all))
    }

    fn kind(&mut self) -> Result<KindSet, QueryError> {
        let start = self.lexer.at;
        let name = self.lexer.word();
        schema::kinds_named(name).ok_or_else(|| {
            let is_singleton = SINGLETONS.iter().find(|class| class.names().contains(&name));
            let message = match is_singleton {
                Some(_) => {
                    format!("{name} is no node of its own: write [op={name}], [ops.0={name}] or [ctx={name}]")
                }
                None => {
                    format!("there is no kind {name}{}", schema::suggestion(name, schema::all_kind_names()))
                }
            };
            self.lexer.error_at(start..self.lexer.at, message)
        })
    }

    /// `.test.left`
    fn fields(&mut self) -> Result<Condition, QueryError> {
        let mut fields = Vec::new();
        while self.lexer.take(".") {
            let start = self.lexer.at;
            let name = self.lexer.word();
            let field = schema::node_fields().find(|(known, _)| *known == name).ok_or_else(|| {
                let nearest = schema::suggestion(name, schema::node_fields().map(|(name, _)| name));
                let message = format!("no kind has a field {name} with nodes in it{nearest}");
                self.lexer.error_at(start..self.lexer.at.max(start + 1), message)
            })?;
            fields.push(field);
        }
        Ok(Condition::Fields(fields))
    }

    /// `[args.length>5]`
    fn attribute(&mut self, kinds: KindSet, kind_name: &str) -> Result<Condition, QueryError> {
        let open = self.lexer.at;
        self.lexer.at += 1;
        self.lexer.blanks();
        let path = self.path(kinds, kind_name)?;
        self.lexer.blanks();
        let test = if self.lexer.peek() == Some(']') { Test::IsThere } else { self.test()? };
        self.lexer.blanks();
        let text = self.lexer.text[open + 1..self.lexer.at].trim().to_owned();
        if !self.lexer.take("]") {
            return Err(self.lexer.error("expected ] behind the value"));
        }
        Ok(Condition::Attribute(Arc::new(AttributeTest::new(text, path, test))))
    }

    fn path(&mut self, kinds: KindSet, kind_name: &str) -> Result<Vec<Step>, QueryError> {
        let mut path = Vec::new();
        loop {
            let start = self.lexer.at;
            let is_index = self.lexer.peek().is_some_and(|letter| letter.is_ascii_digit() || letter == '-');
            if is_index {
                self.lexer.take("-");
                self.lexer.word();
                let index = self.lexer.text[start..self.lexer.at].parse().map_err(|_| {
                    self.lexer.error_at(start..self.lexer.at, "expected a number, such as 0 or -1")
                })?;
                if path.is_empty() {
                    return Err(self.lexer.error_at(start..self.lexer.at, "expected the name of a field"));
                }
                path.push(Step::Index(index));
            } else {
                let name = self.lexer.word();
                self.check_field(path.is_empty().then_some((kinds, kind_name)), name, start)?;
                path.push(Step::Name(name.to_owned()));
            }
            if !self.lexer.take(".") {
                return Ok(path);
            }
        }
    }

    /// Whether there is such a field: in one of the kinds, or at all.
    fn check_field(
        &self,
        first: Option<(KindSet, &str)>,
        name: &str,
        start: usize,
    ) -> Result<(), QueryError> {
        let place = start..self.lexer.at.max(start + 1);
        let is_known =
            |kind: Kind| field_of(kind, name).is_some() || kind.has_positions() && POSITIONS.contains(&name);
        let kinds = first.map_or(KindSet::all(), |(kinds, _)| kinds);
        if kinds.iter().any(is_known) || first.is_none() && name == "length" {
            return Ok(());
        }
        let of_kinds = kinds.iter().flat_map(Kind::fields).map(|spec| spec.name);
        let message = match (name, first) {
            ("", _) => "expected the name of a field".to_owned(),
            (_, Some((kinds, kind_name))) if !kinds.is_all() => {
                let mut names: Vec<_> = of_kinds.collect();
                names.dedup();
                let all = if names.is_empty() { "no fields".to_owned() } else { names.join(", ") };
                let nearest = schema::suggestion(name, names.into_iter());
                if kinds.iter().count() == 1 {
                    format!("{kind_name} has no field {name}; it has {all}")
                } else {
                    format!("no {kind_name} has a field {name}{nearest}")
                }
            }
            _ => format!("no kind has a field {name}{}", schema::suggestion(name, of_kinds)),
        };
        Err(self.lexer.error_at(place, message))
    }

    fn test(&mut self) -> Result<Test, QueryError> {
        let start = self.lexer.at;
        let operators: [(&str, Option<Comparison>); 6] = [
            ("!=", None),
            ("<=", Some(Ordering::is_le)),
            (">=", Some(Ordering::is_ge)),
            ("<", Some(Ordering::is_lt)),
            (">", Some(Ordering::is_gt)),
            ("=", None),
        ];
        let Some((operator, compares)) =
            operators.into_iter().find(|(operator, _)| self.lexer.take(operator))
        else {
            return Err(self.lexer.error("expected one of = != < <= > >= or ]"));
        };
        // As Python writes it.
        let _ = operator == "=" && self.lexer.take("=");
        self.lexer.blanks();
        let value = self.lexer.at;
        let operand = self.operand()?;
        match (compares, operator, operand) {
            (None, "=", operand) => Ok(Test::Is(operand)),
            (None, _, operand) => Ok(Test::IsNot(operand)),
            (Some(compares), _, Operand::Number(number)) => Ok(Test::Compares(compares, number)),
            _ => Err(self
                .lexer
                .error_at(value.max(start)..self.lexer.at, format!("{operator} compares with a number"))),
        }
    }

    fn operand(&mut self) -> Result<Operand, QueryError> {
        let start = self.lexer.at;
        match self.lexer.peek() {
            Some('"' | '\'') => Ok(Operand::Text(self.lexer.string()?)),
            Some('b') if self.lexer.rest()[1..].starts_with(['"', '\'']) => {
                self.lexer.at += 1;
                let text = self.lexer.string()?;
                let bytes = text.chars().map(|letter| u8::try_from(u32::from(letter)));
                let bytes = bytes.collect::<Result<_, _>>().map_err(|_| {
                    self.lexer.error_at(start..self.lexer.at, "bytes have no characters above \\xff")
                })?;
                Ok(Operand::Bytes(bytes))
            }
            Some('/') => {
                let (source, flags, start) = self.lexer.regex()?;
                self.regex(&source, flags, start).map(Operand::Regex)
            }
            Some('.') if self.lexer.take("...") => Ok(Operand::Ellipsis),
            Some(letter) if letter.is_ascii_digit() || letter == '-' => {
                let word = self.lexer.number_word();
                let number = number(word).ok_or_else(|| {
                    self.lexer.error_at(start..self.lexer.at, format!("{word} is no number; quote a text"))
                })?;
                Ok(Operand::Number(number))
            }
            Some(letter) if letter.is_alphabetic() || letter == '_' => match self.lexer.value_word() {
                "type" if self.lexer.take("(") => self.type_name(),
                "True" => Ok(Operand::Bool(true)),
                "False" => Ok(Operand::Bool(false)),
                "None" => Ok(Operand::None),
                word => Ok(Operand::Text(word.to_owned())),
            },
            _ => Err(self
                .lexer
                .error("expected a value: a word, a quoted text, a number or a /regular expression/")),
        }
    }

    fn type_name(&mut self) -> Result<Operand, QueryError> {
        self.lexer.blanks();
        let start = self.lexer.at;
        let name = self.lexer.word();
        let known = TYPES.into_iter().find(|known| *known == name).ok_or_else(|| {
            let message = format!("constants have no type {name:?}, but {}", TYPES.join(", "));
            self.lexer.error_at(start..self.lexer.at.max(start + 1), message)
        })?;
        self.lexer.blanks();
        if !self.lexer.take(")") {
            return Err(self.lexer.error("expected ) behind the type"));
        }
        Ok(Operand::Type(known))
    }

    fn regex(&self, source: &str, flags: &str, start: usize) -> Result<Regex, QueryError> {
        let place = start..self.lexer.at;
        let mut builder = RegexBuilder::new(source);
        builder.size_limit(MAX_REGEX).nest_limit(100);
        for flag in flags.chars() {
            match flag {
                'i' => builder.case_insensitive(true),
                'm' => builder.multi_line(true),
                's' => builder.dot_matches_new_line(true),
                'x' => builder.ignore_whitespace(true),
                // Unicode, which is on anyway.
                'u' => &mut builder,
                other => {
                    let message = format!("there is no flag {other}; there are i, m, s and x");
                    return Err(self.lexer.error_at(place, message));
                }
            };
        }
        builder.build().map_err(|error| {
            let message = match &error {
                regex::Error::CompiledTooBig(limit) => {
                    format!("the expression takes more than {limit} bytes")
                }
                error => {
                    let text = error.to_string();
                    let last = text.lines().last().unwrap_or_default().trim();
                    last.strip_prefix("error: ").unwrap_or(last).to_owned()
                }
            };
            self.lexer.error_at(place, message)
        })
    }

    /// `:has(> A)`
    fn pseudo(&mut self) -> Result<Condition, QueryError> {
        let start = self.lexer.at;
        self.lexer.at += 1;
        let mut end = self.lexer.at;
        while self.lexer.text[end..].starts_with(|letter: char| letter.is_alphanumeric() || letter == '-') {
            end += self.lexer.text[end..].chars().next().map_or(0, char::len_utf8);
        }
        let name = &self.lexer.text[self.lexer.at..end];
        self.lexer.at = end;
        let place = |step, offset, from_end| Condition::ListPosition(ListPosition { step, offset, from_end });
        match name {
            "first-child" => Ok(place(0, 1, false)),
            "last-child" => Ok(place(0, 1, true)),
            "root" => Ok(Condition::Kinds(Kind::Module.into())),
            "is" | "matches" | "where" => self.in_parentheses(Self::list),
            "not" => Ok(self.in_parentheses(Self::list)?.not()),
            "has" => self.in_parentheses(|parser| {
                parser.nested(|parser| {
                    let mut any = Vec::new();
                    loop {
                        any.push(parser.relative()?);
                        if !parser.lexer.take(",") {
                            return Ok(Condition::any(any));
                        }
                    }
                })
            }),
            "nth-child" | "nth-last-child" => {
                let (step, offset) = self.in_parentheses(Self::places)?;
                Ok(place(step, offset, name == "nth-last-child"))
            }
            "pattern" => self.in_parentheses(Self::quoted_pattern),
            _ => {
                let nearest = schema::suggestion(name, PSEUDO.into_iter());
                Err(self.lexer.error_at(start..end, format!("there is no :{name}{nearest}")))
            }
        }
    }

    fn in_parentheses<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, QueryError>,
    ) -> Result<T, QueryError> {
        if !self.lexer.take("(") {
            return Err(self.lexer.error("expected ("));
        }
        self.lexer.blanks();
        let result = work(self)?;
        self.lexer.blanks();
        if !self.lexer.take(")") {
            return Err(self.lexer.error("expected )"));
        }
        Ok(result)
    }

    /// `2`, `odd`, `even`, `2n+1`, `-n + 3`
    fn places(&mut self) -> Result<(i64, i64), QueryError> {
        let start = self.lexer.at;
        let end = self.lexer.rest().find(')').map_or(self.lexer.text.len(), |length| start + length);
        let text: String =
            self.lexer.text[start..end].chars().filter(|letter| !letter.is_whitespace()).collect();
        self.lexer.at = end;
        let wrong = || self.lexer.error_at(start..end, "expected a place such as 2, odd, even or 2n+1");
        let parsed = match (text.as_str(), text.split_once('n')) {
            ("odd", _) => Some((2, 1)),
            ("even", _) => Some((2, 0)),
            (_, None) => text.parse().ok().map(|place| (0, place)),
            (_, Some((step, offset))) => {
                let step = match step {
                    "" | "+" => Some(1),
                    "-" => Some(-1),
                    step => step.parse().ok(),
                };
                let offset = if offset.is_empty() { Some(0) } else { offset.parse().ok() };
                step.zip(offset)
            }
        };
        parsed
            .filter(|(step, offset): &(i64, i64)| step.abs() <= 1 << 40 && offset.abs() <= 1 << 40)
            .ok_or_else(wrong)
    }

    fn quoted_pattern(&mut self) -> Result<Condition, QueryError> {
        if !matches!(self.lexer.peek(), Some('"' | '\'')) {
            return Err(self.lexer.error("expected a quoted pattern"));
        }
        let text = self.lexer.string()?;
        Ok(Condition::Pattern(Arc::new((self.pattern)(&text)?)))
    }
}

const SINGLETONS: [lazyast_format::SingletonClass; 5] = [
    lazyast_format::SingletonClass::ExprContext,
    lazyast_format::SingletonClass::Boolop,
    lazyast_format::SingletonClass::Operator,
    lazyast_format::SingletonClass::Unaryop,
    lazyast_format::SingletonClass::Cmpop,
];

/// A number as Python writes it.
fn number(word: &str) -> Option<Number> {
    let plain = word.replace('_', "");
    let (negative, digits) = plain.strip_prefix('-').map_or((false, plain.as_str()), |digits| (true, digits));
    let is_float = !digits.starts_with("0x") && digits.contains(['.', 'e', 'E']);
    if is_float {
        let is_decimal = digits.starts_with(|letter: char| letter.is_ascii_digit());
        return digits
            .parse::<f64>()
            .ok()
            .filter(|_| is_decimal)
            .map(|float| Number::Float(if negative { -float } else { float }));
    }
    let number: BigInt = crate::pattern::big_int(digits)?.into();
    let number = if negative { -number } else { number };
    Some(i64::try_from(&number).map_or(Number::Big(number), Number::Small))
}
