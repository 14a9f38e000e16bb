//! What the writer of a pattern probably means instead.

use lazyast_format::encoding::{ConstantSingleton, ConstantTag, Payload};
use lazyast_format::schema::Role;
use lazyast_format::{Field, Kind, NodeId};

use super::parsed::ParsedPattern;
use crate::error::QueryError;

const ELLIPSIS: &str = "... is Python's Ellipsis in a pattern: write $$$ for any number of arguments, elements or \
                        statements";
const CLASS_WITHOUT_BASES: &str =
    "the pattern matches classes without bases only: write class $C($$$): $$$ for all classes";
const ELLIPSIS_IN_STRING: &str = "... in a string is text: write \"$_\" for any text, and in an f-string {$$$} for any \
                                  parts, such as f\"{$$$}{$X}{$$$}\"";
const SET: &str = "{$$$} matches sets only: write {**$$$} for dictionaries";
const IF_WITHOUT_ELSE: &str =
    "the pattern matches an if without else and elif only: add a line `else: $$$` for all";
const POSITIONAL_PARAMETER: &str = "the first parameter of the pattern is a positional one: write def $F(*, $X, $$$): $$$ for functions whose \
     parameters are all keyword-only";

impl ParsedPattern<'_, '_> {
    /// The hints about a pattern that consists of some nodes.
    pub(super) fn hints(&self, roots: &[NodeId]) -> Result<Vec<String>, QueryError> {
        let mut hints = Vec::new();
        let (Some(first), Some(last)) = (roots.first(), roots.last()) else { return Ok(hints) };
        for node in *first..self.tree.subtree_end(*last) {
            let hint = match self.kind(node)? {
                Kind::Constant if self.is_misplaced_ellipsis(node, roots)? => ELLIPSIS,
                Kind::Constant if self.is_text_of_dots(node)? => ELLIPSIS_IN_STRING,
                Kind::Set if self.is_sequence_alone(node)? => SET,
                _ => continue,
            };
            if !hints.iter().any(|known| known == hint) {
                hints.push(hint.to_owned());
            }
        }
        if let [root] = roots[..]
            && let Some(hint) = self.hint_of_statement(root)?
        {
            hints.push(hint.to_owned());
        }
        Ok(hints)
    }

    fn hint_of_statement(&self, root: NodeId) -> Result<Option<&'static str>, QueryError> {
        let kind = self.kind(root)?;
        let children = self.all_children(root)?;
        let has = |field: Field| children.iter().any(|(of, _)| *of == field);
        Ok(match kind {
            Kind::ClassDef => {
                let is_any =
                    self.name_of(root, Role::Name)?.is_some_and(|name| self.metavariable(name).is_some());
                (is_any && !has(Field::Bases) && !has(Field::Keywords)).then_some(CLASS_WITHOUT_BASES)
            }
            Kind::If if !has(Field::Orelse) => match self.children(root, Field::Body)?[..] {
                [body] if self.is_sequence(body)? => Some(IF_WITHOUT_ELSE),
                _ => None,
            },
            Kind::FunctionDef | Kind::AsyncFunctionDef => match self.children(root, Field::Args)?[..] {
                [arguments] if self.has_positional_then_any(arguments)? => Some(POSITIONAL_PARAMETER),
                _ => None,
            },
            _ => None,
        })
    }

    /// Whether parameters are a metavariable and a `$$$`.
    fn has_positional_then_any(&self, arguments: NodeId) -> Result<bool, QueryError> {
        match self.all_children(arguments)?[..] {
            [(Field::Args, first), (Field::Args, second)] => {
                let is_one =
                    self.metavariable_of(first)?.is_some_and(|metavariable| !metavariable.is_sequence);
                Ok(is_one && self.is_sequence(second)?)
            }
            _ => Ok(false),
        }
    }

    fn is_sequence(&self, node: NodeId) -> Result<bool, QueryError> {
        Ok(self.metavariable_of(node)?.is_some_and(|metavariable| metavariable.is_sequence))
    }

    fn is_sequence_alone(&self, node: NodeId) -> Result<bool, QueryError> {
        match self.all_children(node)?[..] {
            [(_, one)] => self.is_sequence(one),
            _ => Ok(false),
        }
    }

    /// Whether a constant is the string `"..."`, also as a part of an f-string.
    fn is_text_of_dots(&self, node: NodeId) -> Result<bool, QueryError> {
        match self.payload(node, Kind::Constant)? {
            Payload::Constant { tag: ConstantTag::Str, value } => {
                let text = self.tree.string(value).map_err(|damage| self.damage(&damage))?;
                Ok(text == b"...")
            }
            _ => Ok(false),
        }
    }

    /// Whether a constant is `...` where Python code hardly has it: an argument, a condition, or a statement that is not
    /// alone in the body of a definition.
    fn is_misplaced_ellipsis(&self, node: NodeId, roots: &[NodeId]) -> Result<bool, QueryError> {
        let is_ellipsis = match self.payload(node, Kind::Constant)? {
            Payload::Constant { tag: ConstantTag::Singleton, value } => {
                ConstantSingleton::from_code(value) == Some(ConstantSingleton::Ellipsis)
            }
            _ => false,
        };
        if !is_ellipsis {
            return Ok(false);
        }
        let path = self.tree.path_to(node).map_err(|damage| self.damage(&damage))?;
        let [before @ .., parent, _] = &path[..] else { return Ok(false) };
        let outer = before.last().map_or(0, |step| step.id);
        let field = self.tree.field(node).map_err(|damage| self.damage(&damage))?;
        Ok(match self.kind(parent.id)? {
            Kind::Call => field == Field::Args,
            Kind::List | Kind::Set | Kind::Return | Kind::Withitem => true,
            Kind::If | Kind::While | Kind::For | Kind::AsyncFor => true,
            Kind::Expr if roots.contains(&parent.id) => roots.len() > 1,
            Kind::Expr => {
                let field = self.tree.field(parent.id).map_err(|damage| self.damage(&damage))?;
                let is_definition =
                    matches!(self.kind(outer)?, Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::ClassDef);
                !is_definition || self.children(outer, field)?.len() > 1
            }
            _ => false,
        })
    }
}
