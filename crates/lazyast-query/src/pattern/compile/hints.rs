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

impl ParsedPattern<'_, '_> {
    /// The hints about a pattern that consists of some nodes.
    pub(super) fn hints(&self, roots: &[NodeId]) -> Result<Vec<String>, QueryError> {
        let mut hints = Vec::new();
        let (Some(first), Some(last)) = (roots.first(), roots.last()) else { return Ok(hints) };
        for node in *first..self.tree.subtree_end(*last) {
            if self.kind(node)? == Kind::Constant && self.is_misplaced_ellipsis(node, roots)? {
                hints.push(ELLIPSIS.to_owned());
                break;
            }
        }
        if let [class] = roots[..]
            && self.kind(class)? == Kind::ClassDef
        {
            let children = self.all_children(class)?;
            let has_bases = children.iter().any(|(field, _)| matches!(field, Field::Bases | Field::Keywords));
            let is_any =
                self.name_of(class, Role::Name)?.is_some_and(|name| self.metavariable(name).is_some());
            if is_any && !has_bases {
                hints.push(CLASS_WITHOUT_BASES.to_owned());
            }
        }
        Ok(hints)
    }

    /// Whether a constant is `...` where Python code hardly has it: an argument, or one of several statements.
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
            Kind::List | Kind::Set => true,
            Kind::Expr if roots.contains(&parent.id) => roots.len() > 1,
            Kind::Expr => {
                let field = self.tree.field(parent.id).map_err(|damage| self.damage(&damage))?;
                self.children(outer, field)?.len() > 1
            }
            _ => false,
        })
    }
}
