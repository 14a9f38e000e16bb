//! [`IndexedTree`]: a tree, and what all queries of it share.
//!
//! Many rules ask the same of a tree: where its calls are, what the parents of some nodes are, what a name stands for.
//! Each of these is computed when it is first needed, and kept as long as the tree is searched.

mod parents;
mod text_verdicts;

use std::cell::{Cell, OnceCell, RefCell};
use std::ops::Deref;
use std::rc::Rc;

use lazyast_format::{Damage, Field, Kind, KindScanner, KindSet, NodeId, Tree};
use lazyast_scope::TreeNames;
use regex::Regex;

use text_verdicts::TextVerdicts;

/// The minor version of Python whose scopes are used: the newest.
const NEWEST_MINOR: u8 = 15;

/// Where the parents of one node in so many are asked for, the parents of all nodes are found at once.
const NODES_PER_PARENT: usize = 16;

/// A tree that several queries search.
#[derive(Debug)]
pub struct IndexedTree<'t, 'a> {
    tree: &'t Tree<'a>,
    /// The kinds that were searched for, and those of them that the tree has.
    known_kinds: Cell<KindSet>,
    present_kinds: Cell<KindSet>,
    /// Whether nodes of some kinds were asked for. The nodes of the first request are not kept: most queries ask once.
    was_asked: Cell<bool>,
    nodes: RefCell<Vec<(KindSet, Rc<[NodeId]>)>>,
    parents: OnceCell<Vec<NodeId>>,
    names: OnceCell<Rc<TreeNames>>,
    verdicts: RefCell<Vec<TextVerdicts>>,
}

impl<'a> Deref for IndexedTree<'_, 'a> {
    type Target = Tree<'a>;

    fn deref(&self) -> &Tree<'a> {
        self.tree
    }
}

impl<'t, 'a> IndexedTree<'t, 'a> {
    /// A tree about which nothing is known yet.
    pub fn new(tree: &'t Tree<'a>) -> Self {
        Self {
            tree,
            known_kinds: Cell::default(),
            present_kinds: Cell::default(),
            was_asked: Cell::default(),
            nodes: RefCell::default(),
            parents: OnceCell::new(),
            names: OnceCell::new(),
            verdicts: RefCell::default(),
        }
    }

    /// Whether a node has one of some kinds.
    pub(crate) fn has_any(&self, kinds: KindSet) -> bool {
        if !kinds.and(self.present_kinds.get()).is_empty() {
            return true;
        }
        kinds.iter().any(|kind| {
            if self.known_kinds.get().contains(kind) {
                return false;
            }
            self.known_kinds.set(self.known_kinds.get().or(kind.into()));
            let is_present = memchr::memchr(kind as u8, self.tree.kinds()).is_some();
            if is_present {
                self.present_kinds.set(self.present_kinds.get().or(kind.into()));
            }
            is_present
        })
    }

    /// The nodes of some kinds, ascending.
    pub(crate) fn nodes_of(&self, kinds: KindSet) -> Vec<NodeId> {
        let known = self.nodes.borrow().iter().find(|(of, _)| *of == kinds).map(|(_, nodes)| nodes.to_vec());
        if let Some(nodes) = known {
            return nodes;
        }
        let mut nodes = KindScanner::new(kinds).all(self.tree.kinds());
        if kinds.contains(Kind::Constant) && self.has_field(Field::Values312) {
            // These constants exist in the trees of a few releases of Python alone.
            nodes.retain(|node| self.tree.field_code(*node) != Field::Values312 as u8);
        }
        if self.was_asked.replace(true) {
            self.nodes.borrow_mut().push((kinds, nodes.as_slice().into()));
        }
        nodes
    }

    /// The parents of ascending nodes; the root has none.
    pub(crate) fn parents(&self, nodes: &[NodeId]) -> Result<Vec<Option<NodeId>>, Damage> {
        let table = match self.parents.get() {
            Some(table) => table,
            None if nodes.len() < self.tree.len() as usize / NODES_PER_PARENT => {
                return parents::of_nodes(self.tree, nodes);
            }
            None => {
                let table = parents::table(self.tree)?;
                self.parents.get_or_init(|| table)
            }
        };
        Ok(nodes.iter().map(|node| table.get(*node as usize).copied().filter(|_| *node != 0)).collect())
    }

    /// The parent of a node; the root has none.
    pub(crate) fn parent(&self, node: NodeId) -> Result<Option<NodeId>, Damage> {
        if let Some(table) = self.parents.get() {
            return Ok(table.get(node as usize).copied().filter(|_| node != 0));
        }
        Ok(self.parents(&[node])?[0])
    }

    /// Whether a node is a part of an f-string. Such parts have kinds of expressions without being expressions.
    pub(crate) fn is_part_of_string(&self, node: NodeId) -> Result<bool, Damage> {
        let kind = self.tree.kind(node)?;
        if !matches!(kind, Kind::Constant | Kind::JoinedStr | Kind::FormattedValue) {
            return Ok(false);
        }
        Ok(match self.tree.field(node)? {
            Field::FormatSpec => true,
            Field::Values => match self.parent(node)? {
                Some(parent) => self.tree.kind(parent)? == Kind::JoinedStr,
                None => false,
            },
            _ => false,
        })
    }

    /// What the names of the tree stand for.
    pub(crate) fn names(&self) -> &TreeNames {
        self.names.get_or_init(|| latest_names(self.tree))
    }

    /// Whether a regular expression matches a name, given by number. Each name is compared once.
    pub(crate) fn name_matches(&self, number: u32, regex: &Regex) -> Result<bool, Damage> {
        let mut verdicts = self.verdicts.borrow_mut();
        let known = verdicts.iter().position(|verdicts| verdicts.is_of(regex));
        let index = known.unwrap_or_else(|| {
            verdicts.push(TextVerdicts::new(regex, self.tree.name_count()));
            verdicts.len() - 1
        });
        verdicts[index].verdict(number, || Ok(regex.is_match(self.tree.name(number)?)))
    }
}

/// What identifies a tree: the hash of its source, and the sizes of two columns.
type TreeKey = ([u8; 32], u32, u32);

thread_local! {
    /// The names that were used last. Captures are asked for hit by hit, and each would look at the whole tree again.
    static LATEST: RefCell<Option<(TreeKey, Rc<TreeNames>)>> = const { RefCell::new(None) };
}

/// The names of a tree.
fn latest_names(tree: &Tree<'_>) -> Rc<TreeNames> {
    let key = (tree.header().source_hash, tree.len(), tree.name_count());
    let latest = LATEST.with_borrow(|latest| latest.clone().filter(|(of, _)| *of == key));
    if let Some((_, names)) = latest {
        return names;
    }
    let names = Rc::new(TreeNames::new(NEWEST_MINOR));
    // Sources without a hash, such as those of tests, are not told apart.
    if key.0 != [0; 32] {
        LATEST.set(Some((key, Rc::clone(&names))));
    }
    names
}
