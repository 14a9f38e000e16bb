//! [`Revision`]: the revisions of the schema within the format version.

/// A revision of the schema. Each adds to the one before, so that a reader reads the archives of all.
#[derive(Debug, PartialEq, Eq)]
pub struct Revision {
    /// The number, from 1 on.
    pub number: u32,
    /// The schema fingerprint in the archives' headers.
    pub fingerprint: u64,
    /// The number of kinds.
    pub kinds: u8,
    /// The number of fields.
    pub fields: u8,
    /// The length in bytes of the archives' roots.
    pub root_len: usize,
}

impl Revision {
    /// The revision that writers write.
    pub const CURRENT: &'static Self = &Self::ALL[Self::ALL.len() - 1];

    /// The revision with a fingerprint.
    pub fn with_fingerprint(fingerprint: u64) -> Option<&'static Self> {
        // Mostly, it is the last one.
        Self::ALL.iter().rev().find(|revision| revision.fingerprint == fingerprint)
    }
}
