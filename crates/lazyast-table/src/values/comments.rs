//! The columns of `comments`.

use super::filled_column::FilledColumn;
use crate::column::ColumnData;
use crate::error::TableError;
use crate::relation::ColumnValue as Value;
use crate::source_tree::SourceTree;

impl FilledColumn {
    pub(super) fn append_comments(&mut self, source: &SourceTree<'_>) -> Result<(), TableError> {
        let tree = source.tree;
        for (start, end) in tree.comments() {
            match (self.spec.value, &mut self.data) {
                (Value::CommentText, ColumnData::Utf8(column)) => {
                    column.append_option(source.text.and_then(|text| text.get(start as usize..end as usize)));
                }
                (value, ColumnData::Int32(column)) => {
                    let position = tree.position(start)?;
                    column.push(match value {
                        Value::CommentLine => position.line as i32,
                        Value::CommentColumn => position.column as i32,
                        // A comment ends in the line in which it starts.
                        _ => (position.column + (end - start)) as i32,
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }
}
