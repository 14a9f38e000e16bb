//! Rules over Python syntax trees: what people keep in rule files, and check in CI.
//!
//! A rule is a condition on nodes, made of the patterns and selectors of `lazyast-query`, and a message.
//! `docs/rules.md` is the reference of rule files. A [`RuleLibrary`] collects the rules of files and those that come with
//! lazyast; [`RuleLibrary::select`] compiles some of them to a [`RuleSet`], which checks trees:
//!
//! ```
//! # use lazyast_format::{Archive, layout::Buffer};
//! # use lazyast_query::ParseFailure;
//! # fn parse(source: &str) -> Result<Archive<Buffer>, ParseFailure> {
//! #     let failure = |message| ParseFailure { message, offset: None };
//! #     let mut parser = lazyast_parse::Parser::new();
//! #     let bytes = parser.parse(source.as_bytes(), &[0; 32]).map_err(|reason| failure(reason.to_string()))?;
//! #     let mut buffer = Buffer::with_capacity(bytes.len());
//! #     buffer.extend_from_slice(bytes);
//! #     Archive::open(buffer, None).map_err(|error| failure(error.to_string()))
//! # }
//! use lazyast_rules::{RuleFile, RuleLibrary, RuleSelection};
//! use std::path::Path;
//!
//! let text = "rules: [{id: no-eval, message: eval of $X, pattern: eval($X)}]";
//! let mut library = RuleLibrary::default();
//! library.add_file(&RuleFile { name: "rules.yaml", directory: Path::new("/"), text })?;
//! let (rules, errors) = library.select(&RuleSelection::default(), &parse);
//! assert!(errors.is_empty());
//!
//! let source = "x = eval(code)\n";
//! let archive = parse(source)?;
//! let tree = archive.tree()?;
//! let candidates = rules.candidates(&tree, 0..1);
//! let findings = rules.findings(&tree, source, &candidates.hits)?;
//! assert_eq!(findings[0].message, "eval of code");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate reads no files and knows no parser: the caller gives texts, and a [`ParseFn`](lazyast_query::ParseFn).
//!
//! # From files to findings
//!
//! 1. `read` turns TOML and YAML into the types of `text`; `other_tools` reads the rules of
//!    other programs; `built_in` has the rules that come with lazyast.
//! 2. `library` selects rules, and `compile` makes a query of each.
//! 3. `rule_set` runs the queries of all rules over a tree, and tests what needs the source's text.
//! 4. `suppression` and `baseline` say which findings are meant or known.
#![forbid(unsafe_code)]

mod baseline;
mod built_in;
mod check_tests;
mod compile;
mod error;
mod library;
mod message;
mod other_tools;
mod read;
mod rule;
mod rule_set;
mod severity;
mod suppression;
mod text;

pub use baseline::{Baseline, BaselineKey, normalised};
pub use check_tests::FailedTest;
pub use error::RuleError;
pub use library::{DEFAULT_CATEGORIES, RuleLibrary, RuleSelection};
pub use read::RuleFile;
pub use rule::LintRule;
pub use rule_set::{Finding, RuleHits, RuleSet};
pub use severity::Severity;
pub use suppression::{Suppression, Suppressions, lines_of_hit};
pub use text::RuleTests;

/// The JSON schema of rule files, for editors.
pub const RULE_FILE_SCHEMA: &str = include_str!("../rule-file.schema.json");
