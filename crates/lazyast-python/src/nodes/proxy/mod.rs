//! Lazy proxies: nodes before their first access.
//!
//! A proxy is an instance of a hidden subclass of its `ast` class. It says which node of which tree it is, and has no
//! `__dict__` yet. It can say its name and where it begins. Any other access materialises the node: the object gets its `__dict__`, and its type becomes the
//! `ast` class itself, so that later accesses cost what they cost on any node.
//!
//! - [`instance`]: the memory of a proxy.
//! - [`metaclass`]: the class of the hidden classes, which makes them equal to their `ast` classes.
//! - [`class`]: the hidden classes, and the functions that CPython calls for their instances.
//! - [`answer`]: attributes that need no `__dict__`.
//! - [`callback`]: errors and panics in such functions.

mod answer;
mod callback;
mod class;
mod instance;
mod metaclass;

pub(crate) use class::new;
pub(crate) use instance::{become_node, is_proxy, kind, location};
