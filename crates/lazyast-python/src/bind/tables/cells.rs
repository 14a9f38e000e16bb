//! The values of arrays as Python objects and as text.

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Int8Type, Int32Type, UInt16Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

/// A value of a column.
pub(super) enum Cell<'a> {
    Null,
    Int(i64),
    Bool(bool),
    Text(&'a str),
    List(ArrayRef),
}

/// The value in a row.
pub(super) fn cell(array: &dyn Array, row: usize) -> Cell<'_> {
    if array.is_null(row) {
        return Cell::Null;
    }
    match array.data_type() {
        DataType::Int8 => Cell::Int(array.as_primitive::<Int8Type>().value(row).into()),
        DataType::Int32 => Cell::Int(array.as_primitive::<Int32Type>().value(row).into()),
        DataType::UInt16 => Cell::Int(array.as_primitive::<UInt16Type>().value(row).into()),
        DataType::Boolean => Cell::Bool(array.as_boolean().value(row)),
        DataType::LargeUtf8 => Cell::Text(array.as_string::<i64>().value(row)),
        DataType::Utf8 => Cell::Text(array.as_string::<i32>().value(row)),
        DataType::List(_) => Cell::List(array.as_list::<i32>().value(row)),
        _ => match array.as_any_dictionary_opt() {
            Some(dictionary) => {
                let strings = dictionary.values().as_string::<i32>();
                let code = match cell(dictionary.keys(), row) {
                    Cell::Int(code) => code,
                    _ => return Cell::Null,
                };
                Cell::Text(strings.value(code as usize))
            }
            None => Cell::Null,
        },
    }
}

/// All values as a list. Rows with the same category share one string.
pub(super) fn list<'py>(py: Python<'py>, array: &dyn Array) -> PyResult<Bound<'py, PyList>> {
    if let Some(integers) = integers(array) {
        return PyList::new(py, integers);
    }
    if let Some(dictionary) = array.as_any_dictionary_opt()
        && let Some(codes) = integers(dictionary.keys())
        && dictionary.values().len() <= codes.len()
    {
        let categories = dictionary.values().as_string::<i32>();
        let categories: Vec<_> =
            categories.iter().map(|text| PyString::new(py, text.unwrap_or_default())).collect();
        return PyList::new(py, codes.into_iter().map(|code| code.map(|code| &categories[code as usize])));
    }
    let objects = (0..array.len()).map(|row| object(py, array, row));
    PyList::new(py, objects.collect::<PyResult<Vec<_>>>()?)
}

/// The numbers of a column of integers.
fn integers(array: &dyn Array) -> Option<Vec<Option<i64>>> {
    fn of<T: ArrowPrimitiveType<Native: Into<i64>>>(array: &dyn Array) -> Vec<Option<i64>> {
        array.as_primitive::<T>().iter().map(|number| number.map(Into::into)).collect()
    }
    match array.data_type() {
        DataType::Int8 => Some(of::<Int8Type>(array)),
        DataType::Int32 => Some(of::<Int32Type>(array)),
        DataType::UInt16 => Some(of::<UInt16Type>(array)),
        _ => None,
    }
}

/// The value in a row.
pub(super) fn object<'py>(py: Python<'py>, array: &dyn Array, row: usize) -> PyResult<Bound<'py, PyAny>> {
    match cell(array, row) {
        Cell::Null => Ok(py.None().into_bound(py)),
        Cell::Int(number) => number.into_bound_py_any(py),
        Cell::Bool(flag) => flag.into_bound_py_any(py),
        Cell::Text(text) => text.into_bound_py_any(py),
        Cell::List(array) => Ok(list(py, &array)?.into_any()),
    }
}

/// A value as text in one line, shortened to some characters.
pub(super) fn text(array: &dyn Array, row: usize, width: usize) -> String {
    let text = match cell(array, row) {
        Cell::Null => "null".to_owned(),
        Cell::Int(number) => number.to_string(),
        Cell::Bool(flag) => flag.to_string(),
        Cell::Text(text) => text.chars().take(width + 1).flat_map(char::escape_debug).collect(),
        Cell::List(array) => {
            let cells: Vec<String> = (0..array.len()).map(|row| self::text(&array, row, width)).collect();
            format!("[{}]", cells.join(", "))
        }
    };
    if text.chars().count() <= width {
        return text;
    }
    text.chars().take(width - 1).chain(['…']).collect()
}

/// The type of a column in one word.
pub(super) fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Dictionary(..) => "dictionary".to_owned(),
        DataType::Utf8 | DataType::LargeUtf8 => "string".to_owned(),
        DataType::Boolean => "bool".to_owned(),
        DataType::List(_) => "list of strings".to_owned(),
        other => other.to_string().to_lowercase(),
    }
}
