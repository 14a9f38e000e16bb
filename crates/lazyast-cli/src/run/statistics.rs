//! What the processes of a command have recorded, added up, and as text.
//!
//! Each process writes a file of lines: a number, a tab, and what the number counts. `_startup/sitecustomize.py` and
//! `_run.py` of the Python package write them.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use indicatif::HumanCount;

use crate::format::counted;

/// The sums of all records.
#[derive(Debug, Default)]
pub(crate) struct RunStatistics {
    processes: usize,
    sums: BTreeMap<String, u64>,
}

impl RunStatistics {
    /// Adds up the records in a directory. Lines that are cut count for nothing.
    pub(crate) fn read(records: &Path) -> Self {
        let mut statistics = Self::default();
        for entry in records.read_dir().into_iter().flatten().flatten() {
            let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
            statistics.add(&text);
        }
        statistics
    }

    fn add(&mut self, record: &str) {
        self.processes += 1;
        for line in record.split_inclusive('\n') {
            let Some((number, name)) = line.strip_suffix('\n').and_then(|line| line.split_once('\t')) else {
                continue;
            };
            let Ok(number) = number.parse::<u64>() else { continue };
            *self.sums.entry(name.to_owned()).or_default() += number;
        }
    }

    fn sum(&self, name: &str) -> u64 {
        self.sums.get(name).copied().unwrap_or_default()
    }

    /// The sums whose names begin with a prefix, with the rest of their names.
    fn with_prefix(&self, prefix: &str) -> impl Iterator<Item = (&str, u64)> {
        self.sums.iter().filter_map(move |(name, sum)| Some((name.strip_prefix(prefix)?, *sum)))
    }
}

impl fmt::Display for RunStatistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (served, hits) = (self.sum("served"), self.sum("hits"));
        let fallbacks: u64 = self.with_prefix("fallback: ").map(|(_, sum)| sum).sum();
        writeln!(
            f,
            "lazyast: {}: {} served ({} hits, {} misses), {} left to the interpreter",
            counted(self.processes, "Python process", "Python processes"),
            counted(served as usize, "tree", "trees"),
            HumanCount(hits),
            HumanCount(served.saturating_sub(hits)),
            HumanCount(fallbacks),
        )?;
        for (reason, sum) in self.with_prefix("fallback: ") {
            writeln!(f, "lazyast: left to the interpreter: {} ({reason})", HumanCount(sum))?;
        }
        if served > 0 {
            let time = Duration::from_nanos(self.sum("nanoseconds")).as_secs_f64();
            let interpreter = Duration::from_nanos(self.sum("interpreter nanoseconds")).as_secs_f64();
            writeln!(
                f,
                "lazyast: parsing took {time:.2} s, and about {interpreter:.2} s without lazyast (estimated from \
                 the time in which each process parses the source of Python's module ast)"
            )?;
        }
        for (version, sum) in self.with_prefix("not served: ") {
            let processes = counted(sum as usize, "process", "processes");
            writeln!(f, "lazyast: not served: {processes} of Python {version}")?;
        }
        for (reason, sum) in self.with_prefix("failed: ") {
            let processes = counted(sum as usize, "process", "processes");
            writeln!(f, "lazyast: cannot be loaded in {processes}: {reason}")?;
        }
        let lost = self.processes.saturating_sub(self.sum("ended") as usize);
        if lost > 0 {
            let processes = counted(lost, "process", "processes");
            writeln!(f, "lazyast: no record of {processes}, killed or replaced by another program")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::RunStatistics;

    #[test]
    fn records_are_added_up() {
        let mut statistics = RunStatistics::default();
        statistics.add("1\tended\n10\tserved\n4\thits\n2\tfallback: syntax\n2000000000\tnanoseconds\n");
        statistics
            .add("1\tended\n5\tserved\n5\thits\n1\tfallback: syntax\n12000000000\tinterpreter nanoseconds\n");
        statistics.add("1\tended\n1\tnot served: 3.9.18\n");
        statistics.add("7\tserv");
        assert_eq!(
            statistics.to_string(),
            "lazyast: 4 Python processes: 15 trees served (9 hits, 6 misses), 3 left to the interpreter\n\
             lazyast: left to the interpreter: 3 (syntax)\n\
             lazyast: parsing took 2.00 s, and about 12.00 s without lazyast (estimated from the time in which each \
             process parses the source of Python's module ast)\n\
             lazyast: not served: 1 process of Python 3.9.18\n\
             lazyast: no record of 1 process, killed or replaced by another program\n"
        );
    }
}
