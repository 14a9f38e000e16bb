//! The running interpreter, as far as creating nodes depends on it. Nothing here knows archives or proxies.
//!
//! - [`once`]: values that are looked up once.
//! - [`compiler`]: the interpreter's own `compile`.
//! - [`dict_layout`]: where CPython stores the values of a `__dict__`.
//! - [`collector`], [`objects`]: garbage collection, and the calls that create nodes and values.
//! - [`recent_names`]: identifiers as Python objects.
//! - [`class`], [`singletons`]: the classes of `ast`, and the instances that trees share.
//! - [`interpreter`]: all of these together.

pub(crate) mod class;
pub(crate) mod collector;
pub(crate) mod compiler;
pub(crate) mod dict_layout;
pub(crate) mod interpreter;
pub(crate) mod objects;
pub(crate) mod once;
pub(crate) mod recent_names;
pub(crate) mod singletons;
