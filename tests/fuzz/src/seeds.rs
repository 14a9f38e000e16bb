//! Inputs to begin with: the test vectors, the snippets of the Python tests, and the examples of docs/queries.md.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use lazyast_format::Header;
use lazyast_store::PackWriter;

/// The directory of the workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the crate is two directories down")
}

/// The seeds of a target.
pub fn of(target: &str) -> Result<Vec<Vec<u8>>> {
    match target {
        "archive" => archives(&["valid", "built", "invalid"]),
        "pack" => packs(),
        "source" => sources(),
        "query" => queries(),
        other => anyhow::bail!("there is no target {other}"),
    }
}

/// Inputs that have once failed.
pub fn regressions(target: &str) -> Result<Vec<Vec<u8>>> {
    let directory = workspace().join("tests/fuzz/regressions").join(target);
    if directory.is_dir() { contents(&directory, "") } else { Ok(Vec::new()) }
}

/// The contents of all files in a directory whose names end like this, in the order of their names.
fn contents(directory: &Path, suffix: &str) -> Result<Vec<Vec<u8>>> {
    let entries = fs::read_dir(directory).with_context(|| directory.display().to_string())?;
    let mut paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.retain(|path| path.to_string_lossy().ends_with(suffix));
    paths.sort();
    paths.iter().map(|path| Ok(fs::read(path)?)).collect()
}

fn archives(directories: &[&str]) -> Result<Vec<Vec<u8>>> {
    let mut archives = Vec::new();
    for directory in directories {
        let directory = workspace().join("format-spec/vectors/v1").join(directory);
        archives.extend(contents(&directory, ".lazyast")?);
    }
    Ok(archives)
}

fn sources() -> Result<Vec<Vec<u8>>> {
    let mut sources = contents(&workspace().join("format-spec/vectors/v1/valid"), ".py")?;
    sources.extend(contents(&workspace().join("tests/python/snippets"), ".py")?);
    Ok(sources)
}

/// Packs of one, three and all archives.
fn packs() -> Result<Vec<Vec<u8>>> {
    let archives = archives(&["valid"])?;
    let directory = tempfile::tempdir()?;
    let mut packs = Vec::new();
    for count in [1, 3, archives.len()] {
        let mut writer = PackWriter::new(directory.path())?;
        for archive in &archives[..count] {
            writer.add_built_at(&Header::parse(archive, None)?.source_hash, archive, 1)?;
        }
        packs.push(fs::read(writer.publish()?)?);
    }
    Ok(packs)
}

/// The examples of docs/queries.md and of the comparison with the oracle, each as a pattern and as a selector.
fn queries() -> Result<Vec<Vec<u8>>> {
    let document = fs::read_to_string(workspace().join("docs/queries.md"))?;
    let corpus = fs::read_to_string(workspace().join("tests/queries/corpus_queries.py"))?;
    let examples = document.split('`').skip(1).step_by(2);
    let lines = corpus.lines().map(|line| line.trim().trim_end_matches(',').trim_matches(['"', '\'']));
    let texts = examples.chain(lines).filter(|text| !text.is_empty());
    Ok(texts.flat_map(|text| [0, 1].map(|language| [&[language], text.as_bytes()].concat())).collect())
}
