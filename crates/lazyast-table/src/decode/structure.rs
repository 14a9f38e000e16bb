//! [`Structure`]: parents, depths, and positions in lists, which archives do not store.

use std::sync::LazyLock;

use lazyast_format::schema::Role;
use lazyast_format::{Field, Kind, NodeId, Tree};

/// Parents, depths and positions in lists of all nodes.
#[derive(Default)]
pub(crate) struct Structure {
    /// The parent; -1 for the root.
    pub(crate) parents: Vec<i32>,
    pub(crate) depths: Vec<u16>,
    /// The position in the list that the field is; -1 if the field is no list.
    pub(crate) indexes: Vec<i32>,
    open: Vec<OpenParent>,
}

/// A node whose subtree is being read.
#[derive(Clone, Copy)]
struct OpenParent {
    id: NodeId,
    end: NodeId,
    kind: u8,
    /// How many children there were in each of the kind's lists.
    counts: [i32; MAX_LISTS],
}

/// No kind has more lists of nodes.
const MAX_LISTS: usize = 8;

/// How the position of a child in its list is found.
#[derive(Clone, Copy)]
enum ListIndex {
    /// The field is no list.
    None,
    /// By counting the children in the list with this number among those of the kind.
    Counted(u8),
    /// In the list there is an entry for each child in another one, and the child stands before that.
    BeforeOwner(u8),
    /// The same, where the child stands after that.
    AfterOwner(u8),
}

type ListIndexes = [ListIndex; Field::ALL.len()];

/// By kind and field.
static LISTS: LazyLock<Vec<ListIndexes>> = LazyLock::new(|| Kind::ALL.iter().map(lists_of).collect());

fn lists_of(kind: &Kind) -> ListIndexes {
    let mut indexes = [ListIndex::None; Field::ALL.len()];
    let lists = || kind.fields().iter().filter(|spec| spec.list && spec.field.is_some());
    let number_of =
        |field: Field| lists().position(|spec| spec.field == Some(field)).unwrap_or_default() as u8;
    assert!(lists().count() <= MAX_LISTS, "a kind has more lists than expected");
    for (spec, field) in lists().filter_map(|spec| Some((spec, spec.field?))) {
        indexes[field as usize] = match spec.role {
            Role::Keys => ListIndex::BeforeOwner(number_of(Field::Values)),
            Role::KwDefaults => ListIndex::AfterOwner(number_of(Field::Kwonlyargs)),
            _ => ListIndex::Counted(number_of(field)),
        };
    }
    indexes[Field::Values312 as usize] = indexes[Field::Values as usize];
    indexes
}

impl OpenParent {
    /// The position of the next child in its list.
    fn index_of(&mut self, index: ListIndex) -> i32 {
        match index {
            ListIndex::None => -1,
            ListIndex::Counted(list) => {
                let count = &mut self.counts[usize::from(list)];
                *count += 1;
                *count - 1
            }
            ListIndex::BeforeOwner(list) => self.counts[usize::from(list)],
            ListIndex::AfterOwner(list) => self.counts[usize::from(list)] - 1,
        }
    }
}

impl Structure {
    /// `ends` are the ends of all subtrees. Codes of kinds and fields are known to be valid.
    pub(crate) fn load(&mut self, tree: &Tree<'_>, ends: &[NodeId]) {
        let Self { parents, depths, indexes, open } = self;
        let lists = LISTS.as_slice();
        parents.clear();
        depths.clear();
        indexes.clear();
        open.clear();
        let rows = tree.kinds().iter().zip(tree.fields()).zip(ends);
        for (id, ((kind, field), end)) in rows.enumerate() {
            let id = id as NodeId;
            while open.last().is_some_and(|parent| parent.end <= id) {
                open.pop();
            }
            depths.push(u16::try_from(open.len()).unwrap_or(u16::MAX));
            match open.last_mut() {
                None => {
                    parents.push(-1);
                    indexes.push(-1);
                }
                Some(parent) => {
                    parents.push(parent.id as i32);
                    let list = lists[usize::from(parent.kind)][usize::from(*field)];
                    indexes.push(parent.index_of(list));
                }
            }
            if *end > id + 1 {
                open.push(OpenParent { id, end: *end, kind: *kind, counts: [0; MAX_LISTS] });
            }
        }
    }
}
