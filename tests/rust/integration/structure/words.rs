//! The words that the glossary replaces are gone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use lazyast_tests::vectors::workspace;

use super::{compare, tracked};

/// Where a word that is replaced stands for something else, with the reason.
///
/// A path that ends in `/` is a directory.
const ALLOWED: [(&str, &str, &str); 6] = [
    ("folders", "crates/lazyast-cli/src/lsp/", "keys of the Language Server Protocol"),
    ("folder", "tests/python/test_editors.py", "a type of the Language Server Protocol"),
    ("folders", "tests/python/test_editors.py", "types and keys of the Language Server Protocol"),
    ("refused", "crates/lazyast-scope/src/builtins.rs", "CPython's exception"),
    ("touch", "tests/python/test_command.py", "pathlib's method"),
    (
        "touch",
        "crates/lazyast-store/src/index/project_state_file.rs",
        "sets the time of a file, as the command touch",
    ),
];

/// Files that are not ours, or not text.
fn is_skipped(path: &str) -> bool {
    let skipped = ["format-spec/vectors/", "tests/python/snippets/", "LICENSE-", "Cargo.lock"];
    // The list of allowed words names them.
    skipped.iter().any(|prefix| path.starts_with(prefix)) || path.ends_with("structure/words.rs")
}

/// What the glossary replaces: words, and names of types.
struct Replaced {
    words: BTreeSet<String>,
    types: BTreeSet<String>,
}

impl Replaced {
    /// Reads the two lists below the glossary's table.
    fn read() -> Self {
        let architecture = fs::read_to_string(workspace().join("ARCHITECTURE.md")).unwrap();
        let list = |title: &str| -> BTreeSet<String> {
            let (_, rest) = architecture.split_once(title).unwrap_or_else(|| panic!("no list {title:?}"));
            let (list, _) = rest.split_once(".\n").unwrap();
            list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
        };
        let replaced = Self { words: list("Replaced words:"), types: list("Replaced type names:") };
        assert!(replaced.words.len() > 10 && replaced.types.len() > 10);
        replaced
    }

    /// The replaced word that a line has, if it has one.
    fn in_line(&self, line: &str) -> Vec<String> {
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let identifiers = line.split(|letter| !is_word(letter)).filter(|word| !word.is_empty());
        let mut found = Vec::new();
        for identifier in identifiers {
            if self.types.contains(identifier) {
                found.push(identifier.to_owned());
            }
            found.extend(parts(identifier).into_iter().filter(|part| self.words.contains(part)));
        }
        let phrases = self.words.iter().filter(|word| word.contains(' '));
        found.extend(phrases.filter(|phrase| line.to_lowercase().contains(*phrase)).cloned());
        found
    }
}

/// The words of an identifier, in lower case: `with_holes` and `WithHoles` are both `with holes`.
fn parts(identifier: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for part in identifier.split('_').filter(|part| !part.is_empty()) {
        let mut word = String::new();
        let mut previous = ' ';
        for letter in part.chars() {
            if letter.is_uppercase() && previous.is_lowercase() {
                parts.push(std::mem::take(&mut word));
            }
            word.extend(letter.to_lowercase());
            previous = letter;
        }
        parts.push(word);
    }
    parts
}

#[test]
fn words_are_split_from_identifiers() {
    assert_eq!(parts("with_holes"), ["with", "holes"]);
    assert_eq!(parts("HoleKind"), ["hole", "kind"]);
    assert_eq!(parts("LAZYAST_CACHE_LOWER"), ["lazyast", "cache", "lower"]);
}

#[test]
fn replaced_words_are_gone() {
    let replaced = Replaced::read();
    let mut found = BTreeMap::new();
    let mut used = BTreeSet::new();
    for path in tracked().into_iter().filter(|path| !is_skipped(path)) {
        let Ok(text) = fs::read_to_string(workspace().join(&path)) else { continue };
        // The glossary itself names what it replaces.
        let (text, rest) = match (path.as_str(), text.split_once("\n## Glossary\n")) {
            ("ARCHITECTURE.md", Some((before, after))) => {
                let (_, rest) = after.split_once("\n## ").unwrap_or_default();
                (before.to_owned(), rest.to_owned())
            }
            _ => (text, String::new()),
        };
        for (number, line) in text.lines().chain(rest.lines()).enumerate() {
            for word in replaced.in_line(line) {
                // In prose, the name of a type may be a word with its usual meaning.
                if replaced.types.contains(&word) && !path.ends_with(".rs") && !path.ends_with(".py") {
                    continue;
                }
                let exempt = |(listed, place, _): &(&str, &str, &str)| {
                    *listed == word && (*place == path || place.ends_with('/') && path.starts_with(place))
                };
                if let Some((word, place, _)) = ALLOWED.iter().find(|entry| exempt(entry)) {
                    used.insert(format!("{word} in {place}"));
                } else {
                    println!("{path}:{}: {word}: {}", number + 1, line.trim());
                    *found.entry(format!("{word} in {path}")).or_insert(0) += 1;
                }
            }
        }
        for word in replaced.in_line(&path) {
            println!("{path}: {word}");
            found.insert(format!("{word} in the path {path}"), 1);
        }
    }
    let listed = ALLOWED.iter().map(|(word, place, _)| format!("{word} in {place}")).collect();
    let found = found.into_keys().chain(used).collect();
    compare(found, listed, "words that ARCHITECTURE.md's glossary replaces");
}
