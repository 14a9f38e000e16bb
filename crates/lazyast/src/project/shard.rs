//! [`Shard`]: a part of a codebase, for one of several machines that work on it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::relative_path::parts_below;

/// One of some parts that sources are divided into, by their paths alone: a file is in the same shard on every machine,
/// whatever other files there are.
///
/// ```
/// use lazyast::Shard;
///
/// let shard: Shard = "2/8".parse()?;
/// assert_eq!(shard.to_string(), "2/8");
/// assert!("0/8".parse::<Shard>().is_err());
/// # Ok::<(), lazyast::InvalidShard>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    number: u32,
    count: u32,
    root: PathBuf,
}

/// A shard that is none of the parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidShard {
    found: String,
}

impl fmt::Display for InvalidShard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a shard is its number and the number of shards, from 1/8 to 8/8, not {:?}", self.found)
    }
}

impl std::error::Error for InvalidShard {}

impl Shard {
    /// The shard with a number from 1 to `count`.
    pub fn new(number: u32, count: u32) -> Result<Self, InvalidShard> {
        if number == 0 || number > count {
            return Err(InvalidShard { found: format!("{number}/{count}") });
        }
        Ok(Self { number, count, root: PathBuf::from(".") })
    }

    /// Takes paths relative to a directory, instead of the current one. They decide which shard has a file, so that they must
    /// be the same on all machines.
    #[must_use]
    pub fn relative_to(mut self, root: PathBuf) -> Self {
        self.root = root;
        self
    }

    /// Whether a file is in this shard. No shard has a file that is not below the root.
    pub(crate) fn has(&self, path: &Path) -> bool {
        let Ok(Some(parts)) = parts_below(&self.root, path) else { return false };
        let names: Vec<&[u8]> = parts.iter().map(|part| part.as_encoded_bytes()).collect();
        let hash = lazyast_store::source_key(&names.join(&b'/'));
        let number = hash[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        number % u64::from(self.count) == u64::from(self.number - 1)
    }

    /// The first of some paths that is not below the root.
    pub(crate) fn first_outside<'p>(&self, paths: &'p [PathBuf]) -> Option<&'p Path> {
        let is_outside = |path: &&PathBuf| !matches!(parts_below(&self.root, path), Ok(Some(_)));
        paths.iter().find(is_outside).map(PathBuf::as_path)
    }

    /// The directory that paths are relative to.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

impl FromStr for Shard {
    type Err = InvalidShard;

    fn from_str(text: &str) -> Result<Self, InvalidShard> {
        let invalid = || InvalidShard { found: text.to_owned() };
        let (number, count) = text.split_once('/').ok_or_else(invalid)?;
        let parse = |number: &str| number.parse().map_err(|_| invalid());
        Self::new(parse(number)?, parse(count)?).map_err(|_| invalid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_in_one_shard_wherever_the_checkout_is() -> Result<(), InvalidShard> {
        let shards = |root: &str| -> Result<Vec<Shard>, InvalidShard> {
            (1..=5).map(|number| Ok(Shard::new(number, 5)?.relative_to(PathBuf::from(root)))).collect()
        };
        let mut sizes = [0; 5];
        for (one, other) in [("/a", "/b/c"), (".", "/a")] {
            let (of_one, of_other) = (shards(one)?, shards(other)?);
            for file in 0..500 {
                let name = format!("d{}/./x/../f{file}.py", file % 7);
                let in_one = of_one.iter().map(|shard| shard.has(&Path::new(one).join(&name)));
                let in_other = of_other.iter().map(|shard| shard.has(&Path::new(other).join(&name)));
                let (in_one, in_other): (Vec<bool>, Vec<bool>) = (in_one.collect(), in_other.collect());
                assert_eq!(in_one, in_other);
                assert_eq!(in_one.iter().filter(|is_in| **is_in).count(), 1);
                sizes[in_one.iter().position(|is_in| *is_in).unwrap_or(0)] += 1;
            }
        }
        assert!(sizes.iter().all(|size| (120..280).contains(size)), "{sizes:?}");
        assert!(shards("/a")?.iter().all(|shard| !shard.has(Path::new("/b/f.py"))));
        Ok(())
    }
}
