//! All vectors: the files and their content.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use lazyast_format::Builder;
use lazyast_parse::Parser;

use crate::patch::Patch;
use crate::{built, example, invalid, packs};

/// The directory of the workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are one directory below the workspace")
}

/// The directory of this format version's vectors.
pub fn directory() -> PathBuf {
    workspace().join("format-spec/vectors/v2")
}

/// Every archive by its path in [`directory`].
pub fn all() -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut archives = BTreeMap::new();
    let mut valid = BTreeMap::new();
    let mut parser = Parser::new();
    for source in sources()? {
        let archive = archive(&mut parser, &source)?;
        let name = source.file_stem().context("a source has a name")?.to_owned();
        archives.insert(Path::new("valid").join(&name).with_extension("lazyast"), archive.clone());
        valid.insert(name, archive);
    }
    let mut builder = Builder::new();
    for (name, make) in built::ALL {
        archives.insert(Path::new("built").join(name).with_extension("lazyast"), make(&mut builder));
    }
    for (rule, what, make) in built::INVALID {
        let path = Path::new("invalid").join(format!("{rule}-{what}.lazyast"));
        archives.insert(path, make(&mut builder));
    }
    for vector in invalid::ALL {
        let base = valid.get(vector.base.as_ref() as &std::ffi::OsStr);
        let mut patch = Patch::new(base.with_context(|| format!("no valid vector {}", vector.base))?);
        (vector.change)(&mut patch);
        let mut bytes = patch.finish();
        if vector.rule == lazyast_format::verify::Rule::Checksum {
            bytes[48] ^= 1;
        }
        archives.insert(Path::new("invalid").join(vector.file_name()), bytes);
    }
    Ok(archives)
}

/// The directory of packs and the files beside them.
pub fn pack_directory() -> PathBuf {
    workspace().join("format-spec/vectors/packs")
}

/// Every pack, identifier index and file state by its path in [`pack_directory`].
fn all_packs(archives: &BTreeMap<PathBuf, Vec<u8>>) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut sources = BTreeMap::new();
    for name in packs::ARCHIVES {
        let path = Path::new("valid").join(name);
        let source = fs::read(directory().join(path.with_extension("py")))?;
        sources.insert(name, (source, archives[&path.with_extension("lazyast")].clone()));
    }
    packs::all(&sources)
}

/// The sources of the valid vectors, sorted.
pub fn sources() -> Result<Vec<PathBuf>> {
    let directory = directory().join("valid");
    let mut sources: Vec<PathBuf> =
        fs::read_dir(&directory)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    sources.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    sources.sort();
    Ok(sources)
}

fn archive(parser: &mut Parser, path: &Path) -> Result<Vec<u8>> {
    let source = fs::read(path)?;
    let archive = parser.parse(&source, blake3::hash(&source).as_bytes());
    Ok(archive.with_context(|| format!("{} is not supported", path.display()))?.to_vec())
}

/// Every file that is generated, with its content.
pub fn outputs() -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let archives = all()?;
    let document = workspace().join("format-spec/FORMAT.md");
    let mut outputs = BTreeMap::new();
    if let Ok(text) = fs::read_to_string(&document) {
        let source = fs::read_to_string(directory().join("valid/example.py"))?;
        let archive = &archives[&PathBuf::from("valid/example.lazyast")];
        outputs.insert(document, example::update(&text, &source, archive)?.into_bytes());
    }
    let packs = all_packs(&archives)?.into_iter();
    outputs.extend(packs.map(|(path, bytes)| (pack_directory().join(path), bytes)));
    outputs.extend(archives.into_iter().map(|(path, bytes)| (directory().join(path), bytes)));
    Ok(outputs)
}

/// Vectors in the directories that are no longer generated.
pub fn leftovers(outputs: &BTreeMap<PathBuf, Vec<u8>>) -> Result<Vec<PathBuf>> {
    let mut leftovers = Vec::new();
    let archives = ["valid", "built", "invalid"].map(|part| directory().join(part));
    for directory in archives.into_iter().chain(["valid", "invalid"].map(|part| pack_directory().join(part)))
    {
        let Ok(entries) = fs::read_dir(directory) else { continue };
        for entry in entries {
            let path = entry?.path();
            let is_source = path.extension().is_some_and(|extension| extension == "py");
            if !is_source && !outputs.contains_key(&path) {
                leftovers.push(path);
            }
        }
    }
    Ok(leftovers)
}
