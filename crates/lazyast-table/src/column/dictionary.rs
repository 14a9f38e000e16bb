//! [`Dictionary`]: a column of strings, each of which a batch has once.

use std::hash::BuildHasher;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, PrimitiveArray, StringArray};
use arrow_buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::numbers::codes_and_nulls;
use crate::error::TableError;

/// The code of null.
pub(crate) const NULL: i32 = -1;

/// A column of strings. Rows are codes; callers that know that two strings are equal ask for the code once.
#[derive(Default)]
pub(crate) struct Dictionary {
    /// The code of each row.
    pub(crate) codes: Vec<i32>,
    text: String,
    /// The end of each string in the text.
    ends: Vec<i32>,
    table: HashTable<i32>,
    hasher: FixedState,
}

impl Dictionary {
    /// The code of a string, which gets one if it has none.
    pub(crate) fn code(&mut self, string: &str) -> Result<i32, TableError> {
        let Self { text, ends, table, hasher, .. } = self;
        let hash = hasher.hash_one(string);
        if let Some(code) = table.find(hash, |code| string_at(text, ends, *code) == string) {
            return Ok(*code);
        }
        let code = i32::try_from(ends.len()).map_err(|_| TableError::TooLong)?;
        let end = i32::try_from(text.len() + string.len()).map_err(|_| TableError::TooLong)?;
        text.push_str(string);
        ends.push(end);
        table.insert_unique(hash, code, |code| hasher.hash_one(string_at(text, ends, *code)));
        Ok(code)
    }

    /// The code of a string, or that of null.
    pub(crate) fn optional_code(&mut self, string: Option<&str>) -> Result<i32, TableError> {
        string.map_or(Ok(NULL), |string| self.code(string))
    }

    /// Adds the same string some times.
    pub(crate) fn repeat(&mut self, string: &str, count: usize) -> Result<(), TableError> {
        if count > 0 {
            let code = self.code(string)?;
            self.codes.resize(self.codes.len() + count, code);
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<ArrayRef, TableError> {
        if self.ends.is_empty() && !self.codes.is_empty() {
            // The code of nulls must exist.
            self.code("")?;
        }
        let offsets: Vec<i32> = std::iter::once(0).chain(self.ends).collect();
        let strings = StringArray::try_new(
            OffsetBuffer::new(ScalarBuffer::from(offsets)),
            Buffer::from_vec(self.text.into_bytes()),
            None,
        )?;
        let (codes, nulls) = codes_and_nulls(self.codes);
        let codes = PrimitiveArray::<Int32Type>::try_new(codes, nulls)?;
        Ok(Arc::new(DictionaryArray::try_new(codes, Arc::new(strings))?))
    }
}

fn string_at<'t>(text: &'t str, ends: &[i32], code: i32) -> &'t str {
    let code = code as usize;
    let start = code.checked_sub(1).map_or(0, |previous| ends[previous] as usize);
    &text[start..ends[code] as usize]
}

#[cfg(test)]
mod tests {
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_array::types::Int32Type;

    use super::{Dictionary, NULL};

    #[test]
    fn equal_strings_have_one_code() {
        let mut dictionary = Dictionary::default();
        for number in (0..1000).chain(0..1000) {
            let code = dictionary.code(&number.to_string()).expect("the strings are short");
            assert_eq!(code, number);
            dictionary.codes.push(code);
        }
        dictionary.codes.push(NULL);
        let array = dictionary.finish().expect("the columns are valid");
        let array = array.as_dictionary::<Int32Type>();
        assert_eq!((array.values().len(), array.keys().null_count()), (1000, 1));
        assert_eq!(array.values().as_string::<i32>().value(999), "999");
    }
}
