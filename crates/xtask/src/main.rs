//! `cargo xtask generate` writes every file that follows from `format-spec/schema`;
//! `cargo xtask generate --check` writes nothing and fails if a file is not up to date.
//! `cargo xtask vectors [--check]` does the same for the test vectors. They need crates of which the first command
//! generates a part, so a program of the test crate writes them.

use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["generate"] => generate(false),
        ["generate", "--check"] => generate(true),
        ["vectors", rest @ ..] => vectors(rest),
        _ => bail!("usage: cargo xtask generate|vectors [--check]"),
    }
}

fn vectors(arguments: &[&str]) -> Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["run", "--quiet", "--package", "lazyast-tests", "--bin", "vectors", "--"])
        .args(arguments)
        .status()
        .context("could not start cargo")?;
    ensure!(status.success(), "the program that writes the vectors failed");
    Ok(())
}

fn generate(check: bool) -> Result<()> {
    let mut stale = Vec::new();
    for (path, text) in xtask::outputs()? {
        if fs::read_to_string(&path).ok().as_deref() == Some(text.as_str()) {
            continue;
        }
        if check {
            stale.push(path.display().to_string());
        } else {
            fs::create_dir_all(path.parent().context("every output is in a directory")?)?;
            fs::write(&path, text)?;
            println!("wrote {}", path.display());
        }
    }
    if !stale.is_empty() {
        bail!("not up to date with the schema: {}\nhint: run `cargo xtask generate`", stale.join(", "));
    }
    Ok(())
}
