//! How `ast` objects come out of an archive.
//!
//! A node is first a *lazy proxy*: an instance of a hidden subclass of its `ast` class that knows its tree and its
//! number. It can say its name and where it begins; any other access *materialises* it: the node is decoded, its children
//! become proxies, and the object becomes an instance of the class itself. From then on it is a node like any other.
//!
//! From the bottom up:
//!
//! - [`prefetch`], [`detached`], [`context`]: what the proxies of one tree share, how much is decoded at once, and which nodes
//!   were created before their parents.
//! - [`proxy`]: the hidden classes and their instances.
//! - [`decode`]: a node's `__dict__` from its columns and its children.
//! - [`registry`]: the trees in use, in which a node's parents are looked for.
//! - [`children`], [`density`]: what lies below a node, in real fields and in the columns of proxies.
//! - [`materialise`]: proxies become nodes.
//! - [`tree`]: opening an archive, and its `Module`.
//!
//! All unsafe code of the crate is in [`proxy`], [`registry`] and three files of [`crate::runtime`].

pub(crate) mod children;
pub(crate) mod context;
mod decode;
pub(crate) mod density;
mod detached;
pub(crate) mod materialise;
mod prefetch;
pub(crate) mod proxy;
pub(crate) mod registry;
pub(crate) mod tree;
