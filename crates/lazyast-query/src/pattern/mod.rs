//! Patterns: Python code with metavariables.
//!
//! A pattern is compiled in four steps. It is matched by a backtracking matcher.
//!
//! ```text
//! text ──metavariables──▶ Python ──parse──▶ archive ──compile──▶ program ──matcher──▶ matches, captures
//! ```
//!
//! - [`source`]: the code in the text, and the statements that it needs around it to be Python.
//! - [`metavariables`]: replaces metavariables with identifiers, so that any Python parser parses the text.
//! - [`code_bytes`], [`dictionaries`]: where a `$$$` stands for items of a dictionary.
//! - [`deep`]: the deep operator, in whose place calls are parsed.
//! - [`keyword_context`]: finds out where Python wants a `name=value` in place of a metavariable.
//! - [`options`]: whether dotted names are resolved, and constants folded.
//! - [`parse`]: the parser, which the caller gives.
//! - [`compile`](mod@compile): compiles the tree of the parsed text to a [`program`].
//! - [`matcher`]: compares a program with nodes.
//! - [`text`]: metavariables in the text of a string.
//! - [`subject`]: what is compared and captured.
//! - [`equality`]: compares what one metavariable matches in two places.

mod code_bytes;
mod compile;
mod deep;
mod dictionaries;
mod equality;
mod keyword_context;
mod matcher;
mod metavariables;
mod options;
mod parse;
mod program;
mod source;
mod subject;
mod text;

pub use compile::Fragment;
pub(crate) use compile::compile;
pub(crate) use equality::{subjects_equal, text_of};
pub(crate) use matcher::{MAX_STEPS, Matcher, PatternMatch};
pub use options::{NameMatching, PatternOptions};
pub use parse::{ParseFailure, ParseFn};
pub(crate) use program::{Pattern, PatternRoot};
pub(crate) use subject::{Subject, SubjectForm};
