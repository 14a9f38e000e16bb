//! Checking sources with the rules of a text.

use std::path::Path;

use lazyast_format::Archive;
use lazyast_format::layout::Buffer;
use lazyast_parse::Parser;
use lazyast_query::ParseFailure;
use lazyast_rules::{Finding, RuleError, RuleFile, RuleLibrary, RuleSelection, RuleSet};

pub(crate) fn parse(source: &str) -> Result<Archive<Buffer>, ParseFailure> {
    let failure = |message| ParseFailure { message, offset: None };
    let mut parser = Parser::new();
    let bytes = parser.parse(source.as_bytes(), &[0; 32]).map_err(|reason| failure(reason.to_string()))?;
    let mut buffer = Buffer::with_capacity(bytes.len());
    buffer.extend_from_slice(bytes);
    Archive::open(buffer, None).map_err(|error| failure(error.to_string()))
}

/// The rules of a YAML file, and what is wrong with the others.
pub(crate) fn rules(text: &str) -> (RuleSet, Vec<RuleError>) {
    let mut library = RuleLibrary::default();
    let file = RuleFile { name: "rules.yaml", directory: Path::new("/project"), text };
    if let Err(error) = library.add_file(&file) {
        return (RuleSet::default(), vec![error]);
    }
    library.select(&RuleSelection::default(), &parse)
}

/// The only error of a YAML file.
pub(crate) fn error(text: &str) -> String {
    let (_, errors) = rules(text);
    let [error] = &errors[..] else { panic!("{text}\n{errors:?}") };
    error.to_string()
}

/// What rules find in a source.
pub(crate) fn findings(rules: &RuleSet, source: &str) -> Vec<Finding> {
    let archive = parse(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    let tree = archive.tree().expect("the archive was written just now");
    let candidates = rules.candidates(&tree, 0..rules.rules().len());
    assert!(candidates.errors.is_empty(), "{source}: {:?}", candidates.errors);
    rules.findings(&tree, source, &candidates.hits).expect("the archive is not damaged")
}

/// The texts that the rules of a YAML file find in a source, in order.
pub(crate) fn found(text: &str, source: &str) -> Vec<String> {
    let (rules, errors) = rules(text);
    assert!(errors.is_empty(), "{text}\n{errors:?}");
    let findings = findings(&rules, source);
    findings
        .iter()
        .map(|finding| source[finding.range.0 as usize..finding.range.1 as usize].to_owned())
        .collect()
}

/// A YAML file with one rule, whose keys after `id` and `message` are given.
pub(crate) fn rule(keys: &str) -> String {
    let keys: String = keys.trim().lines().map(|line| format!("\n    {line}")).collect();
    format!("rules:\n  - id: r\n    message: m{keys}\n")
}
