//! What garbage collection keeps, and when it runs by itself.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::dir::locate::OFF;
use crate::dir::versions::GC_MARK;

/// The environment variable that disables automatic garbage collection, with the value `off`.
const VARIABLE: &str = "LAZYAST_GC";

/// Time between two automatic collections.
const INTERVAL: Duration = Duration::from_hours(24);

/// What garbage collection keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GcPolicy {
    /// Archives and project states that were not used for this long are deleted.
    pub max_age: Duration,
    /// The largest total length of the packs, in bytes. The least recently used archives are deleted first.
    pub max_size: u64,
}

impl Default for GcPolicy {
    /// 30 days and 8 GiB.
    fn default() -> Self {
        Self { max_age: Duration::from_hours(30 * 24), max_size: 8 << 30 }
    }
}

impl GcPolicy {
    /// The policy of automatic collections, or `None` if the user has disabled them.
    pub(crate) fn automatic() -> Option<Self> {
        let is_off = std::env::var_os(VARIABLE).is_some_and(|value| value == OFF);
        (!is_off).then(Self::default)
    }

    /// Whether something that was last used at `used` has expired at `now`, both in minutes since 1970.
    pub(crate) fn has_expired(&self, now: u32, used: u32) -> bool {
        Duration::from_secs(60 * u64::from(now.saturating_sub(used))) >= self.max_age
    }
}

/// Whether an automatic garbage collection of a cache directory is due: the last one was at least a day ago, and the user
/// has not disabled it. This reads the metadata of one file.
pub fn is_gc_due(root: &Path) -> bool {
    let last = root.join(GC_MARK).metadata().and_then(|metadata| metadata.modified());
    let age = last.ok().and_then(|last| SystemTime::now().duration_since(last).ok());
    age.is_none_or(|age| age >= INTERVAL) && root.is_dir() && GcPolicy::automatic().is_some()
}
