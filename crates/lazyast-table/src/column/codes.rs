//! Columns of one byte that refer to strings which are the same in all batches.

use std::sync::{Arc, LazyLock};

use arrow_array::types::Int8Type;
use arrow_array::{ArrayRef, DictionaryArray, PrimitiveArray, StringArray};
use arrow_schema::ArrowError;
use lazyast_format::{Field, Kind};

use super::numbers::codes_and_nulls;
use crate::constant_text::TYPE_NAMES;
use crate::relation::ColumnValue;

/// The names of kinds, by code.
static KINDS: LazyLock<ArrayRef> = LazyLock::new(|| strings(Kind::ALL.iter().map(|kind| kind.name())));

/// The names of fields, by code minus 1: the root, whose code is 0, has no field. The last code is that of the constants
/// that some releases of 3.12 have in `values`.
static FIELDS: LazyLock<ArrayRef> = LazyLock::new(|| {
    let named = Field::ALL.iter().filter(|field| !matches!(field, Field::Root | Field::Values312));
    let specs = || Kind::ALL.iter().flat_map(|kind| kind.fields());
    strings(named.filter_map(|field| specs().find(|spec| spec.field == Some(*field)).map(|spec| spec.name)))
});

static CONSTANT_TYPES: LazyLock<ArrayRef> = LazyLock::new(|| strings(TYPE_NAMES.into_iter()));

fn strings(names: impl Iterator<Item = &'static str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(names))
}

/// The array of some codes, of which those below zero are nulls.
pub(super) fn code_array(value: ColumnValue, keys: Vec<i8>) -> Result<ArrayRef, ArrowError> {
    let strings = match value {
        ColumnValue::Kind => &KINDS,
        ColumnValue::Field => &FIELDS,
        _ => &CONSTANT_TYPES,
    };
    let (keys, nulls) = codes_and_nulls(keys);
    let keys = PrimitiveArray::<Int8Type>::try_new(keys, nulls)?;
    Ok(Arc::new(DictionaryArray::try_new(keys, Arc::clone(strings))?))
}
