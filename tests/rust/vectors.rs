//! All vectors: what files there are and what is in them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use lazyast_format::Builder;
use lazyast_parse::Parser;

use crate::patch::Patch;
use crate::{built, invalid};

/// The workspace's folder.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are one folder down")
}

/// Where this format version's vectors are.
pub fn folder() -> PathBuf {
    workspace().join("format-spec/vectors/v1")
}

/// Every archive by its path in [`folder`].
pub fn all() -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut archives = BTreeMap::new();
    let mut sound = BTreeMap::new();
    let mut parser = Parser::new();
    for source in sources()? {
        let archive = archive(&mut parser, &source)?;
        let name = source.file_stem().context("a source has a name")?.to_owned();
        archives.insert(Path::new("valid").join(&name).with_extension("lazyast"), archive.clone());
        sound.insert(name, archive);
    }
    let mut builder = Builder::new();
    for (name, make) in built::ALL {
        archives.insert(Path::new("built").join(name).with_extension("lazyast"), make(&mut builder));
    }
    for vector in invalid::ALL {
        let base = sound.get(vector.base.as_ref() as &std::ffi::OsStr);
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

/// The sources of the valid vectors, sorted.
pub fn sources() -> Result<Vec<PathBuf>> {
    let folder = folder().join("valid");
    let mut sources: Vec<PathBuf> =
        fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    sources.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    sources.sort();
    Ok(sources)
}

fn archive(parser: &mut Parser, path: &Path) -> Result<Vec<u8>> {
    let source = fs::read(path)?;
    let archive = parser.parse(&source, blake3::hash(&source).as_bytes());
    Ok(archive.with_context(|| format!("{} is not served", path.display()))?.to_vec())
}
