//! Nodes: how `ast` objects come out of an archive.
//!
//! An untouched node is a *shell*: an instance of a hidden subclass of its `ast` class that knows its tree
//! and its number, and nothing else. The first touch decodes the node (its children become shells) and turns
//! the object into an exact instance of the class; from then on it is a node like any other. Code that goes
//! deep gets whole subtrees at once.
//!
//! - [`memory`]: where CPython keeps what this needs, proved when the interpreter is looked at.
//! - [`class`]: a kind's class, the plan of its fields, and the template of its `__dict__`.
//! - [`origin`]: what the shells of one tree share.
//! - [`fields`]: a node's `__dict__` from its columns and its children; the only place that knows fields.
//! - [`objects`]: the calls of CPython's C API that make objects.
//! - [`level`]: one node, its children as shells. [`whole`]: a node with everything below.
//! - [`shell`]: the hidden classes, and the touch.
//! - [`live`]: the trees that are in use, for those who have a node and want what is around it.
//! - [`reach`]: what stands below a node, in real fields and untouched shells alike.
//!
//! All unsafe code of the crate is in four files here: [`memory`], [`objects`], [`shell`] and [`live`].

pub(crate) mod children;
pub(crate) mod context;
mod decode;
pub(crate) mod proxy;
pub(crate) mod registry;

pub(crate) use decode::shallow::module;
