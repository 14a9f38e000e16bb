//! Running work on several threads.
//!
//! All parallel work of the crate but streams goes through [`join_all`]: scoped threads, of which the calling thread is one, so
//! that a single worker starts no thread. A panic of a worker continues in the caller.

use std::ops::Range;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Upper limit of the number of threads, whatever the caller requests.
const MAX_THREADS: usize = 256;

/// The number of threads: the requested one, or the number of processors.
pub(crate) fn thread_count(requested: Option<usize>) -> usize {
    let processors = || thread::available_parallelism().map_or(1, usize::from);
    requested.unwrap_or_else(processors).clamp(1, MAX_THREADS)
}

/// Hands out the indices below a limit, each once, to any number of threads.
pub(crate) struct IndexQueue {
    next: AtomicUsize,
    end: usize,
}

impl IndexQueue {
    pub(crate) fn new(end: usize) -> Self {
        Self { next: AtomicUsize::new(0), end }
    }

    /// The next indices, at most `count` of them; `None` after the last one.
    pub(crate) fn take(&self, count: usize) -> Option<Range<usize>> {
        let first = self.next.fetch_add(count, Ordering::Relaxed);
        (first < self.end).then(|| first..(first + count).min(self.end))
    }
}

/// Runs the same worker on a number of threads and concatenates the results.
pub(crate) fn run_on_threads<R: Send>(threads: usize, worker: impl Fn() -> Vec<R> + Sync) -> Vec<R> {
    let worker = &worker;
    join_all((0..threads.max(1)).map(|_| move || worker()))
}

/// Maps each index below `count` to a value or nothing, and gives the values in the order of their indices.
pub(crate) fn filter_map_indices<T: Send>(
    count: usize,
    threads: usize,
    map: impl Fn(usize) -> Option<T> + Sync,
) -> Vec<(usize, T)> {
    /// Indices that a thread takes at a time.
    const BATCH: usize = 16;
    let queue = IndexQueue::new(count);
    let mut results = run_on_threads(threads, || {
        let mut results = Vec::new();
        while let Some(batch) = queue.take(BATCH) {
            results.extend(batch.filter_map(|index| Some((index, map(index)?))));
        }
        results
    });
    // The stable sort finds the ascending results of each thread, and merges them.
    results.sort_by_key(|(index, _)| *index);
    results
}

/// Maps each index below `count`, and passes the values on in the order of their indices. On one thread, each value is passed
/// on before the next one is made; on several, all are made first.
pub(crate) fn for_each_in_order<T: Send, E>(
    count: usize,
    threads: usize,
    map: impl Fn(usize) -> T + Sync,
    mut pass_on: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    if threads <= 1 {
        return (0..count).try_for_each(|index| pass_on(index, map(index)));
    }
    let mapped = filter_map_indices(count, threads, |index| Some(map(index)));
    mapped.into_iter().try_for_each(|(index, value)| pass_on(index, value))
}

/// Maps consecutive chunks of a list, one per thread, and concatenates the results in the order of the items.
///
/// Chunks have at least `min_chunk` items: starting a thread for fewer takes longer than the work.
pub(crate) fn map_chunks<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    min_chunk: usize,
    map: impl Fn(&[T]) -> Vec<R> + Sync,
) -> Vec<R> {
    let chunk_len = items.len().div_ceil(threads.max(1)).max(min_chunk);
    let map = &map;
    join_all(items.chunks(chunk_len).map(|chunk| move || map(chunk)))
}

/// Runs the first worker on this thread and each other one on a thread of its own.
fn join_all<R: Send, W: FnOnce() -> Vec<R> + Send>(mut workers: impl Iterator<Item = W>) -> Vec<R> {
    let Some(own) = workers.next() else { return Vec::new() };
    thread::scope(|scope| {
        let others: Vec<_> = workers.map(|worker| scope.spawn(worker)).collect();
        let mut results = own();
        for other in others {
            results.extend(other.join().unwrap_or_else(|payload| panic::resume_unwind(payload)));
        }
        results
    })
}

#[cfg(test)]
mod tests {
    use super::{filter_map_indices, map_chunks};

    #[test]
    fn results_are_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..1000).collect();
        for threads in [1, 2, 7] {
            let doubled =
                map_chunks(&items, threads, 10, |chunk| chunk.iter().map(|item| item * 2).collect());
            assert!(doubled.iter().enumerate().all(|(index, item)| *item == 2 * index), "{threads} threads");
            let even = filter_map_indices(1000, threads, |index| (index % 2 == 0).then_some(index));
            assert!(even.iter().enumerate().all(|(index, item)| *item == (2 * index, 2 * index)));
            assert_eq!(even.len(), 500);
        }
        assert_eq!(map_chunks(&[0; 0], 4, 10, |chunk| chunk.to_vec()), [0; 0]);
    }
}
