//! Coordination between processes: the clock, lock files, and temporary files that outlive a killed writer.

pub(crate) mod clock;
pub(crate) mod lock;
pub(crate) mod temporary;
