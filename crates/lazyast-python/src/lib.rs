//! The extension module `lazyast._native`.
