//! The time, in the units of the cache's files.

use std::time::{SystemTime, UNIX_EPOCH};

/// Nanoseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000_000;

const MINUTE: i64 = 60 * SECOND;

/// The current time, in nanoseconds since 1970.
pub fn now_in_nanoseconds() -> i64 {
    nanoseconds_of(SystemTime::now())
}

/// A time in nanoseconds since 1970.
pub(crate) fn nanoseconds_of(time: SystemTime) -> i64 {
    let since_1970 = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_nanos()).unwrap_or(i64::MAX)
}

/// The current time, in minutes since 1970.
pub(crate) fn now_in_minutes() -> u32 {
    minutes_of(SystemTime::now())
}

/// A time in minutes since 1970.
pub(crate) fn minutes_of(time: SystemTime) -> u32 {
    u32::try_from(nanoseconds_of(time) / MINUTE).unwrap_or(u32::MAX)
}
