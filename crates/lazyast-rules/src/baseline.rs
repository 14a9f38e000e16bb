//! [`Baseline`]: findings that are known already, so that only new ones count.
//!
//! A finding is known by its file, its rule and the text of its lines without indentation, so that code that moves keeps
//! its findings known. Equal findings of a file are counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

/// The version of the file format.
const VERSION: u32 = 1;

/// Findings that are known already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    counts: BTreeMap<BaselineKey, u32>,
}

/// What identifies a finding across changes of its file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BaselineKey {
    /// The path relative to the directory of the baseline file, with `/` between directories.
    pub path: String,
    /// The identifier of the rule.
    pub rule: String,
    /// The text of the finding's lines, see [`normalised`].
    pub text: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct BaselineFile {
    version: u32,
    findings: Vec<BaselineEntry>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct BaselineEntry {
    path: String,
    rule: String,
    text: String,
    count: u32,
}

impl BaselineKey {
    /// A number for programs that want one: the same for equal findings, with their index among these.
    pub fn fingerprint(&self, index: u32) -> String {
        let text = format!("{}\0{}\0{}\0{index}", self.path, self.rule, self.text);
        format!("{:016x}", XxHash3_64::oneshot(text.as_bytes()))
    }
}

/// The lines of a text without indentation and without empty ones.
pub fn normalised(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

impl Baseline {
    /// Adds a finding.
    pub fn add(&mut self, key: BaselineKey) {
        *self.counts.entry(key).or_default() += 1;
    }

    /// Whether a finding is known. Each known finding counts once.
    pub fn take(&mut self, key: &BaselineKey) -> bool {
        let Some(count) = self.counts.get_mut(key).filter(|count| **count > 0) else { return false };
        *count -= 1;
        true
    }

    /// The number of findings.
    pub fn len(&self) -> usize {
        self.counts.values().map(|count| *count as usize).sum()
    }

    /// Whether there is no finding.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads a baseline file.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: BaselineFile = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if file.version != VERSION {
            return Err(format!("expected version {VERSION}, found {}", file.version));
        }
        let entries = file.findings.into_iter();
        let counts = entries
            .map(|entry| (BaselineKey { path: entry.path, rule: entry.rule, text: entry.text }, entry.count));
        Ok(Self { counts: counts.collect() })
    }

    /// The text of a baseline file, sorted so that version control shows what changed.
    pub fn write(&self) -> String {
        let entries = self.counts.iter().filter(|(_, count)| **count > 0);
        let findings = entries.map(|(key, count)| BaselineEntry {
            path: key.path.clone(),
            rule: key.rule.clone(),
            text: key.text.clone(),
            count: *count,
        });
        let file = BaselineFile { version: VERSION, findings: findings.collect() };
        let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Baseline, BaselineKey, normalised};

    fn key(text: &str) -> BaselineKey {
        BaselineKey { path: "a.py".to_owned(), rule: "r".to_owned(), text: normalised(text) }
    }

    #[test]
    fn equal_findings_are_counted() {
        let mut baseline = Baseline::default();
        baseline.add(key("  f(\n    1)"));
        baseline.add(key("f(\n1)\n"));
        let mut read = Baseline::read(&baseline.write()).expect("it was written just now");
        assert_eq!(read, baseline);
        assert_eq!((read.take(&key("f(\n 1)")), read.take(&key("g()"))), (true, false));
        assert_eq!((read.take(&key("f(\n1)")), read.take(&key("f(\n1)"))), (true, false));
        assert_ne!(key("a").fingerprint(0), key("a").fingerprint(1));
    }

    #[test]
    fn other_versions_are_errors() {
        assert!(Baseline::read("{\"version\": 2, \"findings\": []}").is_err_and(|e| e.contains("version 1")));
        assert!(Baseline::read("[]").is_err());
    }
}
