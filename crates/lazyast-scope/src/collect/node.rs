//! What each kind of node says about names.

use lazyast_format::encoding::Payload;
use lazyast_format::read::NodeRow;
use lazyast_format::schema::expr_context;
use lazyast_format::{Damage, Field, Kind, NodeId};

use super::collector::Collector;
use super::frame::Context;
use crate::imports::Import;
use crate::occurrence::NameRole;
use crate::scope::ScopeKind;
use crate::symbol::Facts;

impl Collector<'_, '_> {
    /// Adds the facts and occurrences of one node.
    pub(super) fn add_node(&mut self, row: &NodeRow, context: Context) -> Result<(), Damage> {
        let payload = || Payload::decode(row.kind.payload_layout(), row.payload_bits);
        let (facts, role) = match row.kind {
            Kind::Name => return self.add_name(row, payload(), context),
            Kind::FunctionDef | Kind::AsyncFunctionDef => (Facts::LOCAL, NameRole::Function),
            Kind::ClassDef => (Facts::LOCAL, NameRole::Class),
            Kind::Arg => (Facts::PARAMETER, NameRole::Parameter),
            Kind::ExceptHandler => (Facts::LOCAL, NameRole::Exception),
            Kind::MatchAs | Kind::MatchStar | Kind::MatchMapping => (Facts::LOCAL, NameRole::Capture),
            Kind::TypeVar | Kind::ParamSpec | Kind::TypeVarTuple => {
                if let Some(name) = payload().name() {
                    self.private_type_parameters.push((context.scope, name));
                }
                (Facts::LOCAL | Facts::TYPE_PARAMETER, NameRole::TypeParameter)
            }
            Kind::Alias => return self.add_alias(row.id, payload(), context),
            Kind::Global => return self.add_declarations(row.id, payload(), Facts::GLOBAL, context),
            Kind::Nonlocal => return self.add_declarations(row.id, payload(), Facts::NONLOCAL, context),
            Kind::NamedExpr => return self.add_named_expression(row, context),
            _ => return Ok(()),
        };
        if let Some(name) = payload().name() {
            self.add_occurrence(row.id, name, context, facts, role)?;
        }
        Ok(())
    }

    fn add_name(&mut self, row: &NodeRow, payload: Payload, context: Context) -> Result<(), Damage> {
        let Payload::NameContext { name, context: access } = payload else { return Ok(()) };
        if access == expr_context::LOAD {
            self.add_use_of_super(name, context)?;
            self.add_occurrence(row.id, name, context, Facts::USE, NameRole::Use)?;
            return Ok(());
        }
        let (facts, role) = match self.parent() {
            _ if access == expr_context::DEL => (Facts::LOCAL, NameRole::Deletion),
            Some(parent) if parent.kind == Kind::AugAssign => (Facts::LOCAL, NameRole::AugmentedAssignment),
            Some(parent) if parent.kind == Kind::AnnAssign => self.annotated(parent.node)?,
            _ => (Facts::LOCAL, NameRole::Assignment),
        };
        self.add_occurrence(row.id, name, context, facts, role)?;
        Ok(())
    }

    /// What an annotated assignment does with its target, which is a name.
    fn annotated(&self, statement: NodeId) -> Result<(Facts, NameRole), Damage> {
        let mut has_value = false;
        if let Some(statement) = self.tree.node(statement) {
            for child in statement.children() {
                has_value |= child?.0 == Field::Value;
            }
        }
        let is_simple =
            matches!(self.tree.payload(statement, Kind::AnnAssign)?, Payload::Flag(flag) if flag != 0);
        let facts = match (is_simple, has_value) {
            (true, _) => Facts::LOCAL | Facts::ANNOTATED,
            (false, true) => Facts::LOCAL,
            (false, false) => Facts::NONE,
        };
        Ok((facts, if has_value { NameRole::Assignment } else { NameRole::Annotation }))
    }

    fn add_alias(&mut self, node: NodeId, payload: Payload, context: Context) -> Result<(), Damage> {
        let Payload::Alias(alias) = payload else { return Ok(()) };
        let (name, asname) = self.tree.alias(alias)?;
        let statement = self.parent().map_or(node, |parent| parent.node);
        let text = self.tree.name(name)?;
        let bound = match asname {
            _ if text == "*" => None,
            Some(asname) => Some(asname),
            None => Some(match text.split_once('.') {
                Some((first, _)) => self.names.number(self.tree, first)?,
                None => name,
            }),
        };
        let symbol = match bound {
            Some(bound) => {
                Some(self.add_occurrence(node, bound, context, Facts::IMPORT, NameRole::Import)?)
            }
            None => None,
        };
        self.collected.imports.push(Import { node, statement, symbol });
        Ok(())
    }

    fn add_declarations(
        &mut self,
        node: NodeId,
        payload: Payload,
        facts: Facts,
        context: Context,
    ) -> Result<(), Damage> {
        let Payload::Names(list) = payload else { return Ok(()) };
        for name in self.tree.list(list)? {
            self.add_occurrence(node, name, context, facts, NameRole::Declaration)?;
            if facts == Facts::GLOBAL {
                let name = self.name_in(context.private, name)?;
                self.add_facts(0, name, Facts::GLOBAL);
            }
        }
        Ok(())
    }

    /// A `:=` in a comprehension binds its name in the function or module around it.
    fn add_named_expression(&mut self, row: &NodeRow, context: Context) -> Result<(), Damage> {
        if !self.scope(context).kind.is_comprehension() {
            return Ok(());
        }
        let target = row.id + 1;
        if target >= row.subtree_end || self.tree.kind(target)? != Kind::Name {
            return Ok(());
        }
        let Some(name) = self.tree.payload(target, Kind::Name)?.name() else { return Ok(()) };
        let name = self.name_in(context.private, name)?;
        let mut outer = context.scope;
        while let Some(parent) = self.collected.scopes[outer as usize].parent {
            outer = parent;
            if !self.collected.scopes[outer as usize].kind.is_comprehension() {
                break;
            }
        }
        match self.collected.scopes[outer as usize].kind {
            ScopeKind::Module => {
                self.add_facts(outer, name, Facts::GLOBAL);
                self.add_facts(context.scope, name, Facts::GLOBAL);
            }
            ScopeKind::Function | ScopeKind::Lambda => {
                let symbol = self.add_facts(outer, name, Facts::LOCAL);
                let is_global = self.collected.symbols[symbol as usize].facts.any(Facts::GLOBAL);
                let facts = if is_global { Facts::GLOBAL } else { Facts::NONLOCAL };
                self.add_facts(context.scope, name, facts);
                if is_global {
                    self.add_facts(0, name, Facts::GLOBAL);
                }
            }
            // CPython rejects it here.
            _ => {}
        }
        Ok(())
    }
}
