//! `cargo xtask vectors` writes the test vectors and the worked example of FORMAT.md;
//! `cargo xtask vectors --check` writes nothing and fails if a file is not up to date.

use std::{env, fs};

use anyhow::{Result, bail};
use lazyast_tests::vectors::{leftovers, outputs};

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
            fs::create_dir_all(path.parent().expect("every output is in a directory"))?;
            fs::write(path, bytes)?;
            println!("wrote {}", path.display());
        }
    }
    for path in leftovers(&outputs)? {
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
