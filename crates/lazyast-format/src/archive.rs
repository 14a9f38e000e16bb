//! [`Archive`]: bytes that were opened, whatever holds them.

use crate::read::{OpenError, Tree};
use crate::verify::{self, VerifyError};

/// An archive in a memory map, a `Vec`, or any other buffer.
///
/// The bytes must start at an address that is a multiple of eight.
#[derive(Clone, Debug)]
pub struct Archive<B> {
    bytes: B,
}

impl<B: AsRef<[u8]>> Archive<B> {
    /// Checks header and columns, in time that does not depend on the archive's size.
    ///
    /// `parser` is the parser version that the caller accepts; `None` accepts any.
    pub fn open(bytes: B, parser: Option<u32>) -> Result<Self, OpenError> {
        Tree::open(bytes.as_ref(), parser)?;
        Ok(Self { bytes })
    }

    /// The view of the tree. It repeats the cheap checks of `open`: a view that was kept would borrow from the bytes
    /// beside it, which needs unsafe code.
    pub fn tree(&self) -> Result<Tree<'_>, OpenError> {
        Tree::open(self.bytes.as_ref(), None)
    }

    /// Checks every byte; see [`verify`](crate::verify).
    pub fn verify(&self) -> Result<(), VerifyError> {
        verify::verify(self.bytes.as_ref())
    }

    /// Returns what holds the bytes.
    pub fn into_bytes(self) -> B {
        self.bytes
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}
