//! The tables that nodes refer to by number, and the comments.

use memchr::memmem::Finder;

use super::damage::Damage;
use super::tree::Tree;
use crate::encoding::{Record, WarningKind};
use crate::layout::LittleEndian as _;

impl<'a> Tree<'a> {
    /// The number of identifiers.
    pub fn name_count(&self) -> u32 {
        self.columns.names().len() as u32
    }

    /// An identifier by number.
    pub fn name(&self, number: u32) -> Result<&'a str, Damage> {
        let bytes =
            self.columns.names().slice(self.columns.name_bytes, number, "name is outside of the table")?;
        core::str::from_utf8(bytes)
            .map_err(|error| Damage::new("name is not UTF-8", number).found(error.valid_up_to() as u32))
    }

    /// The texts of all identifiers, one directly after the other.
    pub fn text_of_names(&self) -> &'a [u8] {
        self.columns.name_bytes
    }

    /// The bytes of a string by number. Text is WTF-8.
    pub fn string(&self, number: u32) -> Result<&'a [u8], Damage> {
        self.columns.strings().slice(self.columns.string_bytes, number, "string is outside of the table")
    }

    /// Whether the bytes may occur in a string. They may also stand where one string ends and the next begins.
    pub fn may_have_string(&self, bytes: &Finder<'_>) -> bool {
        bytes.find(self.columns.string_bytes).is_some()
    }

    /// The program that made the tree, and its version, for example `ruff 0.0.10`. May be empty.
    pub fn producer(&self) -> &'a str {
        core::str::from_utf8(self.columns.producer).unwrap_or_default()
    }

    /// A float by number.
    pub fn float(&self, number: u32) -> Result<f64, Damage> {
        let floats = &self.columns.floats;
        floats
            .get(number as usize)
            .map(|bits| f64::from_bits(bits.to_native()))
            .ok_or_else(|| Damage::new("float is outside of the table", number).found(floats.len() as u32))
    }

    /// The record at an offset of the extras.
    pub fn record<R: Record>(&self, offset: u32) -> Result<R, Damage> {
        self.words::<2>(offset).map(R::from_words)
    }

    /// The counted list at an offset of the extras.
    pub fn list(&self, offset: u32) -> Result<impl ExactSizeIterator<Item = u32> + use<'a>, Damage> {
        let [count] = self.words::<1>(offset)?;
        let elements = self.columns.extras.get(offset as usize + 1..);
        let elements = elements
            .and_then(|rest| rest.get(..count as usize))
            .ok_or_else(|| Damage::new("extra list is outside of the table", offset).found(count))?;
        Ok(elements.iter().map(|word| word.to_native()))
    }

    /// `N` words of the extras.
    pub(crate) fn words<const N: usize>(&self, offset: u32) -> Result<[u32; N], Damage> {
        let extras = &self.columns.extras;
        let words = extras.get(offset as usize..).and_then(|rest| rest.first_chunk::<N>());
        words.map(|words| words.map(|word| word.to_native())).ok_or_else(|| {
            Damage::new("extra record is outside of the table", offset).found(extras.len() as u32)
        })
    }

    /// The start and the end of each comment, in source order.
    pub fn comments(&self) -> impl Iterator<Item = (u32, u32)> + use<'a> {
        let (gaps, lengths) = (self.columns.comment_gaps(), self.columns.comment_lengths());
        let mut end = 0_u32;
        (0..gaps.bytes.len()).map_while(move |row| {
            let start = end.checked_add(gaps.get(row)?)?;
            end = start.checked_add(lengths.get(row)?)?;
            Some((start, end))
        })
    }

    /// The offset and the kind of each warning, in source order. A kind is `None` if it is unknown.
    pub fn warnings(&self) -> impl Iterator<Item = (u32, Option<WarningKind>)> + use<'a> {
        let (pairs, _) = self.columns.warnings.as_chunks::<2>();
        pairs.iter().map(|[offset, code]| {
            (offset.to_native(), WarningKind::ALL.get(code.to_native() as usize).copied())
        })
    }
}
