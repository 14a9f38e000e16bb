//! What processes share: the time, locks, and temporary files that survive a killed writer.

pub(crate) mod clock;
pub(crate) mod lock;
pub(crate) mod temporary;
