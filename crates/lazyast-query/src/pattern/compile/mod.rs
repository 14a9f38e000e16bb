//! From the text of a pattern to its program.
//!
//! The compiler descends the tree of the parsed text and makes one template for each node. Its recursion is as deep
//! as the tree, which is limited; deep trees get a stack of their own.
//!
//! - [`entry`]: text to tree to program.
//! - [`fragment`]: the text as a tree, which templates share.
//! - [`unwrap`]: the nodes of the pattern, without the statements that make it Python.
//! - [`parsed`]: looks at the tree, and recognises metavariables in it.
//! - [`compiler`]: the tables of the program while it is built: captures, names, lists.
//! - [`payload`]: compiles what a node has besides children: names, operators, constants.
//! - [`node`]: compiles nodes, their fields and lists.
//! - [`quick_reject`]: the tests that come before everything else.
//! - [`independence`]: which parts of lists the matcher need not match in a second way.
//! - [`hints`]: what the writer probably means instead.
//! - [`suggestion`]: what to write instead of a text that is no Python.
//! - [`root`]: the statements, the clause or the expression that is the pattern.

mod compiler;
mod entry;
mod fragment;
mod hints;
mod independence;
mod node;
mod parsed;
mod payload;
mod quick_reject;
mod root;
mod suggestion;
mod unwrap;

pub(crate) use entry::compile;
pub use fragment::Fragment;
