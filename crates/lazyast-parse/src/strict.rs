//! Where ruff's parser accepts what CPython rejects, and reports nothing.
//!
//! Ruff's tree has no parentheses, and in some places its parser forgets them before it checks its rules. In
//! others it takes an operand by a looser rule than CPython's grammar does. Each check here finds one such
//! kind, and the source becomes unsupported: the interpreter then decides. A check may catch sources that
//! CPython accepts if they are rare. `tests/differential` searches for more kinds.
//!
//! Each check looks at one node, so it costs nothing where its construct does not occur.

use ruff_python_ast::token::{Token, TokenKind, Tokens};
use ruff_python_ast::{
    Alias, DictItem, Expr, ExprNamed, ExprStarred, InterpolatedElement, Pattern, PatternKeyword,
    PatternMatchClass, PatternMatchSequence, PatternMatchStar, StmtAnnAssign, StmtImportFrom, StmtTry,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// The construct that makes a source unsupported.
type Construct = Option<&'static str>;

/// Checks the nodes of one text.
#[derive(Clone, Copy)]
pub(crate) struct Strict<'a> {
    text: &'a [u8],
    tokens: &'a Tokens,
}

/// Expressions and statements.
impl<'a> Strict<'a> {
    pub(crate) fn new(text: &'a str, tokens: &'a Tokens) -> Self {
        Self { text: text.as_bytes(), tokens }
    }

    /// `((a) := 1)`: ruff drops the parentheses of the target.
    pub(crate) fn named_expression(self, node: &ExprNamed) -> Construct {
        (node.start() != node.target.start())
            .then_some("parentheses around the target of an assignment expression")
    }

    /// `*(a) or b`
    pub(crate) fn starred(self, node: &ExprStarred) -> Construct {
        self.loose_operand(&node.value)
    }

    /// `{**(a) or b}`
    pub(crate) fn dict_item(self, item: &DictItem) -> Construct {
        if item.key.is_none() { self.loose_operand(&item.value) } else { None }
    }

    /// In most places the operand of a star must bind at least as tightly as `|`, unless it is
    /// parenthesised. Ruff takes `(a) or b` for parenthesised, because it begins with a parenthesis.
    fn loose_operand(self, operand: &Expr) -> Construct {
        let is_loose = matches!(operand, Expr::BoolOp(_) | Expr::Compare(_));
        (is_loose && self.begins_with(operand.range(), b'('))
            .then_some("a comparison or boolean operation that begins with a parenthesis after a star")
    }

    /// `(yield a, in b)`: ruff continues after a `yield` as after any operand. CPython's `yield` extends to
    /// the end of the parentheses, the statement, or the replacement field.
    pub(crate) fn yield_expression(self, range: TextRange) -> Construct {
        let extends_to_end = matches!(
            self.kind_after(range.end()),
            None | Some(
                TokenKind::Newline
                    | TokenKind::Semi
                    | TokenKind::Rpar
                    | TokenKind::Rbrace
                    | TokenKind::Exclamation
                    | TokenKind::Colon
                    | TokenKind::Equal
            )
        );
        (!extends_to_end).then_some("an operator or a clause after a yield")
    }

    /// `f'{a, lambda: {}}'`: outside of brackets a colon ends the expression of a replacement field. Ruff rejects a
    /// `lambda` that is the whole expression, but not one that is a part of it.
    pub(crate) fn replacement_field(self, field: &InterpolatedElement) -> Construct {
        let expression = TextRange::new(field.start() + TextSize::new(1), field.expression.end());
        let text = &self.text[expression.start().to_usize()..expression.end().to_usize()];
        memchr::memmem::find(text, b"lambda")?;
        let mut depth = 0_u32;
        for token in self.after(expression.start()).take_while(|token| token.start() < expression.end()) {
            match token.kind() {
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth += 1,
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => depth = depth.saturating_sub(1),
                TokenKind::Lambda if depth == 0 => {
                    return Some("a lambda without parentheses in a replacement field");
                }
                _ => {}
            }
        }
        None
    }

    /// `(a).b: int`: CPython takes `(a)` for the whole target and then expects the colon. The parentheses of
    /// `(a.b): int` are not in the target's range.
    pub(crate) fn annotated_assignment(self, node: &StmtAnnAssign) -> Construct {
        (node.target.start() == node.start() && self.begins_with(node.range, b'('))
            .then_some("an annotated target that begins with a parenthesis")
    }

    /// `from . lazy import a`: CPython 3.15 warns. `from __future__ import barry_as_FLUFL`: it then expects
    /// `<>` for `!=`.
    pub(crate) fn import_from(self, node: &StmtImportFrom) -> Construct {
        let module = node.module.as_ref()?;
        let is_apart = self.text[..module.start().to_usize()].last() != Some(&b'.');
        if node.level > 0 && module.id == "lazy" && is_apart {
            return Some("lazy apart from the dots of a relative import");
        }
        let is_barry = |alias: &Alias| alias.name.id == "barry_as_FLUFL";
        (module.id == "__future__" && node.names.iter().any(is_barry)).then_some("barry_as_FLUFL")
    }

    /// CPython accepts `else` only after `except`; ruff also after `try` alone if there is a `finally`.
    pub(crate) fn try_statement(self, node: &StmtTry) -> Construct {
        (node.handlers.is_empty() && !node.orelse.is_empty()).then_some("an else of a try without except")
    }
}

/// Patterns.
impl Strict<'_> {
    /// `case -1(a)`, `case 1 + (2j)`, `case _.b`: ruff parses the operand of a sign as any operand, and drops
    /// parentheses in complex numbers. CPython takes the name `_` for the wildcard.
    pub(crate) fn pattern_value(self, value: &Expr) -> Construct {
        match value {
            Expr::UnaryOp(_) => (!is_signed_number(value)).then_some("an operator on a number in a pattern"),
            Expr::BinOp(node) => {
                let is_bare = is_signed_number(&node.left)
                    && node.left.start() == node.start()
                    && node.right.is_number_literal_expr()
                    && node.right.end() == node.end();
                (!is_bare).then_some("parentheses in a complex number of a pattern")
            }
            Expr::Attribute(_) => wildcard_attribute(value),
            _ => None,
        }
    }

    /// `case (a)(b)`: ruff drops the parentheses of the class.
    pub(crate) fn class_pattern(self, node: &PatternMatchClass) -> Construct {
        if node.start() != node.cls.start() {
            return Some("parentheses around the class of a pattern");
        }
        wildcard_attribute(&node.cls)
    }

    /// `case C((a)=b)`: ruff drops the parentheses of the keyword.
    pub(crate) fn keyword_pattern(self, node: &PatternKeyword) -> Construct {
        (node.start() != node.attr.start()).then_some("parentheses around the keyword of a pattern")
    }

    /// `case [a b]`, `case [a [], b]`: ruff takes the comma after the first element for optional if the next
    /// token but one is a closing bracket. `case [(*a)]`: it drops the parentheses of a star pattern.
    pub(crate) fn sequence_pattern(self, node: &PatternMatchSequence) -> Construct {
        if let [first, second, ..] = &*node.patterns
            && self.begins_with(node.range, b'[')
            && !self.has_comma(first.end(), second.start())
        {
            return Some("elements of a pattern without a comma");
        }
        node.patterns.iter().filter_map(Pattern::as_match_star).find_map(|star| self.star_pattern(star))
    }

    /// A star pattern in a sequence.
    fn star_pattern(self, node: &PatternMatchStar) -> Construct {
        let is_parenthesised = self.kind_before(node.start()) == Some(TokenKind::Lpar)
            && self.kind_after(node.end()) == Some(TokenKind::Rpar);
        is_parenthesised.then_some("parentheses around a star pattern")
    }

    /// `case C((*a))`: a parenthesised star pattern in any other place than a sequence.
    pub(crate) fn star_outside_sequence(self) -> Construct {
        Some("a star pattern outside a sequence")
    }
}

/// Tokens.
impl<'a> Strict<'a> {
    fn begins_with(self, range: TextRange, byte: u8) -> bool {
        self.text[range.start().to_usize()] == byte
    }

    fn has_comma(self, start: TextSize, end: TextSize) -> bool {
        self.after(start)
            .take_while(|token| token.start() < end)
            .any(|token| token.kind() == TokenKind::Comma)
    }

    fn kind_after(self, offset: TextSize) -> Option<TokenKind> {
        self.after(offset).find(|token| !token.kind().is_trivia()).map(Token::kind)
    }

    fn kind_before(self, offset: TextSize) -> Option<TokenKind> {
        let before = self.tokens.partition_point(|token| token.end() <= offset);
        self.tokens[..before].iter().rfind(|token| !token.kind().is_trivia()).map(Token::kind)
    }

    fn after(self, offset: TextSize) -> impl Iterator<Item = &'a Token> {
        self.tokens[self.tokens.partition_point(|token| token.start() < offset)..].iter()
    }
}

/// `1`, `-1`: what CPython's grammar calls a signed number.
fn is_signed_number(value: &Expr) -> bool {
    match value {
        Expr::UnaryOp(node) => node.operand.is_number_literal_expr() && node.operand.end() == node.end(),
        _ => value.is_number_literal_expr(),
    }
}

/// An attribute of the name `_`.
fn wildcard_attribute(value: &Expr) -> Construct {
    let mut base = value;
    while let Expr::Attribute(node) = base {
        base = &node.value;
    }
    base.as_name_expr().is_some_and(|name| name.id == "_").then_some("the wildcard as a name in a pattern")
}
