//! The execution of a plan over one tree.
//!
//! # Sets, not nodes
//!
//! The executor evaluates each condition once per tree, for all candidate nodes together, instead of asking for each
//! node whether it fulfils the whole plan. A set of nodes is an ascending list of node numbers. Nodes are numbered
//! in preorder, so a subtree is an interval of numbers, and ancestors and descendants are found by merging two
//! ascending lists. This has three advantages over a test per node:
//!
//! - Nested conditions cost no more than flat ones. In `*:has(*:has(Name))` the inner `:has` is evaluated once, not
//!   once for each node that contains another.
//! - Archives do not store parents. [`IndexedTree`](crate::IndexedTree) finds those of a whole set in one pass over the
//!   tree; finding the parent of each node by itself would be a descent from the root each time.
//! - Each part runs as a tight loop over one or two columns.
//!
//! # An example
//!
//! `FunctionDef:has(Yield)[name=f]` is a conjunction whose parts are, cheapest first, `kind FunctionDef`,
//! `[name=f]`, `descendant: kind Yield`. In a tree whose functions are the nodes 1, 8 and 20:
//!
//! 1. The kind column is scanned for the kinds that the whole conjunction allows: `1, 8, 20`.
//! 2. [`filter`] keeps those with the name: `8, 20`.
//! 3. For the relation, the inner condition is evaluated over the whole tree: `Yield` at `5, 25`. One merge keeps
//!    the candidates with one of these inside their interval: `20`.
//!
//! # Bounds
//!
//! Every part is one pass over the tree or over its candidates, so the time is O(parts x nodes), apart from what
//! comparisons of patterns take, whose steps are limited. The evaluation recurses on the plan, which is at most
//! [`MAX_DEPTH`](crate::plan::MAX_DEPTH) levels deep, and never on the tree. A damaged archive gives an error or
//! wrong hits: every index is checked where it is used.
//!
//! # Files
//!
//! - [`filter`]: conditions over sets of candidates.
//! - [`captures`], [`elif`], [`relations`], [`fields`], [`patterns`], [`positions`], [`sharing`]: the conditions that need more than a line.
//! - [`navigation`]: lists of siblings, blocks. Nodes of a kind and parents come from [`IndexedTree`](crate::IndexedTree).
//! - [`node_set`]: sets of nodes.
//! - [`hits`](mod@hits): hits.

mod captures;
mod elif;
mod fields;
mod filter;
mod hits;
mod navigation;
mod node_set;
mod patterns;
mod positions;
mod relations;
mod sharing;

pub(crate) use filter::match_at;
pub(crate) use hits::hits;
