//! What the cache records besides archives: identifiers of packs, and the state of source files.

pub(crate) mod identifiers;
pub(crate) mod project_state;
