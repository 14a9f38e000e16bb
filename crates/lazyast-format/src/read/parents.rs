//! [`ParentTable`]: the parent of every node. Archives do not store parents, so one pass over the tree finds them.

use std::sync::LazyLock;

use super::damage::Damage;
use super::target_python::TargetPython;
use super::tree::{Tree, unknown_field, unknown_kind};
use crate::encoding::NodeId;
use crate::schema::{Field, FieldSpec, Kind, Role};

/// A step from a node to one of its children.
#[derive(Clone, Copy, Debug)]
pub struct FieldStep {
    /// The child.
    pub id: NodeId,
    /// The field that the child stands in.
    pub spec: &'static FieldSpec,
    /// The index in the field's list, in which entries without a node count; 0 if the field is no list.
    pub index: u32,
}

/// The parents of all nodes of a tree, their depths, and their indices in lists.
#[derive(Clone, Debug, Default)]
pub struct ParentTable {
    parents: Vec<i32>,
    depths: Vec<u16>,
    indices: Vec<i32>,
}

/// The parent of the root.
const NO_PARENT: i32 = -1;
/// The index of children whose field is no list.
const NO_LIST: i32 = -1;
/// The index of children that the target Python's tree does not have.
const NOWHERE: i32 = -2;

/// A node whose children are being read.
struct OpenAncestor {
    id: NodeId,
    end: NodeId,
    rules: &'static ChildRules,
    /// The length of each list so far, by the position of the field.
    lengths: [i32; MAX_FIELDS],
}

/// The most fields of a kind.
const MAX_FIELDS: usize = 8;

/// How the index of a child follows from the lengths of lists.
#[derive(Clone, Copy)]
enum IndexRule {
    NoList,
    /// Only releases of 3.12 with empty constants have the child, in the list at this position.
    Empty312(u8),
    /// It is the length of the list at this position, which then grows.
    Counted(u8),
    /// The entry stands before its owner: the index is the length of the list of owners.
    BeforeOwner(u8),
    /// The entry stands after its owner.
    AfterOwner(u8),
    /// The kind has no such field.
    Nowhere,
}

/// The rules of one kind, by the code of the field.
type ChildRules = [IndexRule; Field::ALL.len()];

/// By the code of the kind.
static RULES: LazyLock<Vec<ChildRules>> = LazyLock::new(|| Kind::ALL.iter().map(rules_of).collect());

fn rules_of(kind: &Kind) -> ChildRules {
    let position = |field: Field| field_of(*kind, field).map(|(position, _)| position as u8);
    let rule = |field: Field| {
        let (position_in_kind, spec) = field_of(*kind, field)?;
        Some(match spec.role {
            Role::Keys => IndexRule::BeforeOwner(position(Field::Values)?),
            Role::KwDefaults => IndexRule::AfterOwner(position(Field::Kwonlyargs)?),
            _ if !spec.list => IndexRule::NoList,
            _ if field == Field::Values312 => IndexRule::Empty312(position_in_kind as u8),
            _ => IndexRule::Counted(position_in_kind as u8),
        })
    };
    std::array::from_fn(|code| rule(Field::ALL[code]).unwrap_or(IndexRule::Nowhere))
}

impl ParentTable {
    /// Finds the parents of all nodes, in one pass. The indices are those in the lists of `python`.
    pub fn of(tree: &Tree<'_>, python: TargetPython) -> Result<Self, Damage> {
        let mut ends = Vec::new();
        tree.subtree_ends_into(&mut ends)?;
        let mut table = Self::default();
        table.load(tree, &ends, python)?;
        Ok(table)
    }

    /// As [`of`](Self::of), in the memory of an earlier table. `ends` are the ends of all subtrees.
    pub fn load(&mut self, tree: &Tree<'_>, ends: &[NodeId], python: TargetPython) -> Result<(), Damage> {
        let Self { parents, depths, indices } = self;
        let rules = RULES.as_slice();
        parents.clear();
        depths.clear();
        indices.clear();
        parents.reserve(ends.len());
        depths.reserve(ends.len());
        indices.reserve(ends.len());
        let mut ancestors: Vec<OpenAncestor> = Vec::new();
        let rows = tree.kinds().iter().zip(tree.fields()).zip(ends);
        for (id, ((kind, field), end)) in rows.enumerate() {
            let id = id as NodeId;
            while ancestors.last().is_some_and(|ancestor| ancestor.end <= id) {
                ancestors.pop();
            }
            let depth = ancestors.len();
            match ancestors.last_mut() {
                Some(parent) if *end <= parent.end => {
                    let rule = parent.rules.get(usize::from(*field));
                    let rule = *rule.ok_or_else(|| unknown_field(*field, id))?;
                    parents.push(parent.id as i32);
                    indices.push(parent.index_of(rule, python));
                }
                Some(_) => {
                    return Err(Damage::new("subtree ends outside of its parent's", id).found(*end));
                }
                None if id == 0 => {
                    parents.push(NO_PARENT);
                    indices.push(NO_LIST);
                }
                None => return Err(Damage::new("node is in no subtree", id)),
            }
            depths.push(u16::try_from(depth).unwrap_or(u16::MAX));
            if *end > id + 1 {
                let rules = rules.get(usize::from(*kind)).ok_or_else(|| unknown_kind(*kind, id))?;
                ancestors.push(OpenAncestor { id, end: *end, rules, lengths: [0; MAX_FIELDS] });
            }
        }
        Ok(())
    }

    /// The parent of every node; -1 for the root.
    pub fn parents(&self) -> &[i32] {
        &self.parents
    }

    /// The number of ancestors of every node, or 65,535 if there are more.
    pub fn depths(&self) -> &[u16] {
        &self.depths
    }

    /// The index of every node in the list that its field is; below 0 if the field is no list.
    pub fn indices(&self) -> &[i32] {
        &self.indices
    }

    /// The parent of a node; `None` for the root, and for numbers of no node.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.parents.get(id as usize).and_then(|parent| NodeId::try_from(*parent).ok())
    }

    /// The step from a node's parent to the node. `None` if the target Python's tree does not have the node.
    pub fn step_to(&self, tree: &Tree<'_>, id: NodeId) -> Result<Option<FieldStep>, Damage> {
        let Some(parent) = self.parent(id) else { return Ok(None) };
        let spec = field_of(tree.kind(parent)?, tree.field(id)?);
        let index = self.indices[id as usize];
        let index = (index != NOWHERE).then_some(index.max(0) as u32);
        Ok(spec.zip(index).map(|((_, spec), index)| FieldStep { id, spec, index }))
    }

    /// The steps from the root to a node. `None` if the target Python's tree does not have the node.
    pub fn path_to(&self, tree: &Tree<'_>, id: NodeId) -> Result<Option<Vec<FieldStep>>, Damage> {
        let mut path = Vec::new();
        let mut below = id;
        // A parent has a smaller number than its child.
        while let Some(parent) = self.parent(below) {
            let Some(step) = self.step_to(tree, below)? else { return Ok(None) };
            path.push(step);
            below = parent;
        }
        path.reverse();
        Ok((id == 0 || !path.is_empty()).then_some(path))
    }
}

impl OpenAncestor {
    /// Counts a child, and returns its index.
    #[inline]
    fn index_of(&mut self, rule: IndexRule, python: TargetPython) -> i32 {
        // Positions are below the number of fields, which the compiler does not know.
        let length = |position: u8| usize::from(position) % MAX_FIELDS;
        match rule {
            IndexRule::NoList => NO_LIST,
            IndexRule::Nowhere => NOWHERE,
            IndexRule::Empty312(_) if !python.empty_constants => NOWHERE,
            IndexRule::Counted(position) | IndexRule::Empty312(position) => {
                let length = &mut self.lengths[length(position)];
                *length += 1;
                *length - 1
            }
            IndexRule::BeforeOwner(position) => self.lengths[length(position)],
            IndexRule::AfterOwner(position) => (self.lengths[length(position)] - 1).max(0),
        }
    }
}

/// The field of a kind whose value consists of the children with a code, with its position among the fields.
fn field_of(kind: Kind, field: Field) -> Option<(usize, &'static FieldSpec)> {
    let field = if field == Field::Values312 { Field::Values } else { field };
    kind.fields().iter().enumerate().find(|(_, spec)| spec.field == Some(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_kind_has_more_fields() {
        assert!(Kind::ALL.iter().all(|kind| kind.fields().len() <= MAX_FIELDS));
    }
}
