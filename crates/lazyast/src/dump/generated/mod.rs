//! Tables of the Unicode versions.

pub(in crate::dump) mod printable;
