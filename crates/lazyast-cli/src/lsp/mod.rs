//! `lazyast lsp`: a language server, which shows the findings of rules in editors.
//!
//! It checks the documents that an editor has open, as the editor has sent them: it parses the text of one document, and
//! neither searches the project nor reads or writes the cache. Rules, suppressions and fixes are those of `check`, by the
//! same code.
//!
//! - `arguments`: the options.
//! - `server`: receives messages, answers them, and checks documents when there is nothing else to do.
//! - `workspace`: the directories that are open in the editor; `settings` says what is checked in one of them.
//! - `document`: an open document, its text and what was found in it.
//! - `diagnostics` and `actions`: findings and fixes as the protocol has them, with `edits` between two texts.
//! - `positions` and `uri`: positions and paths as the protocol has them.
//! - `protocol`: the types of the protocol.

mod actions;
mod arguments;
mod diagnostics;
mod document;
mod edits;
mod positions;
mod protocol;
mod server;
mod settings;
mod uri;
mod workspace;

pub(crate) use arguments::LspArguments;
pub(crate) use server::serve;
