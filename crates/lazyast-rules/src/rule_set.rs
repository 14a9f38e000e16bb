//! [`RuleSet`]: rules that are checked together, and [`Finding`]: what one of them finds.
//!
//! A file is checked in two steps. [`RuleSet::candidates`] needs the tree alone; most files end there. For the others the
//! caller reads the source, and [`RuleSet::findings`] tests what needs the text, and writes the messages.

use lazyast_format::{Damage, NodeId, Tree};
use lazyast_query::{ExecutionError, Hit, IndexedTree};

use crate::message::captured_text;
use crate::rule::LintRule;

/// Rules that are checked together.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    rules: Vec<LintRule>,
}

/// What rules may find in a tree.
#[derive(Clone, Debug, Default)]
pub struct RuleHits {
    /// The indices of rules and their hits, sorted by rule.
    pub hits: Vec<(usize, Hit)>,
    /// Rules that did not compare some nodes, or none, with the reason.
    pub errors: Vec<(usize, ExecutionError)>,
}

/// Something that a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The index of the rule.
    pub rule: usize,
    /// The node.
    pub node: NodeId,
    /// The hit of the rule's query.
    pub hit: Hit,
    /// The start and the end in the text, in bytes.
    pub range: (u32, u32),
    /// The message, with what was captured.
    pub message: String,
}

impl RuleSet {
    /// Rules that are checked together.
    pub fn new(rules: Vec<LintRule>) -> Self {
        Self { rules }
    }

    /// The rules. Indices of findings are indices of this list.
    pub fn rules(&self) -> &[LintRule] {
        &self.rules
    }

    /// What some of the rules may find in a tree. An error of one rule does not stop the others.
    pub fn candidates(&self, tree: &Tree<'_>, rules: impl IntoIterator<Item = usize>) -> RuleHits {
        let tree = IndexedTree::new(tree);
        let mut candidates = RuleHits::default();
        for index in rules {
            match self.rules[index].query.search_indexed(&tree) {
                Ok(found) => {
                    candidates.errors.extend(found.limit_error().map(|error| (index, error)));
                    candidates.hits.extend(found.hits.into_iter().map(|hit| (index, hit)));
                }
                Err(error) => candidates.errors.push((index, error)),
            }
        }
        candidates
    }

    /// The findings among hits, by position; those at one position in the order of rules. `text` is the decoded source.
    pub fn findings(
        &self,
        tree: &Tree<'_>,
        text: &str,
        hits: &[(usize, Hit)],
    ) -> Result<Vec<Finding>, ExecutionError> {
        let mut findings = Vec::new();
        for (index, hit) in hits {
            let rule = &self.rules[*index];
            if let Some(message) = finding_message(rule, tree, text, *hit)? {
                let range = hit.range(tree, Some(text))?;
                findings.push(Finding { rule: *index, node: hit.node, hit: *hit, range, message });
            }
        }
        findings.sort_by_key(|finding| (finding.range.0, finding.node, finding.rule));
        Ok(findings)
    }
}

/// The message of a hit, or `None` if it does not pass the tests of its captures.
fn finding_message(
    rule: &LintRule,
    tree: &Tree<'_>,
    text: &str,
    hit: Hit,
) -> Result<Option<String>, ExecutionError> {
    let needs_captures = !rule.capture_tests.is_empty() || rule.message.names().next().is_some();
    let captures = if needs_captures { rule.query.captures(tree, hit)? } else { Vec::new() };
    for test in &rule.capture_tests {
        let Some(capture) = captures.iter().find(|capture| capture.name == test.name) else {
            return Ok(None);
        };
        let captured = captured_text(tree, text, capture);
        let captured = captured.ok_or_else(|| Damage::new("position is outside of the text", hit.node))?;
        let passes = test.regex.is_match(captured);
        if passes == test.is_negated {
            return Ok(None);
        }
    }
    Ok(Some(rule.message.render(tree, text, &captures)))
}
