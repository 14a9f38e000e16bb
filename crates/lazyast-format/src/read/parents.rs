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
    rules: &'static IndexRules,
    /// The length of each list so far, by the position of the field.
    lengths: [i32; MAX_FIELDS],
}

/// The most fields of a kind.
const MAX_FIELDS: usize = 8;

/// How the index of a child follows from the lengths of lists. There is no case to tell apart, because kinds and fields come
/// in no order that a processor could predict.
#[derive(Clone, Copy)]
struct IndexRule {
    /// The position of the field whose list counts.
    list: u8,
    /// How much longer the list gets.
    growth: u8,
    /// What is subtracted from the length: 1 for an entry that stands after its owner.
    after: u8,
    /// The index itself, if it does not follow from a length; 0 if it does.
    constant: i8,
}

/// The rules of one kind, by the code of the field.
type IndexRules = [IndexRule; Field::ALL.len()];

/// By the code of the kind. The first table is for releases of 3.12 with empty constants, the second one for all others.
static RULES: LazyLock<[Vec<IndexRules>; 2]> = LazyLock::new(|| {
    [true, false]
        .map(|empty_constants| Kind::ALL.iter().map(|kind| rules_of(*kind, empty_constants)).collect())
});

fn rules_of(kind: Kind, empty_constants: bool) -> IndexRules {
    let constant = |constant: i32| IndexRule { list: 0, growth: 0, after: 0, constant: constant as i8 };
    let list = |field: Field, growth: u8, after: u8| {
        let list = field_of(kind, field).map_or(0, |(position, _)| position as u8);
        IndexRule { list, growth, after, constant: 0 }
    };
    std::array::from_fn(|code| {
        let field = Field::ALL[code];
        match field_of(kind, field) {
            None => constant(NOWHERE),
            Some(_) if field == Field::Values312 && !empty_constants => constant(NOWHERE),
            Some((_, spec)) => match spec.role {
                Role::Keys => list(Field::Values, 0, 0),
                Role::KwDefaults => list(Field::Kwonlyargs, 0, 1),
                _ if spec.list => list(field, 1, 0),
                _ => constant(NO_LIST),
            },
        }
    })
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
        let rules = RULES[usize::from(!python.empty_constants)].as_slice();
        let count = ends.len();
        parents.clear();
        parents.resize(count, NO_PARENT);
        depths.clear();
        depths.resize(count, 0);
        indices.clear();
        indices.resize(count, NO_LIST);
        let Some(root) = ends.first().zip(tree.kinds().first()) else { return Ok(()) };
        let open = |id: NodeId, end: NodeId, kind: u8| {
            let rules = rules.get(usize::from(kind)).ok_or_else(|| unknown_kind(kind, id))?;
            Ok::<_, Damage>(OpenAncestor { id, end, rules, lengths: [0; MAX_FIELDS] })
        };
        let mut ancestors: Vec<OpenAncestor> = Vec::new();
        let mut parent = open(0, *root.0, *root.1)?;
        let rows = tree.kinds().iter().zip(tree.fields()).zip(ends).enumerate().skip(1);
        let numbers = parents.iter_mut().zip(depths.iter_mut()).zip(indices.iter_mut()).skip(1);
        for ((id, ((kind, field), end)), ((number, depth), index)) in rows.zip(numbers) {
            let id = id as NodeId;
            while parent.end <= id {
                parent = ancestors.pop().ok_or_else(|| Damage::new("node is in no subtree", id))?;
            }
            if *end > parent.end {
                return Err(Damage::new("subtree ends outside of its parent's", id).found(*end));
            }
            let rule = parent.rules.get(usize::from(field)).ok_or_else(|| unknown_field(field, id))?;
            *number = parent.id as i32;
            *index = parent.index_of(*rule);
            *depth = u16::try_from(ancestors.len() + 1).unwrap_or(u16::MAX);
            if *end > id + 1 {
                ancestors.push(std::mem::replace(&mut parent, open(id, *end, *kind)?));
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
    fn index_of(&mut self, rule: IndexRule) -> i32 {
        // Positions are below the number of fields, which the compiler does not know.
        let length = &mut self.lengths[usize::from(rule.list) % MAX_FIELDS];
        let index = *length - i32::from(rule.after);
        *length += i32::from(rule.growth);
        if rule.constant == 0 { index } else { i32::from(rule.constant) }
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
