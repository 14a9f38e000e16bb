//! What interpreters say about sources that the parser does not support.
//!
//! A caller that falls back to an interpreter has to run it only once for each source: its verdict is recorded with
//! the state of the project's files, until the source changes. Verdicts of different interpreters are independent.

use std::path::{Path, PathBuf};

use lazyast_store::SourceState;

use super::open::Project;

/// Identifies an interpreter whose parser may differ from that of others, such as Python's `sys.hexversion`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InterpreterId(pub u32);

/// Whether an interpreter parses a source that the parser does not support.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FallbackVerdict {
    /// The interpreter has a tree of the source.
    Parses,
    /// The interpreter rejects the source.
    Rejects,
}

impl Project {
    /// The recorded verdict of an interpreter on an unsupported source.
    pub fn fallback_verdict(&self, path: &Path, interpreter: InterpreterId) -> Option<FallbackVerdict> {
        let index = self.state.files.binary_search_by(|file| file.path.as_path().cmp(path)).ok()?;
        let SourceState::Unsupported { verdicts, .. } = &self.state.files[index].source else { return None };
        let (_, parses) = verdicts.iter().find(|(id, _)| *id == interpreter.0)?;
        Some(if *parses { FallbackVerdict::Parses } else { FallbackVerdict::Rejects })
    }

    /// Records verdicts of an interpreter on unsupported sources, for the next time that the same paths are opened.
    pub fn record_fallback_verdicts(
        &mut self,
        interpreter: InterpreterId,
        verdicts: &[(PathBuf, FallbackVerdict)],
    ) {
        for (path, verdict) in verdicts {
            let index = self.state.files.binary_search_by(|file| file.path.cmp(path));
            if let Ok(index) = index
                && let SourceState::Unsupported { verdicts, .. } = &mut self.state.files[index].source
            {
                verdicts.retain(|(id, _)| *id != interpreter.0);
                verdicts.push((interpreter.0, *verdict == FallbackVerdict::Parses));
            }
        }
        if let Some(store) = self.cache.store() {
            // If the state cannot be saved, the interpreter is asked again next time.
            let _ = self.state.save(store.directory().version(), &self.paths, &self.selection);
        }
    }
}
