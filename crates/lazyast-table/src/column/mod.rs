//! Columns while they are filled. Numbers below zero are nulls.

mod codes;
mod data;
mod dictionary;
mod numbers;

pub(crate) use data::ColumnData;
pub(crate) use dictionary::{Dictionary, NULL};
pub(crate) use numbers::int32_array;
