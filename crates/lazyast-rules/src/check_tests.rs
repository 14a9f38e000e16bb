//! Running the tests of rules: sources in which a rule finds something, and in which it finds nothing.

use lazyast_query::ParseFn;

use crate::rule_set::RuleSet;

/// A test of a rule that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedTest {
    /// The index of the rule.
    pub rule: usize,
    /// The key and the index of the source: `invalid[2]`.
    pub key: String,
    /// What is wrong.
    pub message: String,
}

impl RuleSet {
    /// Runs the tests of all rules, and gives their number and those that failed.
    pub fn run_tests<B: AsRef<[u8]>>(&self, parse: &ParseFn<'_, B>) -> (usize, Vec<FailedTest>) {
        let (mut count, mut failed) = (0, Vec::new());
        for (index, rule) in self.rules().iter().enumerate() {
            let tests = rule.tests();
            for (key, sources, expects_findings) in
                [("valid", &tests.valid, false), ("invalid", &tests.invalid, true)]
            {
                for (number, source) in sources.iter().enumerate() {
                    count += 1;
                    let message = match self.finds(index, source, parse) {
                        Ok(found) if found == expects_findings => continue,
                        Ok(true) => format!("the rule finds something in\n{source}"),
                        Ok(false) => format!("the rule finds nothing in\n{source}"),
                        Err(error) => format!("{error}, in\n{source}"),
                    };
                    failed.push(FailedTest { rule: index, key: format!("{key}[{number}]"), message });
                }
            }
        }
        (count, failed)
    }

    /// Whether a rule finds something in a source.
    fn finds<B: AsRef<[u8]>>(
        &self,
        rule: usize,
        source: &str,
        parse: &ParseFn<'_, B>,
    ) -> Result<bool, String> {
        let archive = parse(source).map_err(|failure| failure.message)?;
        let tree = archive.tree().map_err(|error| error.to_string())?;
        let candidates = self.candidates(&tree, [rule]);
        if let Some((_, error)) = candidates.errors.first() {
            return Err(error.to_string());
        }
        let findings = self.findings(&tree, source, &candidates.hits).map_err(|error| error.to_string())?;
        Ok(!findings.is_empty())
    }
}
