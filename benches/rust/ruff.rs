//! Parses every Python source of a directory with ruff's parser alone, on one thread, and prints `path:1` for each that is
//! valid: a contestant of `benches/compare`.
#![forbid(unsafe_code)]

use std::error::Error;
use std::path::PathBuf;

use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: ruff-parser DIRECTORY")?);
    for path in lazyast::find_sources(&[directory], &Default::default()).0 {
        let source = std::fs::read_to_string(&path)?;
        if parse_unchecked(&source, ParseOptions::from(Mode::Module)).has_valid_syntax() {
            println!("{}:1", path.display());
        }
    }
    Ok(())
}
