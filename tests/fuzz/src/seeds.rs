//! Inputs to begin with: the test vectors, the snippets of the Python tests, and the examples of docs/queries.md. Sources
//! and archives are those of single paragraphs as well, because small inputs take less time.

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
        "archive" => {
            let mut archives = archives(&["valid", "built", "invalid"])?;
            archives.extend(small_archives()?);
            Ok(archives)
        }
        "pack" => packs(),
        "cache" => cache_files(),
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
        let directory = workspace().join("format-spec/vectors/v2").join(directory);
        archives.extend(contents(&directory, ".lazyast")?);
    }
    Ok(archives)
}

fn sources() -> Result<Vec<Vec<u8>>> {
    let mut sources = contents(&workspace().join("format-spec/vectors/v2/valid"), ".py")?;
    sources.extend(contents(&workspace().join("tests/python/snippets"), ".py")?);
    let paragraphs: Vec<_> = sources.iter().flat_map(|source| paragraphs(source)).collect();
    sources.extend(paragraphs);
    sources.sort();
    sources.dedup();
    Ok(sources)
}

/// The parts of a source between empty lines, each with its line end.
fn paragraphs(source: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(source);
    let paragraphs = text.split("\n\n").map(|paragraph| paragraph.trim_matches('\n'));
    paragraphs
        .filter(|paragraph| !paragraph.is_empty())
        .map(|part| format!("{part}\n").into_bytes())
        .collect()
}

/// The archives of at most 2 KiB, as far as sources have one.
fn small_archives() -> Result<Vec<Vec<u8>>> {
    let trees = sources()?.into_iter().filter_map(|source| lazyast::parse(&source).ok());
    Ok(trees.map(|tree| tree.bytes().as_ref().to_vec()).filter(|archive| archive.len() <= 2048).collect())
}

/// The vectors, and packs of no, one, three and twelve small archives.
fn packs() -> Result<Vec<Vec<u8>>> {
    let mut archives = small_archives()?;
    archives.sort_by_key(Vec::len);
    let directory = tempfile::tempdir()?;
    let vectors = workspace().join("format-spec/vectors/packs");
    let mut packs = contents(&vectors.join("valid"), ".pack")?;
    packs.extend(contents(&vectors.join("invalid"), ".pack")?);
    for count in [0, 1, 3, 12] {
        let mut writer = PackWriter::new(directory.path())?;
        for archive in &archives[..count] {
            writer.add_built_at(&Header::parse(archive, None)?.source_hash, archive, 1)?;
        }
        packs.push(fs::read(writer.publish()?)?);
    }
    Ok(packs)
}

/// The vectors of identifier indexes and file states.
fn cache_files() -> Result<Vec<Vec<u8>>> {
    let vectors = workspace().join("format-spec/vectors/packs");
    let mut files = Vec::new();
    for directory in ["valid", "invalid"] {
        for suffix in [".names", ".fresh"] {
            files.extend(contents(&vectors.join(directory), suffix)?);
        }
    }
    Ok(files)
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
