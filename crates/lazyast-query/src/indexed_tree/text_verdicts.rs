//! [`TextVerdicts`]: which names of a tree a regular expression matches, each compared once.

use lazyast_format::Damage;
use regex::Regex;

/// What is known of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Unknown,
    Matches,
    Differs,
}

/// What one regular expression says of the names of one tree.
#[derive(Debug)]
pub(super) struct TextVerdicts {
    regex: Box<str>,
    verdicts: Vec<Verdict>,
}

impl TextVerdicts {
    /// Nothing is known of so many names.
    pub(super) fn new(regex: &Regex, names: u32) -> Self {
        Self { regex: regex.as_str().into(), verdicts: vec![Verdict::Unknown; names as usize] }
    }

    /// Whether these are of a regular expression. Its flags are a part of its text.
    pub(super) fn is_of(&self, regex: &Regex) -> bool {
        *self.regex == *regex.as_str()
    }

    /// The verdict on a name by number. The first time, `compare` gives it.
    pub(super) fn verdict(
        &mut self,
        number: u32,
        compare: impl FnOnce() -> Result<bool, Damage>,
    ) -> Result<bool, Damage> {
        let Some(verdict) = self.verdicts.get_mut(number as usize) else { return compare() };
        if *verdict == Verdict::Unknown {
            *verdict = if compare()? { Verdict::Matches } else { Verdict::Differs };
        }
        Ok(*verdict == Verdict::Matches)
    }
}
