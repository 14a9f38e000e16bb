//! Columns of numbers, in which numbers below zero are nulls.

use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, NullBuffer, ScalarBuffer};

/// The array of some numbers. Those below zero are nulls, and stay in memory as they are.
pub(crate) fn int32_array(values: Vec<i32>) -> ArrayRef {
    let nulls = nulls_of(&values);
    Arc::new(Int32Array::new(ScalarBuffer::from(values), nulls))
}

/// The codes of a dictionary, and which of them are not null. Some readers check codes of nulls, too, so these become 0.
pub(super) fn codes_and_nulls<T: ArrowNativeType>(
    mut codes: Vec<T>,
) -> (ScalarBuffer<T>, Option<NullBuffer>) {
    let nulls = nulls_of(&codes);
    if nulls.is_some() {
        let zero = T::default();
        codes.iter_mut().for_each(|code| *code = if *code < zero { zero } else { *code });
    }
    (ScalarBuffer::from(codes), nulls)
}

/// Which numbers are not below zero; `None` if none is.
fn nulls_of<T: ArrowNativeType>(values: &[T]) -> Option<NullBuffer> {
    let zero = T::default();
    if values.iter().all(|value| *value >= zero) {
        return None;
    }
    Some(NullBuffer::new(BooleanBuffer::collect_bool(values.len(), |row| values[row] >= zero)))
}
