//! The columns of `calls`.

use super::filled_column::{DecodedTree, FilledColumn};
use crate::column::{ColumnData, NULL};
use crate::error::TableError;
use crate::relation::ColumnValue as Value;

impl FilledColumn {
    pub(super) fn append_calls(&mut self, decoded: DecodedTree<'_>) -> Result<(), TableError> {
        let DecodedTree { source, facts, names } = decoded;
        let Self { spec, data, dotted, .. } = self;
        let calls = &facts.calls;
        match (spec.value, data) {
            (Value::Callee, ColumnData::Dictionary(column)) => {
                dotted.clear();
                for call in &facts.nodes {
                    // The first child of a call is its `func`.
                    let code = dotted.code(source.tree, names, &facts.payloads, call + 1, column)?;
                    column.codes.push(code.unwrap_or(NULL));
                }
            }
            (Value::PositionalCount, ColumnData::Int32(column)) => column.extend(&calls.positional),
            (Value::StarCount, ColumnData::Int32(column)) => column.extend(&calls.stars),
            (Value::DoubleStarCount, ColumnData::Int32(column)) => column.extend(&calls.double_stars),
            (Value::Keywords, ColumnData::Utf8List(column)) => {
                let mut keywords = calls.keywords.iter();
                for count in &calls.keyword_counts {
                    for name in keywords.by_ref().take(*count as usize) {
                        column.values().append_value(names.get(*name)?);
                    }
                    column.append(true);
                }
            }
            _ => {}
        }
        Ok(())
    }
}
