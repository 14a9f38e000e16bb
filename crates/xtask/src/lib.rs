//! Every file that follows from `format-spec/schema`: the tables of the format crate, of the reader in Python and of
//! FORMAT.md.
//!
//! `cargo xtask generate` writes them. A test of the workspace calls [`outputs`] and compares, so that nothing has to
//! build and start the program.
#![forbid(unsafe_code)]

mod document;
mod history;
mod python;
mod rust;
mod schema;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Generates every file. Returns the path and the text of each.
pub fn outputs() -> Result<Vec<(PathBuf, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .context("the workspace is two directories up")?;
    let schema = schema::Schema::parse(&fs::read_to_string(root.join("format-spec/schema"))?)?;
    let format = root.join("crates/lazyast-format/src");
    let document = root.join("format-spec/FORMAT.md");
    let history = root.join("format-spec/history");
    let older = history::revisions(&history, &schema)?;
    let mut outputs: Vec<(PathBuf, String)> = vec![
        (history::path(&history, schema.format, schema.revision), schema.significant.clone()),
        (format.join("schema/generated/codes.rs"), rust::codes(&schema, &older)?),
        (format.join("schema/generated/kinds.rs"), rust::kinds(&schema)?),
        (format.join("layout/generated/asserts.rs"), rust::asserts(&schema)?),
        (format.join("layout/generated/view.rs"), rust::view(&schema)?),
        (root.join("tests/reader/tables.py"), python::tables(&schema, &older)),
    ];
    if document.exists() {
        outputs.push((document.clone(), document::update(&fs::read_to_string(&document)?, &schema)?));
    }
    Ok(outputs)
}
