//! Quick rejects: the tests of nodes at fixed distances after the first node.

use lazyast_format::encoding::{Payload, PayloadLayout, Stored};
use lazyast_format::schema::Role;
use lazyast_format::{Kind, NodeId};

use super::compiler::PatternCompiler;
use crate::error::QueryError;
use crate::pattern::program::{QuickReject, ReferenceId};

/// Kinds whose first child may be something that the pattern does not mention, such as a decorator.
const UNKNOWN_FIRST_CHILD: [Kind; 5] =
    [Kind::FunctionDef, Kind::AsyncFunctionDef, Kind::ClassDef, Kind::Arguments, Kind::Arg];

impl PatternCompiler<'_, '_> {
    /// Adds the chain of first children of a node, as far as the pattern fixes it.
    pub(super) fn add_quick_rejects(&mut self, node: NodeId) -> Result<(), QueryError> {
        if !self.has_fixed_kind(node)? {
            return Ok(());
        }
        let mut parent = self.parsed.kind(node)?;
        let mut distance = 0;
        self.add_operator_reject(node, parent)?;
        if let Some(reference) = self.reference(node)? {
            self.add_reference_reject(0, reference);
            return Ok(());
        }
        if parent.payload_layout() == PayloadLayout::NameContext {
            self.add_kind_and_name_reject(0, node, parent)?;
        }
        while !UNKNOWN_FIRST_CHILD.contains(&parent) {
            let child = node + distance + 1;
            let has_child = self.parsed.tree.subtree_end(node + distance) != child;
            if !has_child || !self.has_fixed_kind(child)? {
                return Ok(());
            }
            distance += 1;
            if let Some(reference) = self.reference(child)? {
                self.add_reference_reject(distance, reference);
                return Ok(());
            }
            let kind = self.parsed.kind(child)?;
            self.add_kind_and_name_reject(distance, child, kind)?;
            parent = kind;
        }
        Ok(())
    }

    /// Adds the kind of a node, and its name if the pattern fixes it.
    fn add_kind_and_name_reject(
        &mut self,
        distance: u32,
        node: NodeId,
        kind: Kind,
    ) -> Result<(), QueryError> {
        let name = match kind.payload_layout() {
            PayloadLayout::NameContext => self.parsed.name_of(node, Role::Name)?,
            _ => None,
        };
        let name = name.filter(|name| self.parsed.metavariable(name).is_none());
        let name = name.map(|name| self.name(node, name)).transpose()?;
        let (payload, reference) = (None, None);
        self.pattern.quick_rejects.push(QuickReject { distance, kind, name, payload, reference });
        Ok(())
    }

    /// Adds the operator of a node. It tells comparisons apart, whose first operand is mostly a metavariable.
    fn add_operator_reject(&mut self, node: NodeId, kind: Kind) -> Result<(), QueryError> {
        let payload = self.parsed.payload(node, kind)?;
        if matches!(payload, Payload::Operator(_) | Payload::Operators(Stored::Inline(_))) {
            let (name, payload, reference) = (None, Some(payload), None);
            self.pattern.quick_rejects.push(QuickReject { distance: 0, kind, name, payload, reference });
        }
        Ok(())
    }

    fn add_reference_reject(&mut self, distance: u32, reference: ReferenceId) {
        let (kind, name, payload) = (Kind::Attribute, None, None);
        let reference = Some(reference);
        self.pattern.quick_rejects.push(QuickReject { distance, kind, name, payload, reference });
    }
}
