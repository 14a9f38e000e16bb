//! Fixes: the templates of rules, applied to what the rules find.
//!
//! `lazyast-rules` knows no templates, and `lazyast-rewrite` no rules.

use lazyast_format::Tree;
use lazyast_query::{ExecutionError, Hit};
use lazyast_rules::{RuleError, RuleSet, Suppressions, lines_of_hit};

use crate::archive::OwnedTree;
use crate::rewrite::{
    Rewrite, RewriteError, RewriteFailure, RewrittenSource, compile, rewrite_hits, rewrite_module,
};

/// The compiled fixes of a set of rules.
pub struct RuleFixes {
    /// By the index of the rule.
    rewrites: Vec<Option<Rewrite>>,
}

/// A source after fixes.
#[derive(Debug)]
pub struct FixedSource {
    /// The new source: the bytes of a file.
    pub source: Vec<u8>,
    /// The tree of the new source; `None` if the source stays as it is.
    pub module: Option<OwnedTree>,
    /// The number of findings that were fixed.
    pub fixed: usize,
    /// The indices of rules whose findings stay, with the reasons.
    pub failed: Vec<(usize, RewriteFailure)>,
}

impl RuleFixes {
    /// Compiles the fixes of rules. Those that are wrong are left out, and the errors say why.
    ///
    /// ```
    /// # let library = lazyast::rules::RuleLibrary::built_in()?;
    /// let (rules, _) = lazyast::select_rules(&library, &Default::default());
    /// let (fixes, errors) = lazyast::RuleFixes::compile(&rules);
    /// assert!(errors.is_empty());
    ///
    /// let all = 0..rules.rules().len();
    /// let source = b"if x == None: pass\r\n";
    /// let module = lazyast::parse(source)?;
    /// let fixed = fixes.fix(&rules, all, source, module.tree())?;
    /// assert_eq!(fixed.source, b"if x is None: pass\r\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compile(rules: &RuleSet) -> (Self, Vec<RuleError>) {
        let mut errors = Vec::new();
        let rewrites = rules.rules().iter().map(|rule| {
            let rewrite = compile(rule.query(), rule.fix()?);
            let (file, line) = rule.place();
            let wrong = |message: String| RuleError {
                file: file.to_owned(),
                line,
                rule: Some(rule.id().to_owned()),
                key: "fix".to_owned(),
                message,
            };
            rewrite.map_err(|error| errors.push(wrong(error.to_string()))).ok()
        });
        let rewrites = rewrites.collect();
        (Self { rewrites }, errors)
    }

    /// Whether a rule, given by its index, has a fix.
    pub fn has_fix(&self, rule: usize) -> bool {
        self.rewrites.get(rule).is_some_and(Option::is_some)
    }

    /// Fixes what some rules find in a source, given as the bytes of a file and its tree. One rule after the other is
    /// checked in the source that the former ones have left. Findings that a comment suppresses stay.
    ///
    /// Each rewritten source is parsed once and compared as [`rewrite`](crate::rewrite) does it; a rule whose fix is not
    /// valid in a file leaves the file as it is.
    pub fn fix(
        &self,
        rules: &RuleSet,
        active: impl IntoIterator<Item = usize>,
        source: &[u8],
        tree: &Tree<'_>,
    ) -> Result<FixedSource, RewriteFailure> {
        let mut result = FixedSource { source: source.to_vec(), module: None, fixed: 0, failed: Vec::new() };
        for rule in active {
            let Some(rewrite) = self.rewrites.get(rule).and_then(Option::as_ref) else { continue };
            let tree = result.module.as_ref().map_or(tree, OwnedTree::tree);
            match fix_findings(rules, rule, rewrite, tree, &result.source) {
                Ok((rewritten, Some(module))) => {
                    result.source = rewritten.source;
                    result.module = Some(module);
                    result.fixed += rewritten.replaced;
                }
                Ok((_, None)) => {}
                Err(failure) => result.failed.push((rule, failure)),
            }
        }
        Ok(result)
    }

    /// Fixes one finding of a rule in a source, whose tree the caller has. `None` if the rule has no fix.
    pub fn fix_hit(
        &self,
        rule: usize,
        hit: Hit,
        source: &[u8],
        tree: &Tree<'_>,
    ) -> Option<Result<RewrittenSource, RewriteFailure>> {
        let rewrite = self.rewrites.get(rule)?.as_ref()?;
        Some(rewrite_hits(rewrite, source, tree, &[hit]))
    }
}

/// Fixes what one rule finds. Beside the new source stands its tree; `None` if the source stays as it is.
fn fix_findings(
    rules: &RuleSet,
    rule: usize,
    rewrite: &Rewrite,
    tree: &Tree<'_>,
    source: &[u8],
) -> Result<(RewrittenSource, Option<OwnedTree>), RewriteFailure> {
    let text = crate::text(source)?;
    let failed = |error: ExecutionError| RewriteError::from(error);
    let candidates = rules.candidates(tree, [rule]);
    if let Some((_, error)) = candidates.errors.into_iter().next() {
        return Err(failed(error).into());
    }
    let findings = rules.findings(tree, &text, &candidates.hits).map_err(failed)?;
    let suppressions = Suppressions::of(tree, &text).map_err(RewriteError::from)?;
    let mut hits = Vec::new();
    for finding in findings {
        let lines = lines_of_hit(tree, finding.hit).map_err(RewriteError::from)?;
        if !suppressions.suppress(lines, rules.rules()[rule].id()) {
            hits.push(finding.hit);
        }
    }
    rewrite_module(rewrite, source, tree, &hits)
}
