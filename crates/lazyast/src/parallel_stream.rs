//! [`OrderedStream`]: results of consecutive jobs that threads compute ahead, in order and in bounded memory.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// The results of the jobs 0, 1, 2, ... in this order.
///
/// Threads start with the first result. They compute ahead of the caller, but only so far that no more than two results
/// for each of them wait. Once the stream is dropped, they end after their current job.
pub(crate) struct OrderedStream<T> {
    jobs: Arc<Jobs<T>>,
    threads: usize,
}

type Outcome<T> = Result<T, Box<dyn Any + Send>>;

struct Jobs<T> {
    run: Box<dyn Fn(usize) -> T + Send + Sync>,
    count: usize,
    /// How many jobs may have started and not been given to the caller.
    ahead: usize,
    progress: Mutex<JobProgress<T>>,
    changed: Condvar,
}

struct JobProgress<T> {
    /// The next job that nobody has started.
    unstarted: usize,
    /// The next job whose result the caller gets.
    next: usize,
    finished: BTreeMap<usize, Outcome<T>>,
    is_dropped: bool,
}

impl<T: Send + 'static> OrderedStream<T> {
    /// Runs `count` jobs on some threads. With one thread, this is the caller's.
    pub(crate) fn new(
        count: usize,
        threads: usize,
        run: impl Fn(usize) -> T + Send + Sync + 'static,
    ) -> Self {
        let threads = threads.min(count);
        let progress = JobProgress { unstarted: 0, next: 0, finished: BTreeMap::new(), is_dropped: false };
        let (progress, changed) = (Mutex::new(progress), Condvar::new());
        let jobs = Jobs { run: Box::new(run), count, ahead: 2 * threads, progress, changed };
        Self { jobs: Arc::new(jobs), threads }
    }

    fn start_threads(&mut self) {
        for _ in 1..std::mem::take(&mut self.threads) {
            let jobs = Arc::clone(&self.jobs);
            // Without the thread, the caller's thread does its jobs.
            let _ = thread::Builder::new().name("lazyast-table".to_owned()).spawn(move || jobs.work());
        }
    }
}

impl<T> Jobs<T> {
    fn lock(&self) -> MutexGuard<'_, JobProgress<T>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, job: usize) -> Outcome<T> {
        panic::catch_unwind(AssertUnwindSafe(|| (self.run)(job)))
    }

    /// Runs jobs until there are no more.
    fn work(&self) {
        let mut progress = self.lock();
        while progress.unstarted < self.count && !progress.is_dropped {
            if progress.unstarted >= progress.next + self.ahead {
                progress = self.changed.wait(progress).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let job = progress.unstarted;
            progress.unstarted += 1;
            drop(progress);
            let outcome = self.run(job);
            progress = self.lock();
            progress.finished.insert(job, outcome);
            self.changed.notify_all();
        }
    }

    /// The result of the next job. The caller's thread runs jobs itself while that is not finished.
    fn take(&self) -> Option<Outcome<T>> {
        let mut progress = self.lock();
        if progress.next == self.count {
            return None;
        }
        loop {
            let next = progress.next;
            if let Some(outcome) = progress.finished.remove(&next) {
                progress.next += 1;
                self.changed.notify_all();
                return Some(outcome);
            }
            if progress.unstarted < self.count.min(next + self.ahead) {
                let job = progress.unstarted;
                progress.unstarted += 1;
                drop(progress);
                let outcome = self.run(job);
                progress = self.lock();
                progress.finished.insert(job, outcome);
            } else {
                progress = self.changed.wait(progress).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

impl<T: Send + 'static> Iterator for OrderedStream<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.start_threads();
        self.jobs.take().map(|outcome| outcome.unwrap_or_else(|payload| panic::resume_unwind(payload)))
    }
}

impl<T> Drop for OrderedStream<T> {
    fn drop(&mut self) {
        self.jobs.lock().is_dropped = true;
        self.jobs.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::OrderedStream;

    #[test]
    fn results_are_in_order() {
        for threads in [1, 2, 5] {
            let stream = OrderedStream::new(100, threads, |job| {
                std::thread::sleep(Duration::from_micros(job as u64 * 7919 % 100));
                job
            });
            assert!(stream.eq(0..100), "{threads} threads");
        }
        assert_eq!(OrderedStream::new(0, 4, |job| job).next(), None);
    }

    #[test]
    fn only_a_few_results_wait() {
        let started = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&started);
        let mut stream = OrderedStream::new(1000, 4, move |_| count.fetch_add(1, Ordering::SeqCst));
        for taken in 1..20 {
            stream.next();
            std::thread::sleep(Duration::from_millis(2));
            assert!(started.load(Ordering::SeqCst) <= taken + 8);
        }
    }

    #[test]
    fn a_panic_continues_in_the_caller() {
        let stream = OrderedStream::new(10, 3, |job| assert_ne!(job, 5, "expected"));
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| stream.count()));
        assert!(caught.is_err());
    }
}
