//! [`FindingBatch`]: the table of what rules find.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::builder::LargeStringBuilder;
use arrow_schema::{Field, FieldRef, Schema, SchemaRef};
use lazyast_format::encoding::Span;

use crate::column::Dictionary;
use crate::error::TableError;
use crate::matches::{MatchBatch, MatchLabels, match_schema};
use crate::source_tree::SourceLabel;

/// What a rule says.
#[derive(Clone, Copy, Debug)]
pub struct FindingText<'f> {
    /// The identifier of the rule.
    pub rule: &'f str,
    /// How bad the finding is.
    pub severity: &'f str,
    /// The message.
    pub message: &'f str,
}

/// A record batch of findings while it is filled. Its columns are those of a batch of matches, with `rule`, `severity` and
/// `message` after the first.
pub struct FindingBatch {
    matches: MatchBatch,
    rules: Dictionary,
    severities: Dictionary,
    messages: LargeStringBuilder,
}

impl FindingBatch {
    /// An empty batch. `metavariables` are those of all rules; in the rows of a rule that lacks one, its column is null.
    pub fn new(labels: MatchLabels, metavariables: &[&str]) -> Self {
        let matches = MatchBatch::new(labels, match_schema(labels, metavariables));
        let (rules, severities) = Default::default();
        Self { matches, rules, severities, messages: LargeStringBuilder::new() }
    }

    /// Appends a finding. Texts are `None` where there is no capture.
    pub fn push<'t>(
        &mut self,
        label: SourceLabel<'_>,
        finding: FindingText<'_>,
        span: Span,
        text: Option<&str>,
        captures: impl Iterator<Item = Option<&'t str>>,
    ) -> Result<(), TableError> {
        self.rules.repeat(finding.rule, 1)?;
        self.severities.repeat(finding.severity, 1)?;
        self.messages.append_value(finding.message);
        self.matches.push(Some(label), span, text, captures)
    }

    /// The batch.
    pub fn finish(mut self) -> Result<RecordBatch, TableError> {
        let matches = self.matches.finish()?;
        let (mut fields, mut columns) = (matches.schema().fields().to_vec(), matches.columns().to_vec());
        let said = [
            ("rule", self.rules.finish()?),
            ("severity", self.severities.finish()?),
            ("message", Arc::new(self.messages.finish())),
        ];
        for (index, (name, column)) in said.into_iter().enumerate() {
            let field = Field::new(name, column.data_type().clone(), false);
            fields.insert(1 + index, FieldRef::new(field));
            columns.insert(1 + index, column);
        }
        Ok(RecordBatch::try_new(SchemaRef::new(Schema::new(fields)), columns)?)
    }
}
