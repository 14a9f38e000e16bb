//! Benchmarks of the Rust side over a directory of Python sources:
//!
//! ```text
//! cargo run --profile dist -p lazyast-benches -- DIRECTORY [ROUNDS [WORD...]]
//! ```
//!
//! Every round measures all rows once, so that other load on the machine affects all of them alike. The table has the
//! medians and their ratios to the first row, which is ruff's parser alone. Each row asserts that its work was done. A
//! second table has queries over an open project, with their numbers of hits. With words, only rows and queries that
//! contain one of them are measured.
#![forbid(unsafe_code)]

mod rows;

use std::path::PathBuf;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: lazyast::ArenaAllocator<mimalloc::MiMalloc> =
    lazyast::ArenaAllocator::new(mimalloc::MiMalloc);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(directory) = arguments.next().map(PathBuf::from) else {
        eprintln!("usage: lazyast-bench DIRECTORY [ROUNDS [WORD...]]");
        std::process::exit(2);
    };
    let rounds: usize = arguments.next().and_then(|rounds| rounds.parse().ok()).unwrap_or(9);
    let words: Vec<String> = arguments.collect();
    let is_selected = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word));
    let selected: Vec<_> = rows::ROWS.iter().filter(|row| is_selected(row.name)).collect();
    let queries: Vec<_> = rows::QUERIES.iter().filter(|query| is_selected(query.text)).collect();
    if selected.is_empty() && queries.is_empty() {
        eprintln!("no row and no query has one of these words");
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
    let mut times = vec![Vec::new(); selected.len()];
    for _ in 0..rounds {
        for (row, times) in selected.iter().zip(&mut times) {
            times.push((row.run)(&corpus));
        }
    }
    let medians: Vec<Duration> = times.iter_mut().map(|times| median(times)).collect();
    println!("{:44} {:>10} {:>10} {:>8}", "", "ms", "MLoC/s", "to first");
    for (row, median) in selected.iter().zip(&medians) {
        let seconds = median.as_secs_f64();
        println!(
            "{:44} {:10.1} {:10.2} {:7.2}x",
            row.name,
            seconds * 1e3,
            corpus.lines as f64 / seconds / 1e6,
            seconds / medians[0].as_secs_f64(),
        );
    }
    if !queries.is_empty() {
        measure_queries(&queries, &corpus, rounds);
    }
}

/// Prints the second table: queries over an open project.
fn measure_queries(queries: &[&rows::BenchQuery], corpus: &rows::Corpus, rounds: usize) {
    let project = rows::OpenProject::new(corpus);
    let mut results = vec![Vec::new(); queries.len()];
    for _ in 0..rounds {
        for (query, results) in queries.iter().zip(&mut results) {
            results.push(project.search(query));
        }
    }
    println!("\n{:52} {:>10} {:>10} {:>10}", "open project", "ms", "MLoC/s", "hits");
    for (query, results) in queries.iter().zip(&results) {
        let hits = results[0].0;
        assert!(
            results.iter().all(|result| result.0 == hits),
            "{}: the number of hits differs between rounds",
            query.text
        );
        let mut times: Vec<Duration> = results.iter().map(|result| result.1).collect();
        let seconds = median(&mut times).as_secs_f64();
        let lines = corpus.lines as f64 / seconds / 1e6;
        println!("{:52} {:10.2} {lines:10.0} {hits:10}", query.text, seconds * 1e3);
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Runs work and measures its time.
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = Instant::now();
    let result = work();
    (result, started.elapsed())
}
