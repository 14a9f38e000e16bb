//! Benchmarks of the Rust side over a directory of Python sources:
//!
//! ```text
//! cargo run --release -p lazyast-benches -- DIRECTORY [ROUNDS [WORD...]]
//! ```
//!
//! All rows are measured in turn, round after round, so that what else the machine does falls on all of
//! them; the medians and their ratios to the first row, ruff's bare parse, are printed. With words, only rows that have
//! one of them in their names are measured. Each row asserts its work. A second table
//! has questions to an open project, with their hits.
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
    ask(&corpus, rounds);
}

/// The second table: questions to the project.
fn ask(corpus: &rows::Corpus, rounds: usize) {
    let opened = rows::Opened::new(corpus);
    let mut answers = vec![Vec::new(); rows::QUESTIONS.len()];
    for _ in 0..rounds {
        for (question, answers) in rows::QUESTIONS.iter().zip(&mut answers) {
            answers.push(opened.ask(question));
        }
    }
    println!("\n{:52} {:>10} {:>10} {:>10}", "open project", "ms", "MLoC/s", "hits");
    for (question, answers) in rows::QUESTIONS.iter().zip(&answers) {
        let hits = answers[0].0;
        assert!(answers.iter().all(|answer| answer.0 == hits), "{}: not always as many hits", question.text);
        let mut times: Vec<Duration> = answers.iter().map(|answer| answer.1).collect();
        let seconds = median(&mut times).as_secs_f64();
        let lines = corpus.lines as f64 / seconds / 1e6;
        println!("{:52} {:10.2} {lines:10.0} {hits:10}", question.text, seconds * 1e3);
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
