//! Looking at every byte of packs.

use std::path::PathBuf;

use lazyast_format::Tree;

use crate::SourceKey;
use crate::pack::mapped::Pack;

/// What is found in a pack, or in a file that should be one.
#[derive(Debug)]
pub struct PackReport {
    /// The file.
    pub path: PathBuf,
    /// Archives that are whole.
    pub whole: usize,
    /// What is wrong, with the file or with archives in it: the first of them.
    pub problems: Vec<String>,
    /// How much is wrong.
    pub problem_count: usize,
}

/// Most problems of a file that are told.
const TOLD: usize = 100;

impl PackReport {
    /// Nothing was found yet.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, whole: 0, problems: Vec::new(), problem_count: 0 }
    }

    /// Notes a problem.
    pub(crate) fn note(&mut self, problem: String) {
        self.problem_count += 1;
        if self.problems.len() < TOLD {
            self.problems.push(problem);
        }
    }

    /// Looks at every byte of a pack of the cache. `parser` is the version of the archives' parser.
    pub(crate) fn own(path: PathBuf, parser: u32) -> Self {
        let mut checked = Self::new(path.clone());
        let pack = match Pack::open(path) {
            Ok(pack) => pack,
            Err(problem) => {
                checked.note(problem.to_string());
                return checked;
            }
        };
        let mut last = None;
        for (place, entry) in pack.entries().enumerate() {
            let archive = pack.archive(&entry).ok_or_else(outside);
            let result = archive.and_then(|archive| check(&entry.key, archive, parser));
            checked.add(place, &entry.key, &mut last, result);
        }
        checked
    }

    /// Notes what is found at a place of the index.
    pub(crate) fn add(
        &mut self,
        place: usize,
        key: &SourceKey,
        last: &mut Option<SourceKey>,
        result: Result<(), String>,
    ) {
        if last.is_some_and(|last| last >= *key) {
            self.note(format!("entry {place}: the index is not sorted by key"));
        }
        *last = Some(*key);
        match result {
            Ok(()) => self.whole += 1,
            Err(problem) => self.note(format!("entry {place}: {problem}")),
        }
    }
}

/// What is said of an entry that points to somewhere else.
pub(crate) fn outside() -> String {
    "its place is outside of the part for archives".to_owned()
}

/// Whether an archive keeps all rules, and is that of a source with this key.
pub(crate) fn check(key: &SourceKey, archive: &[u8], parser: u32) -> Result<(), String> {
    lazyast_format::verify::verify(archive).map_err(|error| error.to_string())?;
    let tree = Tree::open(archive, Some(parser)).map_err(|error| error.to_string())?;
    if tree.header().source_hash != *key {
        return Err("its header has another source's hash".to_owned());
    }
    Ok(())
}
