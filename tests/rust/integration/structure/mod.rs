//! Structure of the sources: names, circles, sizes, and what is written in one place alone.
//!
//! What is known to fall short stands in the list of each test, with the reason. A list may not hold what does not fall
//! short any more.

mod circles;
mod modules;
mod payloads;
mod sizes;
mod types;
mod words;

use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Command;

use lazyast_tests::vectors::workspace;
use syn::{Attribute, Meta};

/// All files that Git tracks, by their paths from the top, with `/` between directories.
fn tracked() -> Vec<String> {
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(workspace()).output().unwrap();
    assert!(output.status.success(), "these tests need a checkout: git ls-files fails");
    let text = String::from_utf8(output.stdout).unwrap();
    let files = text.split('\0').filter(|path| !path.is_empty()).map(str::to_owned);
    // A file that was deleted, and not yet committed, is still listed.
    files.filter(|path| workspace().join(path).is_file()).collect()
}

/// The Rust files below `crates/*/src`, with the crate's directory in front of each.
fn crate_sources() -> Vec<(String, PathBuf)> {
    let mut sources = Vec::new();
    for path in tracked() {
        let parts: Vec<_> = path.split('/').collect();
        if let ["crates", name, "src", ..] = parts[..]
            && path.ends_with(".rs")
        {
            sources.push((name.to_owned(), PathBuf::from(&path)));
        }
    }
    assert!(sources.len() > 100, "only {} sources are found", sources.len());
    sources
}

fn parsed(path: &Path) -> syn::File {
    let text = std::fs::read_to_string(workspace().join(path)).unwrap();
    syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Whether an item is compiled for tests alone.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        Meta::NameValue(_) => false,
    })
}

/// Fails for what was found and is not on the list, and for what is on the list and was not found.
fn compare<T: Ord + Display>(found: BTreeSet<T>, listed: BTreeSet<T>, complaint: &str) {
    let join = |items: Vec<&T>| items.iter().map(|item| format!("\n  {item}")).collect::<String>();
    let new = join(found.difference(&listed).collect());
    assert!(new.is_empty(), "{complaint}:{new}");
    let gone = join(listed.difference(&found).collect());
    assert!(gone.is_empty(), "listed as known, and not there any more; delete from the list:{gone}");
}
