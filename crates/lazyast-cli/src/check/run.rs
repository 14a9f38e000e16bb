//! Running a check: load the rules, open the project, check it in parallel, print.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, absolute};

use lazyast::rules::{Baseline, BaselineKey, RULE_FILE_SCHEMA, RuleSet};
use lazyast::{Cache, CheckedModule, RuleFixes};

use super::arguments::{CheckArguments, CheckFormatArgument};
use super::configuration::CompiledRules;
use super::counts;
use super::file::{CandidateFile, CheckedFile, FileChecker};
use super::finding::ReportedFinding;
use super::fix::Fixer;
use super::formats::{gitlab, json, sarif, text};
use crate::error::CommandError;
use crate::file_arguments::SelectedPaths;
use crate::format::{LISTED, counted};
use crate::printed_path::printed_path;
use crate::standard_input::{STANDARD_INPUT, StandardInput};

/// What a check has found, and what it has not checked.
#[derive(Default)]
struct CheckResult {
    findings: Vec<ReportedFinding>,
    suppressed: usize,
    /// Findings that the baseline has.
    known: usize,
    /// Findings that were fixed, or would be, and the number of their files.
    fixed: usize,
    fixed_files: usize,
    /// What fixes would change.
    diff: Vec<u8>,
    /// Why findings were not fixed.
    unfixed: Vec<String>,
    /// Paths and reasons.
    unchecked: Vec<(String, String)>,
    /// What went wrong after files were opened.
    failed: Vec<String>,
    checked: usize,
}

impl CheckResult {
    fn add(&mut self, file: CheckedFile) {
        self.findings.extend(file.findings);
        self.suppressed += file.suppressed;
        self.fixed += file.fixed;
        self.fixed_files += usize::from(file.fixed > 0);
        self.diff.extend(file.diff);
        self.unfixed.extend(file.unfixed);
        self.failed.extend(file.errors);
    }

    /// How many findings there are, for people.
    fn summary(&self, rules: &RuleSet) -> String {
        let mut text = counts::by_severity(&self.findings, rules);
        if self.suppressed > 0 {
            text += &format!("; {} suppressed", self.suppressed);
        }
        if self.known > 0 {
            text += &format!("; {} in the baseline", self.known);
        }
        text
    }
}

impl CheckArguments {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        if self.rules.schema {
            io::stdout().lock().write_all(RULE_FILE_SCHEMA.as_bytes())?;
            return Ok(());
        }
        let here = absolute(".").unwrap_or_default();
        let compiled = self.rules.chosen.compile(&here);
        let hints = compiled.hints();
        let CompiledRules { rules, mut errors, .. } = compiled;
        // The tests of rules compile the fixes as well.
        let fixes = (self.fixes.is_given() || self.rules.test).then(|| {
            let (fixes, fix_errors) = RuleFixes::compile(&rules);
            errors.extend(fix_errors);
            fixes
        });
        for error in &errors {
            eprintln!("lazyast: error: {error}");
        }
        if self.rules.list {
            print_rules(&rules)?;
        } else if self.rules.test {
            test(&rules)?;
        } else {
            for hint in hints {
                eprintln!("lazyast: hint: {hint}");
            }
            let fixer = fixes.map(|fixes| Fixer { fixes, writes: self.fixes.writes() });
            let outcome = self.check(&rules, fixer.as_ref());
            if errors.is_empty() || outcome.as_ref().is_err_and(CommandError::is_reported) {
                return outcome;
            }
        }
        match errors.len() {
            0 => Ok(()),
            count => Err(CommandError::new(format!("{} in rules", counted(count, "error", "errors")))),
        }
    }

    fn check(&self, rules: &RuleSet, fixer: Option<&Fixer>) -> Result<(), CommandError> {
        let mut selected = self.project.files.select(self.paths.clone())?;
        let cache = self.project.cache.open();
        let baseline_file = self.baseline.baseline.as_ref().or(self.baseline.write_baseline.as_ref());
        let base = baseline_file.and_then(|path| path.parent()).unwrap_or(Path::new(""));
        let base = if base.as_os_str().is_empty() { absolute(".") } else { absolute(base) };
        let checker =
            FileChecker { rules, unused_ignores: self.unused_ignores, base: base.unwrap_or_default() };
        let mut result = CheckResult::default();
        let named = selected.paths.len();
        selected.paths.retain(|path| path.as_os_str() != "-");
        if selected.paths.len() < named {
            if fixer.is_some() {
                return Err(CommandError::new("--fix and --diff take files, not standard input"));
            }
            check_standard_input(StandardInput::read(&cache, &self.project.syntax)?, &checker, &mut result);
        }
        if !selected.paths.is_empty() {
            self.check_files(&cache, &selected, &checker, fixer, &mut result)?;
        }
        number(&mut result.findings);
        if let Some(path) = &self.baseline.write_baseline {
            return write_baseline(path, &result);
        }
        if let Some(path) = &self.baseline.baseline {
            let failed =
                |error: &dyn std::fmt::Display| CommandError::new(format!("{}: {error}", path.display()));
            let text = fs::read_to_string(path).map_err(|error| failed(&error))?;
            let mut baseline = Baseline::read(&text).map_err(|error| failed(&error))?;
            let found = result.findings.len();
            result.findings.retain(|finding| !baseline.take(&finding.key));
            result.known = found - result.findings.len();
        }
        if self.fixes.diff {
            io::stdout().lock().write_all(&result.diff)?;
        } else {
            self.print(rules, &result)?;
        }
        self.conclude(&result)
    }

    /// Checks the files under the paths.
    fn check_files(
        &self,
        cache: &Cache,
        selected: &SelectedPaths,
        checker: &FileChecker<'_>,
        fixer: Option<&Fixer>,
        result: &mut CheckResult,
    ) -> Result<(), CommandError> {
        let project = self.project.open(cache, selected);
        if project.modules().is_empty() && project.failures().is_empty() && !selected.is_list {
            return Err(CommandError::new("no Python sources found under the paths"));
        }
        let found = project.check(checker.rules, self.project.jobs, self.unused_ignores, |module| {
            check_module(checker, fixer, module, selected.in_current_directory)
        });
        for (index, checked) in found {
            match checked {
                Ok(checked) => result.add(checked),
                Err(reason) => {
                    let path = project.modules()[index].path();
                    result.failed.push(format!("{}: {reason}", path.display()));
                }
            }
        }
        for failure in project.failures() {
            let path = printed_path(&failure.path, selected.in_current_directory);
            result.unchecked.push((path.display().to_string(), failure.reason.to_string()));
        }
        result.checked += project.modules().len();
        Ok(())
    }

    fn print(&self, rules: &RuleSet, result: &CheckResult) -> Result<(), CommandError> {
        let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        match self.format {
            _ if self.statistics => {
                out.write_all(counts::by_rule(&result.findings, rules).as_bytes())?;
            }
            CheckFormatArgument::Sarif => {
                let is_complete =
                    result.failed.is_empty() && (result.unchecked.is_empty() || !self.project.strict);
                let document = sarif::document(&result.findings, rules, &result.unchecked, is_complete);
                writeln!(out, "{document}")?;
            }
            CheckFormatArgument::Gitlab => {
                writeln!(out, "{}", gitlab::document(&result.findings, rules))?;
            }
            format => {
                let has_color = self.color.is_color();
                for (index, finding) in result.findings.iter().enumerate() {
                    let text = match format {
                        CheckFormatArgument::Json => json::object(finding, rules).map_err(io::Error::from)?,
                        CheckFormatArgument::Github => text::github(finding, rules),
                        CheckFormatArgument::Concise => text::concise(finding, rules),
                        _ => {
                            if index > 0 {
                                out.write_all(b"\n")?;
                            }
                            text::full(finding, rules, has_color)
                        }
                    };
                    out.write_all(text.as_bytes())?;
                }
                if format == CheckFormatArgument::Text && !result.findings.is_empty() {
                    writeln!(out, "\n{}", result.summary(rules))?;
                }
            }
        }
        out.flush()?;
        Ok(())
    }

    /// Reports what was not checked, and decides how the command ends.
    fn conclude(&self, result: &CheckResult) -> Result<(), CommandError> {
        for failed in &result.failed {
            eprintln!("lazyast: warning: {failed}");
        }
        let unchecked = result.unchecked.len();
        let is_strict = self.project.strict;
        let named = if is_strict { unchecked } else { LISTED };
        for (path, reason) in result.unchecked.iter().take(named) {
            eprintln!("lazyast: warning: {path}: not checked: {reason}");
        }
        if unchecked > named {
            eprintln!("lazyast: warning: {} more not checked; --strict names all", unchecked - named);
        }
        for unfixed in &result.unfixed {
            eprintln!("lazyast: warning: {unfixed}");
        }
        if self.fixes.is_given() {
            let findings = counted(result.fixed, "finding", "findings");
            let verb = if self.fixes.writes() { "fixed" } else { "would be fixed" };
            eprintln!("lazyast: {findings} {verb} in {}", counted(result.fixed_files, "file", "files"));
        } else if result.findings.is_empty() && io::stderr().is_terminal() {
            eprintln!("lazyast: no findings in {}", counted(result.checked, "file", "files"));
        }
        let unusable = result.failed.len() + if is_strict { unchecked } else { 0 };
        if unusable > 0 {
            return Err(CommandError::new("not everything could be checked"));
        }
        let is_clean = if self.fixes.diff { result.diff.is_empty() } else { result.findings.is_empty() };
        CommandError::of_exit_code(u8::from(!is_clean && !self.exit_zero))
    }
}

/// Checks a module, on the thread that found candidates in it.
fn check_module(
    checker: &FileChecker<'_>,
    fixer: Option<&Fixer>,
    checked: CheckedModule<'_>,
    in_current_directory: bool,
) -> Option<CheckedFile> {
    let CheckedModule { module, tree, candidates } = checked;
    let printed = printed_path(module.path(), in_current_directory);
    let file = CandidateFile { path: module.path(), printed, tree, candidates };
    if candidates.hits.is_empty() && !checker.unused_ignores {
        return Some(CheckedFile { errors: checker.errors_of_rules(&file), ..CheckedFile::default() });
    }
    let mut source = Vec::new();
    let text = lazyast::read_source(module.path(), &mut source).map_err(|error| error.to_string());
    // Opening the project checked a moment ago that the source is unchanged. So only the length is compared.
    let text = text.and_then(|_| match source.len() == tree.header().source_len as usize {
        true => lazyast::text(&source).map_err(|unsupported| unsupported.to_string()),
        false => Err("changed while it was checked".to_owned()),
    });
    Some(match text {
        Ok(text) => {
            let found = checker.check(&file, &text);
            match fixer {
                Some(fixer) => fixer.fix(checker, &file, &source, found),
                None => found,
            }
        }
        Err(error) => {
            let errors = vec![format!("{}: {error}", printed.display())];
            CheckedFile { errors, ..CheckedFile::default() }
        }
    })
}

/// Checks the source that standard input has.
fn check_standard_input(input: StandardInput, checker: &FileChecker<'_>, result: &mut CheckResult) {
    let StandardInput { source, opened } = input;
    let text = lazyast::text(&source).map_err(|unsupported| unsupported.to_string());
    match opened.and_then(|opened| Ok((opened, text?))) {
        Ok((opened, text)) => {
            let path = Path::new(STANDARD_INPUT);
            let candidates = checker.rules.candidates(opened.tree(), 0..checker.rules.rules().len());
            let file = CandidateFile { path, printed: path, tree: opened.tree(), candidates: &candidates };
            result.add(checker.check(&file, &text));
            result.checked += 1;
        }
        Err(reason) => result.unchecked.push((STANDARD_INPUT.to_owned(), reason)),
    }
}

/// Gives each finding a fingerprint. Equal findings of a file are numbered.
fn number(findings: &mut [ReportedFinding]) {
    let mut counts: BTreeMap<BaselineKey, u32> = BTreeMap::new();
    for finding in findings {
        let count = counts.entry(finding.key.clone()).or_default();
        finding.fingerprint = finding.key.fingerprint(*count);
        *count += 1;
    }
}

fn write_baseline(path: &Path, result: &CheckResult) -> Result<(), CommandError> {
    let mut baseline = Baseline::default();
    for finding in &result.findings {
        baseline.add(finding.key.clone());
    }
    fs::write(path, baseline.write())
        .map_err(|error| CommandError::new(format!("{}: {error}", path.display())))?;
    eprintln!("lazyast: {}: {}", path.display(), counted(baseline.len(), "finding", "findings"));
    Ok(())
}

/// Lists rules, one on each line.
fn print_rules(rules: &RuleSet) -> Result<(), CommandError> {
    let mut out = BufWriter::new(io::stdout().lock());
    let width = rules.rules().iter().map(|rule| rule.id().len()).max().unwrap_or(0);
    for rule in rules.rules() {
        let category = rule.category().unwrap_or("-");
        let message = rule.message().lines().next().unwrap_or_default();
        writeln!(out, "{:width$}  {:13}  {:7}  {message}", rule.id(), category, rule.severity().name())?;
    }
    out.flush()?;
    Ok(())
}

/// Runs the tests of rules.
fn test(rules: &RuleSet) -> Result<(), CommandError> {
    let (count, failed) = lazyast::test_rules(rules);
    let mut out = io::stdout().lock();
    for failure in &failed {
        let rule = &rules.rules()[failure.rule];
        let (file, line) = rule.place();
        writeln!(out, "{file}:{line}: rule {}: {}: {}", rule.id(), failure.key, failure.message)?;
    }
    let rules = counted(rules.rules().len(), "rule", "rules");
    writeln!(out, "{} of {rules}, {} failed", counted(count, "test", "tests"), failed.len())?;
    CommandError::of_exit_code(u8::from(!failed.is_empty()))
}
