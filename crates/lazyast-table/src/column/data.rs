//! [`ColumnData`]: a column while it is filled, by how it is stored.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, BooleanArray, UInt16Array};

use super::codes::code_array;
use super::dictionary::Dictionary;
use super::numbers::int32_array;
use crate::error::TableError;
use crate::relation::{ColumnSpec, Storage};

/// A column while it is filled.
pub(crate) enum ColumnData {
    Int32(Vec<i32>),
    UInt16(Vec<u16>),
    Bool(Vec<Option<bool>>),
    Code(Vec<i8>),
    Dictionary(Dictionary),
    Utf8(StringBuilder),
    Utf8List(ListBuilder<StringBuilder>),
}

impl ColumnData {
    pub(crate) fn new(column: &ColumnSpec) -> Self {
        match column.value.storage() {
            Storage::Int32 => Self::Int32(Vec::new()),
            Storage::UInt16 => Self::UInt16(Vec::new()),
            Storage::Bool => Self::Bool(Vec::new()),
            Storage::Code => Self::Code(Vec::new()),
            Storage::Dictionary => Self::Dictionary(Dictionary::default()),
            Storage::Utf8 => Self::Utf8(StringBuilder::new()),
            Storage::Utf8List => Self::Utf8List(ListBuilder::new(StringBuilder::new())),
        }
    }

    /// Makes room for rows.
    pub(crate) fn reserve(&mut self, rows: usize) {
        match self {
            Self::Int32(values) => values.reserve(rows),
            Self::UInt16(values) => values.reserve(rows),
            Self::Bool(values) => values.reserve(rows),
            Self::Code(keys) => keys.reserve(rows),
            Self::Dictionary(dictionary) => dictionary.codes.reserve(rows),
            Self::Utf8(_) | Self::Utf8List(_) => {}
        }
    }

    pub(crate) fn finish(self, column: &ColumnSpec) -> Result<ArrayRef, TableError> {
        Ok(match self {
            Self::Int32(values) => int32_array(values),
            Self::UInt16(values) => Arc::new(UInt16Array::from(values)),
            Self::Bool(values) => Arc::new(BooleanArray::from(values)),
            Self::Code(keys) => code_array(column.value, keys)?,
            Self::Dictionary(dictionary) => dictionary.finish()?,
            Self::Utf8(mut strings) => Arc::new(strings.finish()),
            Self::Utf8List(mut lists) => Arc::new(lists.finish()),
        })
    }
}
