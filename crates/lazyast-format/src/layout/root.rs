//! [`Root`]: locates the columns for a reader.
//!
//! The root is read once, entry by entry. What remains are slices, whose bounds are outside of the archive's bytes. So
//! bytes that change after an archive was opened change values, and never where a reader reads. Elements are arrays of
//! bytes: they need no alignment, and reading one is a copy.

use core::fmt;

/// A number of 32 bits in an archive.
pub(crate) type U32 = [u8; 4];

/// A little-endian number in an archive.
pub(crate) trait LittleEndian {
    /// The number in registers.
    type Native;

    /// The value.
    fn to_native(self) -> Self::Native;
}

macro_rules! little_endian {
    ($($native:ident)*) => {
        $(impl LittleEndian for [u8; size_of::<$native>()] {
            type Native = $native;

            #[inline]
            fn to_native(self) -> $native {
                $native::from_le_bytes(self)
            }
        })*
    };
}

little_endian!(u32 u64);

/// A vector is not between the vector before it and the root, or not aligned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutError {
    /// The column.
    pub column: &'static str,
    /// The offset of the vector's entry, counted from the archive's start.
    pub entry: usize,
    /// The offset of the first element that the entry gives.
    pub start: i64,
    /// The offset after the last element that the entry gives.
    pub end: i64,
    /// The offset after the vector before.
    pub first: usize,
    /// The offset of the root.
    pub root: usize,
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { column, entry, start, end, first, root } = self;
        write!(
            f,
            "the entry at {entry} of column {column} gives the bytes from {start} to {end}, expected aligned bytes \
             from {first} to {root}"
        )
    }
}

impl core::error::Error for LayoutError {}

/// The entries of the root that are not read yet.
pub(crate) struct Root<'a> {
    archive: &'a [u8],
    /// The offset of the root.
    start: usize,
    /// The offset of the next entry.
    next: usize,
    /// The offset after the last element of the previous vector.
    end: usize,
}

impl<'a> Root<'a> {
    /// The root at the end of an archive whose columns begin at `first`.
    pub(crate) fn new(archive: &'a [u8], first: usize, root_len: usize) -> Result<Self, LayoutError> {
        match archive
            .len()
            .checked_sub(root_len)
            .filter(|start| *start >= first && start.is_multiple_of(size_of::<U32>()))
        {
            Some(start) => Ok(Self { archive, start, next: start, end: first }),
            None => Err(LayoutError {
                column: "(root)",
                entry: 0,
                start: archive.len() as i64 - root_len as i64,
                end: archive.len() as i64,
                first,
                root: archive.len(),
            }),
        }
    }

    /// The bytes between the vector before and the next one, whose elements have `width` bytes.
    pub(crate) fn gap(&mut self, width: usize) -> Option<core::ops::Range<usize>> {
        let before = self.end;
        let length = match width {
            1 => self.vector::<1>("").ok()?.len(),
            4 => self.vector::<4>("").ok()?.len() * 4,
            _ => self.vector::<8>("").ok()?.len() * 8,
        };
        (self.end - length > before).then_some(before..self.end - length)
    }

    /// The bytes between the last vector and the root.
    pub(crate) fn last_gap(&self) -> core::ops::Range<usize> {
        self.end..self.start
    }

    /// The next vector. It stands between the vector before and the root, aligned to the size of its elements.
    #[inline(always)]
    fn vector<const WIDTH: usize>(&mut self, column: &'static str) -> Result<&'a [[u8; WIDTH]], LayoutError> {
        let Some(entry) = self.archive.get(self.next..).and_then(|rest| rest.first_chunk::<8>()) else {
            // The archive's schema ends before this column, which is newer.
            return Ok(&[]);
        };
        // Each entry is read into registers once.
        let [p0, p1, p2, p3, n0, n1, n2, n3] = *entry;
        let (pointer, count) = (i32::from_le_bytes([p0, p1, p2, p3]), u32::from_le_bytes([n0, n1, n2, n3]));
        let start = self.next as i64 + i64::from(pointer);
        let end = start + i64::from(count) * WIDTH as i64;
        if start < self.end as i64 || end > self.start as i64 || start % WIDTH as i64 != 0 {
            return Err(self.error(column, (start, end)));
        }
        self.next += entry.len();
        self.end = end as usize;
        Ok(self.archive[start as usize..self.end].as_chunks::<WIDTH>().0)
    }

    #[cold]
    fn error(&self, column: &'static str, (start, end): (i64, i64)) -> LayoutError {
        LayoutError { column, entry: self.next, start, end, first: self.end, root: self.start }
    }

    #[inline]
    pub(crate) fn u8(&mut self, column: &'static str) -> Result<&'a [u8], LayoutError> {
        self.vector::<1>(column).map(<[[u8; 1]]>::as_flattened)
    }

    #[inline]
    pub(crate) fn u32(&mut self, column: &'static str) -> Result<&'a [U32], LayoutError> {
        self.vector(column)
    }

    #[inline]
    pub(crate) fn u64(&mut self, column: &'static str) -> Result<&'a [[u8; 8]], LayoutError> {
        self.vector(column)
    }
}
