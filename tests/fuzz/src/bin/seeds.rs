//! `fuzz-seeds DIRECTORY` writes the seeds of every target, and the regressions, to `DIRECTORY/TARGET`.

use std::path::PathBuf;
use std::{env, fs};

use anyhow::{Context, Result};
use lazyast_fuzz::{TARGETS, seeds};

fn main() -> Result<()> {
    let directory = PathBuf::from(env::args_os().nth(1).context("usage: fuzz-seeds DIRECTORY")?);
    for (target, _) in TARGETS {
        let directory = directory.join(target);
        fs::create_dir_all(&directory)?;
        for (number, seed) in seeds::of(target)?.into_iter().chain(seeds::regressions(target)?).enumerate() {
            fs::write(directory.join(format!("seed-{number:03}")), seed)?;
        }
    }
    Ok(())
}
