//! The table of what rules find in sources in memory.

use std::collections::BTreeSet;

use lazyast_format::Tree;
use lazyast_format::read::TargetPython;
use lazyast_query::ExecutionError;
use lazyast_rules::{Finding, RuleSet, Suppressions, lines_of_hit};
use lazyast_table::{FindingBatch, FindingText, MatchLabels, SourceLabel};

use super::matches::{MatchRow, captured_texts, too_long};
use super::sources::{
    InvalidSources, OpenedSource, SourceError, SourceInMemory, SourceOptions, SourceTables, errors_batch,
    for_each_source,
};
use crate::cache::Cache;

/// Makes the table of what rules find in sources, of which `None` is a missing one.
///
/// Comments suppress findings as in files. All rules are checked, also those that are for certain paths, since the sources have
/// none. A source in which some rules did not compare all nodes has rows for the other findings, and an error for each such
/// rule.
///
/// ```
/// use std::path::Path;
/// use lazyast::{Cache, RuleChoice};
/// use lazyast::table::{SourceInMemory, TargetPython, findings_of_sources};
///
/// let (rules, _) = RuleChoice::default().load(Path::new("/")).compile();
/// let sources = [Some(SourceInMemory::Text("try: f()\nexcept: g()\n"))];
/// let python = TargetPython::new(13, 0);
/// let tables = findings_of_sources(&sources, &rules, python, &Cache::disabled(), Default::default())?;
/// assert_eq!(tables.rows.num_rows(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn findings_of_sources<'s>(
    sources: &[Option<SourceInMemory<'s>>],
    rules: &RuleSet,
    python: TargetPython,
    cache: &Cache,
    options: SourceOptions,
) -> Result<SourceTables, InvalidSources> {
    let names: BTreeSet<&str> = rules.rules().iter().flat_map(|rule| rule.query().capture_names()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let mut batch = FindingBatch::new(MatchLabels::Numbers, &names);
    let check = |source: SourceInMemory<'s>| CheckedSource::new(source.open(python, cache)?, rules);
    let errors = for_each_source(sources, options, check, |number, checked, errors| {
        errors.extend(checked.errors.iter().cloned().map(|error| (number, SourceError::of_query(error))));
        if let Err(error) = checked.push_to(&mut batch, number, rules, &names, python) {
            errors.push((number, SourceError::of_query(error.to_string())));
        }
        Ok(())
    })?;
    Ok(SourceTables { rows: batch.finish()?, errors: errors_batch(errors)? })
}

/// A source that rules have checked.
struct CheckedSource<'s> {
    /// The source, if anything was found in it.
    opened: Option<OpenedSource<'s>>,
    findings: Vec<Finding>,
    /// Why some rules did not compare all nodes.
    errors: Vec<String>,
}

impl<'s> CheckedSource<'s> {
    fn new(opened: OpenedSource<'s>, rules: &RuleSet) -> Result<Self, SourceError> {
        let candidates = rules.candidates(opened.tree.tree(), 0..rules.rules().len());
        let errors = candidates.errors.iter();
        let errors =
            errors.map(|(rule, error)| format!("rule {}: {error}", rules.rules()[*rule].id())).collect();
        let findings = match opened.text() {
            Some(text) if !candidates.hits.is_empty() => {
                unsuppressed(opened.tree.tree(), &text, rules, &candidates.hits)
                    .map_err(|error| SourceError::of_query(error.to_string()))?
            }
            _ => Vec::new(),
        };
        let opened = (!findings.is_empty()).then_some(opened);
        Ok(Self { opened, findings, errors })
    }

    /// Appends a row for each finding.
    fn push_to(
        &self,
        batch: &mut FindingBatch,
        number: i32,
        rules: &RuleSet,
        names: &[&str],
        python: TargetPython,
    ) -> Result<(), ExecutionError> {
        let Some(opened) = &self.opened else { return Ok(()) };
        let (tree, text) = (opened.tree.tree(), opened.text());
        let text = text.as_deref();
        let positions = tree.positions(python)?;
        for finding in &self.findings {
            let rule = &rules.rules()[finding.rule];
            let row = MatchRow::new(tree, &positions, finding.hit, text)?;
            let captured = captured_texts(rule.query(), tree, finding.hit, names, text)?;
            let (rule, severity) = (rule.id(), rule.severity().name());
            let said = FindingText { rule, severity, message: &finding.message };
            let label = SourceLabel::Number(number);
            batch.push(label, said, row.span, row.text, captured.into_iter()).map_err(too_long)?;
        }
        Ok(())
    }
}

/// The findings among hits that no comment suppresses.
fn unsuppressed(
    tree: &Tree<'_>,
    text: &str,
    rules: &RuleSet,
    hits: &[(usize, lazyast_query::Hit)],
) -> Result<Vec<Finding>, ExecutionError> {
    let found = rules.findings(tree, text, hits)?;
    let suppressions = Suppressions::of(tree, text)?;
    let mut findings = Vec::with_capacity(found.len());
    for finding in found {
        if !suppressions.suppress(lines_of_hit(tree, finding.hit)?, rules.rules()[finding.rule].id()) {
            findings.push(finding);
        }
    }
    Ok(findings)
}
