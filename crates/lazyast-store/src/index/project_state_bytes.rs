//! The bytes of a project state. `format-spec/PACK.md`, "File state", describes them.

use std::path::PathBuf;

use twox_hash::XxHash3_64;

use crate::index::fingerprint::FileFingerprint;
use crate::index::project_state::{FileState, ProjectState, SourceState};

/// The first bytes of the file.
const MAGIC: [u8; 8] = *b"LAZYNW2\x1a";

/// The bytes of a state, or `None` if a path is not UTF-8 or a count does not fit.
pub fn encode(state: &ProjectState) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(64 + 160 * state.files.len());
    bytes.extend_from_slice(&MAGIC);
    // The place of the checksum.
    bytes.extend_from_slice(&[0; 8]);
    bytes.extend_from_slice(&state.observed_at.to_le_bytes());
    for count in [state.directories.len(), state.ignore_files.len(), state.files.len()] {
        put_count(&mut bytes, count)?;
    }
    for (path, fingerprint) in &state.directories {
        put_text(&mut bytes, path.to_str()?)?;
        put_fingerprint(&mut bytes, fingerprint);
    }
    for (path, fingerprint) in &state.ignore_files {
        put_text(&mut bytes, path.to_str()?)?;
        bytes.push(u8::from(fingerprint.is_some()));
        put_fingerprint(&mut bytes, &fingerprint.unwrap_or_default());
    }
    for FileState { path, fingerprint, source } in &state.files {
        put_text(&mut bytes, path.to_str()?)?;
        put_fingerprint(&mut bytes, fingerprint);
        put_source(&mut bytes, source)?;
    }
    let checksum = XxHash3_64::oneshot(&bytes[16..]);
    bytes[8..16].copy_from_slice(&checksum.to_le_bytes());
    Some(bytes)
}

fn put_source(bytes: &mut Vec<u8>, source: &SourceState) -> Option<()> {
    match source {
        SourceState::Archive { key, lines, minimum_python } => {
            bytes.push(*minimum_python);
            bytes.extend_from_slice(key);
            bytes.extend_from_slice(&lines.to_le_bytes());
        }
        SourceState::Unsupported { key, reason, verdicts } => {
            bytes.push(0);
            bytes.extend_from_slice(key);
            put_text(bytes, reason)?;
            put_count(bytes, verdicts.len())?;
            for (interpreter, parses) in verdicts {
                bytes.extend_from_slice(&interpreter.to_le_bytes());
                bytes.push(u8::from(*parses));
            }
        }
    }
    Some(())
}

fn put_count(bytes: &mut Vec<u8>, count: usize) -> Option<()> {
    bytes.extend_from_slice(&u32::try_from(count).ok()?.to_le_bytes());
    Some(())
}

fn put_text(bytes: &mut Vec<u8>, text: &str) -> Option<()> {
    put_count(bytes, text.len())?;
    bytes.extend_from_slice(text.as_bytes());
    Some(())
}

fn put_fingerprint(bytes: &mut Vec<u8>, fingerprint: &FileFingerprint) {
    bytes.extend_from_slice(&fingerprint.size.to_le_bytes());
    bytes.extend_from_slice(&fingerprint.modified.to_le_bytes());
    bytes.extend_from_slice(&fingerprint.changed.to_le_bytes());
    bytes.extend_from_slice(&fingerprint.inode.to_le_bytes());
}

/// The state that some bytes hold, or `None` if they are damaged.
pub fn decode(bytes: &[u8]) -> Option<ProjectState> {
    let mut input = Input(bytes);
    if input.take::<8>()? != MAGIC || u64::from_le_bytes(input.take()?) != XxHash3_64::oneshot(input.0) {
        return None;
    }
    let observed_at = i64::from_le_bytes(input.take()?);
    let [directory_count, ignore_file_count, file_count] =
        [input.number()?, input.number()?, input.number()?];
    let mut state = ProjectState { observed_at, ..ProjectState::default() };
    state.files.reserve(input.plausible_count(file_count));
    for _ in 0..directory_count {
        state.directories.push((input.path()?, input.fingerprint()?));
    }
    for _ in 0..ignore_file_count {
        let path = input.path()?;
        let [exists] = input.take()?;
        let fingerprint = input.fingerprint()?;
        state.ignore_files.push((path, (exists != 0).then_some(fingerprint)));
    }
    for _ in 0..file_count {
        let (path, fingerprint) = (input.path()?, input.fingerprint()?);
        state.files.push(FileState { path, fingerprint, source: input.source()? });
    }
    input.0.is_empty().then_some(state)
}

/// The bytes that are still to be decoded.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    /// A number of files, at most as many as fit into the bytes. A checksum can be forged, so memory must not grow with a
    /// count alone.
    fn plausible_count(&self, count: u32) -> usize {
        /// The bytes of a file whose path and reason are empty.
        const SHORTEST_FILE: usize = 73;
        (count as usize).min(self.0.len() / SHORTEST_FILE)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.number()? as usize;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    fn path(&mut self) -> Option<PathBuf> {
        self.text().map(PathBuf::from)
    }

    fn fingerprint(&mut self) -> Option<FileFingerprint> {
        Some(FileFingerprint {
            size: u64::from_le_bytes(self.take()?),
            modified: i64::from_le_bytes(self.take()?),
            changed: i64::from_le_bytes(self.take()?),
            inode: u64::from_le_bytes(self.take()?),
        })
    }

    fn source(&mut self) -> Option<SourceState> {
        let [minimum_python] = self.take()?;
        if minimum_python > 0 {
            return Some(SourceState::Archive { key: self.take()?, lines: self.number()?, minimum_python });
        }
        let (key, reason) = (self.take()?, self.text()?.to_owned());
        let count = self.number()?;
        let verdict = |_| Some((self.number()?, self.take()? != [0]));
        Some(SourceState::Unsupported {
            key,
            reason,
            verdicts: (0..count).map(verdict).collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::project_state::tests::example;

    #[test]
    fn damaged_bytes_are_not_decoded() {
        let bytes = encode(&example()).expect("the paths are UTF-8");
        assert_eq!(decode(&bytes), Some(example()));
        for position in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[position] ^= 1;
            assert_eq!(decode(&damaged), None, "byte {position}");
            assert_eq!(decode(&bytes[..position]), None, "cut at {position}");
        }
    }
}
