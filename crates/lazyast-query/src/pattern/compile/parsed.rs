//! [`ParsedPattern`]: the tree of a pattern's text, and the metavariables in it.

use lazyast_format::encoding::Payload;
use lazyast_format::read::{FieldValue, TargetPython};
use lazyast_format::schema::{FieldSpec, Role};
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};

use crate::error::QueryError;
use crate::pattern::metavariables::{Metavariable, SubstitutedText};
use crate::pattern::source::OffsetMap;
use crate::schema::field_of;

/// The tree of a pattern's text, with what leads from it back to the pattern.
#[derive(Clone, Copy)]
pub(super) struct ParsedPattern<'c, 'a> {
    pub(super) tree: &'c Tree<'a>,
    pub(super) substituted: &'c SubstitutedText,
    pub(super) offsets: OffsetMap<'c>,
}

impl<'c, 'a> ParsedPattern<'c, 'a> {
    /// An error about a node.
    pub(super) fn error(&self, node: NodeId, message: impl Into<String>) -> QueryError {
        let (start, end) = self.tree.range(node).unwrap_or_default();
        self.offsets.error(start as usize..end as usize, message)
    }

    /// The error for an archive that the parser built wrongly.
    pub(super) fn damage(&self, damage: &Damage) -> QueryError {
        self.error(0, damage.to_string())
    }

    pub(super) fn kind(&self, node: NodeId) -> Result<Kind, QueryError> {
        self.tree.kind(node).map_err(|damage| self.damage(&damage))
    }

    pub(super) fn payload(&self, node: NodeId, kind: Kind) -> Result<Payload, QueryError> {
        self.tree.payload(node, kind).map_err(|damage| self.damage(&damage))
    }

    pub(super) fn all_children(&self, node: NodeId) -> Result<Vec<(Field, NodeId)>, QueryError> {
        let Some(node) = self.tree.node(node) else { return Ok(Vec::new()) };
        let children = node.children().map(|child| child.map(|(field, child)| (field, child.id())));
        children.collect::<Result<_, _>>().map_err(|damage| self.damage(&damage))
    }

    pub(super) fn children(&self, node: NodeId, field: Field) -> Result<Vec<NodeId>, QueryError> {
        let children = self.all_children(node)?.into_iter();
        Ok(children.filter(|(of, _)| *of == field).map(|(_, child)| child).collect())
    }

    fn has_children(&self, node: NodeId) -> bool {
        self.tree.subtree_end(node) > node + 1
    }

    /// The value of a field, in the newest Python.
    pub(super) fn value(&self, node: NodeId, spec: &FieldSpec) -> Result<FieldValue<'a>, QueryError> {
        let newest_python = TargetPython::new(u8::MAX, 0);
        let node = self.tree.node(node).ok_or_else(|| self.error(node, "the archive lacks a node"))?;
        node.field_value(spec, newest_python).map_err(|damage| self.damage(&damage))
    }

    /// The identifier in the field with a role.
    pub(super) fn name_of(&self, node: NodeId, role: Role) -> Result<Option<&'a str>, QueryError> {
        let kind = self.kind(node)?;
        let Some(spec) = kind.fields().iter().find(|spec| spec.role == role) else { return Ok(None) };
        match self.value(node, spec)? {
            FieldValue::Identifier(name) => Ok(Some(name)),
            _ => Ok(None),
        }
    }

    /// The text of an `Attribute` that is a name and attributes of it, without metavariables.
    pub(super) fn dotted_text(&self, mut node: NodeId) -> Result<Option<String>, QueryError> {
        let mut parts = Vec::new();
        loop {
            let kind = self.kind(node)?;
            let Some(name) = self.name_of(node, Role::Name)? else { return Ok(None) };
            if self.substituted.has_metavariable_inside(name) {
                return Ok(None);
            }
            parts.push(name);
            match kind {
                Kind::Attribute => node += 1,
                Kind::Name => break,
                _ => return Ok(None),
            }
        }
        parts.reverse();
        Ok(Some(parts.join(".")))
    }

    /// The operand of a deep operator, if a node is one.
    pub(super) fn operand_of_deep(&self, node: NodeId) -> Result<Option<NodeId>, QueryError> {
        let Some((function, end)) = &self.substituted.deep else { return Ok(None) };
        if self.kind(node)? != Kind::Call || self.plain_name(node + 1)? != Some(function) {
            return Ok(None);
        }
        match self.all_children(node)?[..] {
            [_, (_, operand), (_, last)] if self.plain_name(last)? == Some(end) => Ok(Some(operand)),
            _ => Err(self.error(node, "expected one expression between <... and ...>")),
        }
    }

    /// The name of a `Name`.
    fn plain_name(&self, node: NodeId) -> Result<Option<&'a str>, QueryError> {
        if self.kind(node)? == Kind::Name { self.name_of(node, Role::Name) } else { Ok(None) }
    }

    /// The metavariable that an identifier replaces.
    pub(super) fn metavariable(&self, name: &str) -> Option<&'c Metavariable> {
        self.substituted.metavariables.get(name)
    }

    /// The metavariable that a node consists of, if it stands for nodes of this kind.
    pub(super) fn metavariable_of(&self, node: NodeId) -> Result<Option<&'c Metavariable>, QueryError> {
        let name = match self.kind(node)? {
            Kind::Name => self.name_of(node, Role::Name)?,
            Kind::MatchAs if !self.has_children(node) => self.name_of(node, Role::OptionalName)?,
            Kind::Arg if !self.has_children(node) => self.name_of(node, Role::Name)?,
            Kind::Alias if self.name_of(node, Role::Asname)?.is_none() => {
                self.name_of(node, Role::AliasName)?
            }
            Kind::Expr => return self.metavariable_of(node + 1),
            Kind::Withitem if self.all_children(node)?.len() == 1 => return self.metavariable_of(node + 1),
            Kind::TypeVar | Kind::FormattedValue | Kind::ExceptHandler | Kind::MatchCase => {
                return self.sequence_of(node);
            }
            _ => None,
        };
        Ok(name.and_then(|name| self.metavariable(name)))
    }

    /// The `$$$` that a node of a kind consists of for which `$X` has no meaning or another one.
    fn sequence_of(&self, node: NodeId) -> Result<Option<&'c Metavariable>, QueryError> {
        let metavariable = match self.kind(node)? {
            Kind::TypeVar if !self.has_children(node) => {
                self.name_of(node, Role::Name)?.and_then(|name| self.metavariable(name))
            }
            Kind::FormattedValue => {
                let is_plain = self.all_children(node)?.len() == 1
                    && self.payload(node, Kind::FormattedValue)? == Payload::Conversion(-1);
                if is_plain { self.metavariable_of(node + 1)? } else { None }
            }
            Kind::ExceptHandler if self.name_of(node, Role::OptionalName)?.is_none() => {
                let types = self.children(node, Field::Type)?;
                types.first().map(|first| self.metavariable_of(*first)).transpose()?.flatten()
            }
            Kind::MatchCase if self.children(node, Field::Guard)?.is_empty() => {
                self.metavariable_of(node + 1)?
            }
            _ => None,
        };
        let sequence = metavariable.filter(|metavariable| metavariable.is_sequence);
        if sequence.is_some() && matches!(self.kind(node)?, Kind::ExceptHandler | Kind::MatchCase) {
            self.check_any_body(node)?;
        }
        Ok(sequence)
    }

    /// Checks that a replacement field with a metavariable has no `=`. Python puts the text of such a field before it,
    /// and a metavariable cannot match text.
    pub(super) fn check_replacement_field(&self, field: NodeId) -> Result<(), QueryError> {
        let range = |node| self.tree.range(node).map_err(|damage| self.damage(&damage));
        let (value_end, end) = (range(field + 1)?.1, range(field)?.1);
        let after_value = self.offsets.text(value_end as usize..end as usize);
        if !after_value.trim_start_matches([' ', '\t', '\n', ')']).starts_with('=') {
            return Ok(());
        }
        for node in field + 1..self.tree.subtree_end(field + 1) {
            for spec in self.kind(node)?.fields() {
                if let FieldValue::Identifier(name) = self.value(node, spec)?
                    && self.metavariable(name).is_some()
                {
                    let message = "a field with = and a metavariable matches nothing, because Python puts the \
                                   field's text before it: remove the =, or write {$$$} for any parts";
                    return Err(self.error(field, message));
                }
            }
        }
        Ok(())
    }

    /// Checks that the body of a clause that stands for any number of clauses is `$_`.
    fn check_any_body(&self, clause: NodeId) -> Result<(), QueryError> {
        let body = self.children(clause, Field::Body)?;
        let is_any = match body[..] {
            [one] => {
                self.kind(one)? == Kind::Expr
                    && self.metavariable_of(one)?.is_some_and(|metavariable| metavariable.name.is_none())
            }
            _ => false,
        };
        if is_any {
            return Ok(());
        }
        let message = "expected $_ as the body: except $$$ and case $$$ match clauses with any bodies";
        Err(self.error(body.first().copied().unwrap_or(clause), message))
    }
}

/// A field that the schema gives to a kind.
pub(super) fn field(kind: Kind, name: &str) -> &'static FieldSpec {
    field_of(kind, name).expect("the schema gives the kind this field")
}
