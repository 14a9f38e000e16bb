//! [`Reference`]: a dotted name in a query, which matches what stands for it.
//!
//! Where a file imports the top-level module of the name, a node matches if it stands for the name: `get` after
//! `from requests import get`. Elsewhere a node matches that is spelled like it. [`ReferencesInTree`] decides once per
//! tree which of the two holds, and resolves the names of a tree when a node first needs it.

use lazyast_format::encoding::Payload;
use lazyast_format::read::NameNeedle;
use lazyast_format::{Damage, Kind, NodeId};
use lazyast_scope::{DottedName, NameCandidates, is_spelled};

use crate::indexed_tree::IndexedTree;
use crate::prefilter::Prefilter;

/// A dotted name.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    name: DottedName,
    /// The parts, to search for.
    needles: Vec<NameNeedle>,
}

impl Reference {
    pub(crate) fn new(text: &str) -> Self {
        Self { name: DottedName::new(text), needles: text.split('.').map(NameNeedle::new).collect() }
    }

    /// Whether it is the name with a text.
    pub(crate) fn is(&self, text: &str) -> bool {
        text.split('.').eq(self.name.parts())
    }

    /// What a file must contain to refer to the name: its last part and a module that leads to it, or the whole as a
    /// module.
    pub(crate) fn prefilter(&self) -> Prefilter {
        let identifier = |text: &str| Prefilter::Identifier(NameNeedle::new(text));
        let parts = self.name.parts();
        let Some((last, module)) = parts.split_last() else { return Prefilter::ACCEPT_ALL };
        if module.first().is_none_or(|first| first == "builtins") {
            return identifier(last);
        }
        let modules = (1..parts.len()).map(|count| identifier(&parts[..count].join(".")));
        let by_parts = Prefilter::all([identifier(last), Prefilter::any(modules)]);
        Prefilter::any([by_parts, identifier(&parts.join("."))])
    }
}

/// How a tree refers to a dotted name.
#[derive(Debug)]
pub(crate) enum ReferenceInTree {
    /// The tree does not import the module: a node must be spelled like the name. These are the numbers of the parts;
    /// `None` if the tree lacks one.
    Spelled(Option<Vec<u32>>),
    /// A node must stand for the name: an attribute with the first number, or a name with one of the others.
    Meant {
        /// The number of the last part.
        attribute: Option<u32>,
        /// The numbers of names that may stand for the whole.
        names: Vec<u32>,
        /// The names that may stand for the whole or its first parts.
        candidates: NameCandidates,
    },
}

impl ReferenceInTree {
    pub(crate) fn of(reference: &Reference, tree: &IndexedTree<'_, '_>) -> Result<Self, Damage> {
        let number = |needle: &NameNeedle| tree.find_name(needle);
        Ok(match tree.names().candidates(tree, &reference.name)? {
            None => Self::Spelled(reference.needles.iter().map(number).collect()),
            Some(candidates) => Self::Meant {
                attribute: reference.needles.last().and_then(number),
                names: candidates.of_parts(reference.needles.len()).collect(),
                candidates,
            },
        })
    }

    /// Whether no node of the tree can match.
    pub(crate) fn is_impossible(&self) -> bool {
        match self {
            Self::Spelled(numbers) => numbers.is_none(),
            Self::Meant { attribute, names, .. } => attribute.is_none() && names.is_empty(),
        }
    }

    /// Whether a node matches.
    pub(crate) fn matches(
        &self,
        reference: &Reference,
        tree: &IndexedTree<'_, '_>,
        node: NodeId,
    ) -> Result<bool, Damage> {
        let kind = tree.kind(node)?;
        if !matches!(kind, Kind::Name | Kind::Attribute) {
            return Ok(false);
        }
        let Payload::NameContext { name, .. } = tree.payload(node, kind)? else { return Ok(false) };
        match self {
            Self::Spelled(None) => Ok(false),
            Self::Spelled(Some(numbers)) => {
                Ok(numbers.last() == Some(&name) && is_spelled(tree, node, &reference.name)?)
            }
            Self::Meant { attribute, names, candidates } => {
                let may_match =
                    if kind == Kind::Name { names.contains(&name) } else { *attribute == Some(name) };
                Ok(may_match && tree.names().stands_for(tree, node, &reference.name, candidates)?)
            }
        }
    }
}
