//! `cargo xtask vectors` writes the test vectors and the worked example of FORMAT.md;
//! `cargo xtask vectors --check` writes nothing and fails where a file is not what it would write.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs};

use anyhow::{Result, bail};
use lazyast_tests::{example, vectors};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let check = match words.as_slice() {
        [] => false,
        ["--check"] => true,
        _ => bail!("usage: cargo xtask vectors [--check]"),
    };
    let outputs = outputs()?;
    let mut wrong = Vec::new();
    for (path, bytes) in &outputs {
        if fs::read(path).ok().as_ref() == Some(bytes) {
            continue;
        }
        wrong.push(path.clone());
        if !check {
            fs::create_dir_all(path.parent().expect("every output is in a folder"))?;
            fs::write(path, bytes)?;
            println!("wrote {}", path.display());
        }
    }
    for path in strangers(&outputs)? {
        if !check {
            fs::remove_file(&path)?;
            println!("removed {}", path.display());
        }
        wrong.push(path);
    }
    if check && !wrong.is_empty() {
        bail!("not what the vectors' definitions give: {wrong:?}\nhint: run `cargo xtask vectors`");
    }
    Ok(())
}

/// Every file that is made, with what should be in it.
fn outputs() -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let archives = vectors::all()?;
    let document = vectors::workspace().join("format-spec/FORMAT.md");
    let mut outputs = BTreeMap::new();
    if let Ok(text) = fs::read_to_string(&document) {
        let source = fs::read_to_string(vectors::folder().join("valid/example.py"))?;
        let archive = &archives[&PathBuf::from("valid/example.lazyast")];
        outputs.insert(document, example::update(&text, &source, archive)?.into_bytes());
    }
    outputs.extend(archives.into_iter().map(|(path, bytes)| (vectors::folder().join(path), bytes)));
    Ok(outputs)
}

/// Archives in the folder that nothing makes any more.
fn strangers(outputs: &BTreeMap<PathBuf, Vec<u8>>) -> Result<Vec<PathBuf>> {
    let mut strangers = Vec::new();
    for part in ["valid", "built", "invalid"] {
        let Ok(entries) = fs::read_dir(vectors::folder().join(part)) else { continue };
        for entry in entries {
            let path = entry?.path();
            let archive = path.extension().is_some_and(|extension| extension == "lazyast");
            if archive && !outputs.contains_key(&path) {
                strangers.push(path);
            }
        }
    }
    Ok(strangers)
}
