//! From the text of a selector to a condition.

use std::sync::Arc;

use lazyast_format::{Kind, SingletonClass};

use super::attribute::{TestedKinds, parse_attribute};
use super::lexer::SelectorLexer;
use super::position::parse_positions;
use crate::error::{Language, QueryError};
use crate::limits::check_length;
use crate::pattern::{self, ParseFn, Pattern, PatternOptions};
use crate::plan::{Condition, ListPosition, Relation};
use crate::schema::{all_kind_names, kinds_named, node_fields, suggestion};
use lazyast_format::KindSet;

/// The deepest nesting of parentheses, and the longest chain of combinators.
const MAX_NESTING: usize = 64;

const PSEUDO_CLASSES: [&str; 12] = [
    "elif",
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

/// The classes whose instances are fields of nodes without being nodes.
const SINGLETON_CLASSES: [SingletonClass; 5] = [
    SingletonClass::ExprContext,
    SingletonClass::Boolop,
    SingletonClass::Operator,
    SingletonClass::Unaryop,
    SingletonClass::Cmpop,
];

/// Compiles a selector. `parse` is for the patterns in it.
pub(crate) fn compile<B: AsRef<[u8]>>(
    text: &str,
    options: PatternOptions,
    parse: &ParseFn<'_, B>,
) -> Result<Condition, QueryError> {
    check_length(Language::Selector, text)?;
    let compile_pattern = |text: &str| pattern::compile(text, options, parse);
    let mut parser =
        SelectorParser { lexer: SelectorLexer::new(text), compile_pattern: &compile_pattern, nesting: 0 };
    let condition = parser.selector_list()?;
    match parser.lexer.peek() {
        None => Ok(condition),
        Some(character) => Err(parser.lexer.error(format!("unexpected {character:?}"))),
    }
}

struct SelectorParser<'t, 'p> {
    lexer: SelectorLexer<'t>,
    compile_pattern: &'p dyn Fn(&str) -> Result<Pattern, QueryError>,
    nesting: usize,
}

impl SelectorParser<'_, '_> {
    /// `A, B`
    fn selector_list(&mut self) -> Result<Condition, QueryError> {
        self.list_of(Self::complex)
    }

    /// Selectors with commas between them, each parsed by `one`.
    fn list_of(
        &mut self,
        one: impl Fn(&mut Self) -> Result<Condition, QueryError>,
    ) -> Result<Condition, QueryError> {
        if self.nesting == MAX_NESTING {
            return Err(self.lexer.error(format!("nested deeper than {MAX_NESTING} levels")));
        }
        self.nesting += 1;
        let mut alternatives = vec![one(self)?];
        while self.lexer.take(",") {
            alternatives.push(one(self)?);
        }
        self.nesting -= 1;
        Ok(Condition::any(alternatives))
    }

    fn check_chain(&self, length: usize) -> Result<(), QueryError> {
        if length <= MAX_NESTING {
            return Ok(());
        }
        Err(self.lexer.error(format!("more than {MAX_NESTING} combinators in a row")))
    }

    /// `A > B C`: a condition on `C`.
    fn complex(&mut self) -> Result<Condition, QueryError> {
        self.lexer.skip_whitespace();
        let mut condition = self.compound()?;
        let mut length = 0;
        while let Some(combinator) = self.combinator() {
            length += 1;
            self.check_chain(length)?;
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

    /// `> A B`, as in `:has`: a condition on the node that the chain starts from.
    fn relative(&mut self) -> Result<Condition, QueryError> {
        self.lexer.skip_whitespace();
        let mut next = Some(self.explicit_combinator().unwrap_or(' '));
        let mut chain = Vec::new();
        while let Some(combinator) = next {
            let relation = match combinator {
                '>' => Relation::Child,
                '+' => Relation::NextSibling,
                '~' => Relation::LaterSibling,
                _ => Relation::Descendant,
            };
            chain.push((relation, self.compound()?));
            self.check_chain(chain.len())?;
            next = self.combinator();
        }
        let mut condition: Option<Condition> = None;
        for (relation, compound) in chain.into_iter().rev() {
            let target = Condition::all([compound].into_iter().chain(condition.take()));
            condition = Some(Condition::related(relation, target));
        }
        condition.ok_or_else(|| self.lexer.error("expected a selector"))
    }

    /// Takes a `>`, `+` or `~` and the white space after it.
    fn explicit_combinator(&mut self) -> Option<char> {
        let combinator = self.lexer.peek().filter(|character| matches!(character, '>' | '+' | '~'))?;
        self.lexer.skip_ascii();
        self.lexer.skip_whitespace();
        Some(combinator)
    }

    /// Takes what stands between two compounds: a combinator, or white space. At the end of a selector there is
    /// none.
    fn combinator(&mut self) -> Option<char> {
        let had_whitespace = self.lexer.skip_whitespace();
        self.explicit_combinator().or_else(|| match self.lexer.peek() {
            None | Some(',' | ')') => None,
            Some(_) => had_whitespace.then_some(' '),
        })
    }

    /// `Call.value[a=1]:has(B)`
    fn compound(&mut self) -> Result<Condition, QueryError> {
        let start = self.lexer.offset();
        let mut parts = Vec::new();
        let mut kinds = KindSet::all();
        match self.lexer.peek() {
            Some('*') => {
                self.lexer.skip_ascii();
                parts.push(Condition::Kinds(kinds));
            }
            Some(character) if character.is_alphabetic() || character == '_' => {
                kinds = self.kinds()?;
                parts.push(Condition::Kinds(kinds));
            }
            _ => {}
        }
        let name = self.lexer.text_since(start);
        loop {
            parts.push(match self.lexer.peek() {
                Some('.') => self.fields()?,
                Some('[') => {
                    let test = parse_attribute(&mut self.lexer, TestedKinds { kinds, name })?;
                    Condition::Attribute(Arc::new(test))
                }
                Some(':') => self.pseudo_class()?,
                _ => break,
            });
        }
        if parts.is_empty() {
            let found = self.lexer.peek().map_or("the end".to_owned(), |character| format!("{character:?}"));
            let message = format!("expected a selector such as Call or [name], found {found}");
            return Err(self.lexer.error(message));
        }
        Ok(Condition::all(parts))
    }

    /// The name of a kind or of an abstract class.
    fn kinds(&mut self) -> Result<KindSet, QueryError> {
        let start = self.lexer.offset();
        let name = self.lexer.name();
        kinds_named(name).ok_or_else(|| {
            let is_singleton = SINGLETON_CLASSES.iter().any(|class| class.names().contains(&name));
            let message = if is_singleton {
                format!("{name} is not a node: write [op={name}], [ops.0={name}] or [ctx={name}]")
            } else {
                format!("there is no kind {name}{}", suggestion(name, all_kind_names()))
            };
            self.lexer.error_since(start, message)
        })
    }

    /// `.test.left`
    fn fields(&mut self) -> Result<Condition, QueryError> {
        let mut fields = Vec::new();
        while self.lexer.take(".") {
            let start = self.lexer.offset();
            let name = self.lexer.name();
            let field = node_fields().find(|(known, _)| *known == name).ok_or_else(|| {
                let suggestion = suggestion(name, node_fields().map(|(name, _)| name));
                let message = format!("no kind has a field {name} that holds nodes{suggestion}");
                self.lexer.error_since(start, message)
            })?;
            fields.push(field);
        }
        Ok(Condition::Fields(fields))
    }

    /// `:has(> A)`
    fn pseudo_class(&mut self) -> Result<Condition, QueryError> {
        let start = self.lexer.offset();
        self.lexer.skip_ascii();
        let at = |step, offset, from_end| Condition::ListPosition(ListPosition { step, offset, from_end });
        match self.lexer.pseudo_class() {
            "first-child" => Ok(at(0, 1, false)),
            "last-child" => Ok(at(0, 1, true)),
            "elif" => Ok(Condition::Elif),
            "root" => Ok(Condition::Kinds(Kind::Module.into())),
            "is" | "matches" | "where" => self.in_parentheses(Self::selector_list),
            "not" => Ok(self.in_parentheses(Self::selector_list)?.not()),
            "has" => self.in_parentheses(|parser| parser.list_of(Self::relative)),
            name @ ("nth-child" | "nth-last-child") => {
                let (step, offset) = self.in_parentheses(|parser| parse_positions(&mut parser.lexer))?;
                Ok(at(step, offset, name == "nth-last-child"))
            }
            "pattern" => self.in_parentheses(Self::quoted_pattern),
            name => {
                let suggestion = suggestion(name, PSEUDO_CLASSES.into_iter());
                Err(self.lexer.error_since(start, format!("there is no :{name}{suggestion}")))
            }
        }
    }

    fn in_parentheses<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, QueryError>,
    ) -> Result<T, QueryError> {
        if !self.lexer.take("(") {
            return Err(self.lexer.error("expected ("));
        }
        self.lexer.skip_whitespace();
        let result = parse(self)?;
        self.lexer.skip_whitespace();
        if !self.lexer.take(")") {
            return Err(self.lexer.error("expected )"));
        }
        Ok(result)
    }

    /// The argument of `:pattern`.
    fn quoted_pattern(&mut self) -> Result<Condition, QueryError> {
        if !matches!(self.lexer.peek(), Some('"' | '\'')) {
            return Err(self.lexer.error("expected a pattern in quotes"));
        }
        let text = self.lexer.string()?;
        Ok(Condition::Pattern(Arc::new((self.compile_pattern)(&text)?)))
    }
}
