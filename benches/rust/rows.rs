//! The rows of both tables, and the corpus that they work on.

use std::cell::OnceCell;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use lazyast::{Cache, ChangeDetection, Project, Query, QueryError, WarmOptions};
use lazyast_format::Tree;
use lazyast_parse::Parser;
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

use crate::timed;

/// The supported sources of a directory, in memory, and their archives.
pub(crate) struct Corpus {
    directory: PathBuf,
    cache: OnceCell<tempfile::TempDir>,
    pub(crate) sources: Vec<Vec<u8>>,
    archives: Vec<lazyast_format::layout::Buffer>,
    pub(crate) lines: u64,
    pub(crate) nodes: u64,
    pub(crate) bytes: usize,
    pub(crate) archive_bytes: usize,
}

impl Corpus {
    pub(crate) fn read(directory: &Path) -> Self {
        let mut corpus = Self {
            directory: directory.to_owned(),
            cache: OnceCell::new(),
            sources: Vec::new(),
            archives: Vec::new(),
            lines: 0,
            nodes: 0,
            bytes: 0,
            archive_bytes: 0,
        };
        let mut parser = Parser::new();
        for path in lazyast::find_sources(&[directory.to_owned()], &Default::default()).0 {
            let Ok(source) = std::fs::read(path) else { continue };
            // ruff's parser takes UTF-8 only, and all rows must have the same sources.
            let Ok(archive) = parser.parse(&source, &[0; 32]) else { continue };
            if std::str::from_utf8(&source).is_err() {
                continue;
            }
            let tree = Tree::open(archive, None).expect("the builder writes archives that can be opened");
            corpus.lines += u64::from(tree.line_count());
            corpus.nodes += u64::from(tree.len());
            corpus.bytes += source.len();
            corpus.archive_bytes += archive.len();
            let mut copy = lazyast_format::layout::Buffer::with_capacity(archive.len());
            copy.extend_from_slice(archive);
            corpus.archives.push(copy);
            corpus.sources.push(source);
        }
        assert!(corpus.nodes > 0, "no Python sources under {}", directory.display());
        corpus
    }

    fn trees(&self) -> impl Iterator<Item = Tree<'_>> {
        self.archives.iter().map(|archive| Tree::open(archive, None).expect("the archive was opened before"))
    }
}

/// A row of the first table. All rows are compared with the first one.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Corpus) -> Duration,
}

pub(crate) const ROWS: &[Row] = &[
    Row { name: "ruff: parse and drop, sources in memory", run: ruff },
    Row { name: "lazyast: source to archive, in memory", run: archive },
    Row { name: "lazyast: warm, cold cache, 1 thread", run: |corpus| warm(corpus, 1) },
    Row { name: "lazyast: warm, cold cache, 2 threads", run: |corpus| warm(corpus, 2) },
    Row { name: "read and hash every source", run: read_and_hash },
    Row {
        name: "lazyast: warm again, by content",
        run: |corpus| warm_again(corpus, ChangeDetection::Content),
    },
    Row { name: "lazyast: warm again, by stat", run: |corpus| warm_again(corpus, ChangeDetection::Stat) },
    Row {
        name: "lazyast: open again, by content",
        run: |corpus| open_again(corpus, ChangeDetection::Content),
    },
    Row { name: "lazyast: open again, by stat", run: |corpus| open_again(corpus, ChangeDetection::Stat) },
    Row { name: "format: open every archive", run: open },
    Row { name: "format: decode every node", run: decode },
    Row { name: "format: verify every archive", run: verify },
];

fn ruff(corpus: &Corpus) -> Duration {
    let texts: Vec<&str> =
        corpus.sources.iter().filter_map(|source| std::str::from_utf8(source).ok()).collect();
    let (statements, time) = timed(|| {
        texts
            .iter()
            .map(|text| {
                let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
                black_box(parsed.tokens().len())
            })
            .sum::<usize>()
    });
    assert!(statements > corpus.sources.len());
    time
}

fn archive(corpus: &Corpus) -> Duration {
    let mut parser = Parser::new();
    let mut length =
        |source: &Vec<u8>| parser.parse(source, blake3::hash(source).as_bytes()).map_or(0, <[u8]>::len);
    let (bytes, time) =
        timed(|| lazyast_parse::with_stack_for_all(|| corpus.sources.iter().map(&mut length).sum::<usize>()));
    assert_eq!(bytes, corpus.archive_bytes);
    time
}

fn warm(corpus: &Corpus, jobs: usize) -> Duration {
    let directory = tempfile::tempdir().expect("the temporary directory is writable");
    let cache = Cache::at(directory.path().to_owned()).expect("the directory is writable");
    let paths = [corpus.directory.clone()];
    let (report, time) = timed(|| {
        lazyast::warm(&cache, &paths, WarmOptions { jobs: Some(jobs), ..WarmOptions::default() }, &|_| {})
    });
    assert!(report.cached == 0 && report.new >= corpus.sources.len() && report.unwritten.is_none());
    time
}

fn warm_again(corpus: &Corpus, change_detection: ChangeDetection) -> Duration {
    let directory = tempfile::tempdir().expect("the temporary directory is writable");
    let paths = [corpus.directory.clone()];
    let options = WarmOptions { change_detection, ..WarmOptions::default() };
    let open = || Cache::at(directory.path().to_owned()).expect("the directory is writable");
    lazyast::warm(&open(), &paths, options.clone(), &|_| {});
    let (report, time) = timed(|| lazyast::warm(&open(), &paths, options.clone(), &|_| {}));
    assert!(report.new == 0 && report.cached >= corpus.sources.len());
    assert_eq!(report.unread > 0, change_detection == ChangeDetection::Stat);
    time
}

/// Opens a project that is in the cache; all rounds share the cache.
fn open_again(corpus: &Corpus, change_detection: ChangeDetection) -> Duration {
    let paths = [corpus.directory.clone()];
    let options = WarmOptions { change_detection, ..WarmOptions::default() };
    let cache = || {
        let directory =
            corpus.cache.get_or_init(|| tempfile::tempdir().expect("the temporary directory is writable"));
        Cache::at(directory.path().to_owned()).expect("the directory is writable")
    };
    Project::open(&cache(), &paths, options.clone());
    let (project, time) = timed(|| Project::open(&cache(), &paths, options.clone()));
    assert!(project.report().new == 0 && project.modules().len() >= corpus.sources.len());
    assert_eq!(project.report().unread > 0, change_detection == ChangeDetection::Stat);
    time
}

/// The lower bound for detecting changes by content: reading and hashing, on all processors.
fn read_and_hash(corpus: &Corpus) -> Duration {
    let (paths, _) = lazyast::find_sources(std::slice::from_ref(&corpus.directory), &Default::default());
    let jobs = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut source = Vec::new();
        let mut hashed = 0;
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            if lazyast::read_source(path, &mut source).is_ok() {
                black_box(blake3::hash(&source));
                hashed += 1;
            }
        }
        hashed
    };
    let (hashed, time) = timed(|| {
        thread::scope(|scope| {
            let others: Vec<_> = (1..jobs).map(|_| scope.spawn(worker)).collect();
            worker() + others.into_iter().map(|other| other.join().unwrap_or(0)).sum::<usize>()
        })
    });
    assert!(hashed >= corpus.sources.len());
    time
}

fn open(corpus: &Corpus) -> Duration {
    let (nodes, time) = timed(|| corpus.trees().map(|tree| u64::from(tree.len())).sum::<u64>());
    assert_eq!(nodes, corpus.nodes);
    time
}

fn decode(corpus: &Corpus) -> Duration {
    let (nodes, time) = timed(|| {
        let count = |nodes, row: lazyast_format::read::NodeRow| black_box((nodes + 1, row.end)).0;
        corpus.trees().map(|tree| tree.rows().map_while(Result::ok).fold(0_usize, count)).sum::<usize>()
    });
    assert_eq!(nodes as u64, corpus.nodes);
    time
}

fn verify(corpus: &Corpus) -> Duration {
    let (intact, time) = timed(|| {
        corpus.archives.iter().filter(|archive| lazyast_format::verify::verify(archive).is_ok()).count()
    });
    assert_eq!(intact, corpus.archives.len());
    time
}

/// A query over an open project. Its hits are counted.
pub(crate) struct BenchQuery {
    pub(crate) text: &'static str,
    compile: fn(&str) -> Result<Query, QueryError>,
}

pub(crate) const QUERIES: &[BenchQuery] = &[
    BenchQuery { text: "FunctionDef", compile: lazyast::selector },
    BenchQuery { text: "print($$$)", compile: lazyast::pattern },
    BenchQuery { text: "zipimport.zipimporter($$$)", compile: lazyast::pattern },
    BenchQuery { text: "$X.append($Y)", compile: lazyast::pattern },
    BenchQuery { text: "$X == $X", compile: lazyast::pattern },
    BenchQuery { text: "ClassDef > FunctionDef[name=/^test_/]:has(Yield)", compile: lazyast::selector },
];

/// A project of the corpus, with every archive open.
pub(crate) struct OpenProject {
    project: Project,
    _cache: tempfile::TempDir,
}

impl OpenProject {
    pub(crate) fn new(corpus: &Corpus) -> Self {
        let directory = tempfile::tempdir().expect("the temporary directory is writable");
        let cache = Cache::at(directory.path().to_owned()).expect("the directory is writable");
        let open = || Project::open(&cache, std::slice::from_ref(&corpus.directory), WarmOptions::default());
        open();
        let project = Self { project: open(), _cache: directory };
        let modules = BenchQuery { text: "Module", compile: lazyast::selector };
        assert!(project.search(&modules).0 >= corpus.sources.len());
        project
    }

    pub(crate) fn search(&self, query: &BenchQuery) -> (usize, Duration) {
        let query = (query.compile)(query.text).expect("the query is valid");
        let (results, time) = timed(|| self.project.search(&query, None, |_, _, hits| hits.len()));
        let hits = results.into_iter().map(|(_, hits)| hits.expect("every archive is intact"));
        (hits.sum(), time)
    }
}
