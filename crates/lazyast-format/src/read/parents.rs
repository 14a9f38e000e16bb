//! [`ParentTable`]: the parent of every node. Archives do not store parents, so one pass over the tree finds them.

use super::damage::Damage;
use super::target_python::TargetPython;
use super::tree::Tree;
use crate::encoding::NodeId;
use crate::schema::{Field, FieldSpec, Kind, Role};

/// The index of children that are in no list of the target Python.
const NOWHERE: u32 = u32::MAX;

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

/// The parents of all nodes of a tree, and the indices of the nodes in their lists.
#[derive(Clone, Debug)]
pub struct ParentTable {
    parents: Vec<NodeId>,
    indices: Vec<u32>,
}

/// A node whose children are being read.
struct OpenAncestor {
    id: NodeId,
    end: NodeId,
    kind: Kind,
    /// The length of each list so far, by the index of the field.
    lengths: [u32; MAX_FIELDS],
}

/// The most fields of a kind.
const MAX_FIELDS: usize = 8;

impl ParentTable {
    /// Finds the parents of all nodes, in one pass. The indices are those in the lists of `python`.
    pub fn of(tree: &Tree<'_>, python: TargetPython) -> Result<Self, Damage> {
        let mut parents = Vec::with_capacity(tree.len() as usize);
        let mut indices = Vec::with_capacity(tree.len() as usize);
        let mut frames: Vec<OpenAncestor> = Vec::new();
        for row in tree.rows() {
            let row = row?;
            while frames.last().is_some_and(|frame| frame.end <= row.id) {
                frames.pop();
            }
            match frames.last_mut() {
                Some(frame) if row.subtree_end <= frame.end => {
                    parents.push(frame.id);
                    indices.push(frame.add(row.field, python));
                }
                Some(_) => {
                    let damage = Damage::new("subtree ends outside of its parent's", row.id);
                    return Err(damage.found(row.subtree_end));
                }
                None if row.id == 0 => {
                    parents.push(0);
                    indices.push(0);
                }
                None => return Err(Damage::new("node is in no subtree", row.id)),
            }
            if row.subtree_end > row.id + 1 {
                let (id, end, kind) = (row.id, row.subtree_end, row.kind);
                frames.push(OpenAncestor { id, end, kind, lengths: [0; MAX_FIELDS] });
            }
        }
        Ok(Self { parents, indices })
    }

    /// The parent of a node; `None` for the root, and for numbers of no node.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.parents.get(id as usize).copied().filter(|_| id != 0)
    }

    /// The step from a node's parent to the node. `None` if the target Python's tree does not have the node.
    pub fn step_to(&self, tree: &Tree<'_>, id: NodeId) -> Result<Option<FieldStep>, Damage> {
        let Some(parent) = self.parent(id) else { return Ok(None) };
        let spec = field_of(tree.kind(parent)?, tree.field(id)?);
        let index = self.indices[id as usize];
        Ok(spec.filter(|_| index != NOWHERE).map(|(_, spec)| FieldStep { id, spec, index }))
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
    fn add(&mut self, field: Field, python: TargetPython) -> u32 {
        let Some((position, spec)) = field_of(self.kind, field) else { return NOWHERE };
        if field == Field::Values312 && !python.empty_constants {
            return NOWHERE;
        }
        match spec.role {
            // The entry stands before its value, and after its parameter.
            Role::Keys => self.length_of(Field::Values),
            Role::KwDefaults => self.length_of(Field::Kwonlyargs).saturating_sub(1),
            _ if !spec.list => 0,
            _ => {
                self.lengths[position] += 1;
                self.lengths[position] - 1
            }
        }
    }

    fn length_of(&self, field: Field) -> u32 {
        field_of(self.kind, field).map_or(0, |(position, _)| self.lengths[position])
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
