//! Every target with its seeds, its regressions, and some thousand mutations of the seeds: what the stable toolchain
//! can do of fuzzing. Where a mutation fails, the test prints it in the form of a regression.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::panic;
use std::time::{Duration, Instant};

use lazyast_fuzz::{Mutator, TARGETS, seeds};

/// Enough for a look; `nox -s fuzz` takes longer.
const MUTATIONS: usize = 4000;
const MAX_TIME: Duration = Duration::from_secs(3);

fn run(name: &str) {
    let (_, target) = TARGETS.iter().find(|(known, _)| *known == name).unwrap();
    let call = |input: &[u8]| {
        if let Err(panicked) = panic::catch_unwind(|| target(input)) {
            eprintln!("target {name} fails with the {} bytes {input:?}", input.len());
            panic::resume_unwind(panicked);
        }
    };
    let seeds = seeds::of(name).unwrap();
    assert!(seeds.len() >= 3, "{name} has {} seeds", seeds.len());
    seeds::regressions(name).unwrap().iter().chain(&seeds).for_each(|input| call(input));
    let mut mutator = Mutator::new(1);
    let started = Instant::now();
    for _ in 0..MUTATIONS {
        let mut input = seeds[mutator.below(seeds.len())].clone();
        mutator.mutate(&mut input);
        call(&input);
        if started.elapsed() > MAX_TIME {
            break;
        }
    }
}

#[test]
fn archive() {
    run("archive");
}

#[test]
fn pack() {
    run("pack");
}

#[test]
fn cache() {
    run("cache");
}

#[test]
fn source() {
    run("source");
}

#[test]
fn query() {
    run("query");
}
