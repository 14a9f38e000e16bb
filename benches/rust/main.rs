//! Benchmarks of the Rust side over a directory of Python sources:
//!
//! ```text
//! cargo run --release -p lazyast-benches -- DIRECTORY [ROUNDS [WORD...]]
//! ```
//!
//! All rows are measured in turn, round after round, so that what else the machine does falls on all of
//! them; the medians and their ratios to the first row, ruff's bare parse, are printed. With words, only rows that have
//! one of them in their names are measured. Each row asserts its work.
#![forbid(unsafe_code)]

mod rows;

use std::path::PathBuf;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(directory) = arguments.next().map(PathBuf::from) else {
        eprintln!("usage: lazyast-bench DIRECTORY [ROUNDS]");
        std::process::exit(2);
    };
    let rounds: usize = arguments.next().and_then(|rounds| rounds.parse().ok()).unwrap_or(9);
    let words: Vec<String> = arguments.collect();
    let is_wanted = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word));
    let wanted: Vec<_> = rows::ROWS.iter().filter(|row| is_wanted(row.name)).collect();
    if wanted.is_empty() {
        eprintln!("no row has any of these words in its name");
        std::process::exit(2);
    }
    let corpus = rows::Corpus::read(&directory);
    println!(
        "{}: {} files, {} lines, {} bytes, {} nodes; archives {} bytes ({:.3} times); medians of {rounds}\n",
        directory.display(),
        corpus.sources.len(),
        corpus.lines,
        corpus.bytes,
        corpus.nodes,
        corpus.archive_bytes,
        corpus.archive_bytes as f64 / corpus.bytes as f64,
    );
    let mut times = vec![Vec::new(); wanted.len()];
    for _ in 0..rounds {
        for (row, times) in wanted.iter().zip(&mut times) {
            times.push((row.run)(&corpus));
        }
    }
    let medians: Vec<Duration> = times.iter_mut().map(|times| median(times)).collect();
    println!("{:44} {:>10} {:>10} {:>8}", "", "ms", "MLoC/s", "to first");
    for (row, median) in wanted.iter().zip(&medians) {
        let seconds = median.as_secs_f64();
        println!(
            "{:44} {:10.1} {:10.2} {:7.2}x",
            row.name,
            seconds * 1e3,
            corpus.lines as f64 / seconds / 1e6,
            seconds / medians[0].as_secs_f64(),
        );
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// How long something takes. Making ready and checking stay outside.
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = Instant::now();
    let result = work();
    (result, started.elapsed())
}
