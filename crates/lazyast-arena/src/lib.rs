//! A global allocator that gives a computation memory of its own, which is reused as a whole.
//!
//! A parser allocates each node, and frees all of them soon after. While [`Arena::run`] runs a closure, what the thread
//! allocates lies side by side in an arena: allocating adds to a pointer, freeing subtracts from a counter.
//!
//! ```
//! use std::alloc::System;
//!
//! use lazyast_arena::{Arena, ArenaAllocator};
//!
//! #[global_allocator]
//! static ALLOCATOR: ArenaAllocator<System> = ArenaAllocator::new(System);
//!
//! let arena = Arena::claim();
//! let words: Vec<String> = arena.run(|| "parsed once".split(' ').map(String::from).collect());
//! assert_eq!(words, ["parsed", "once"]);
//! ```
//!
//! Any value may leave the closure, and may be freed later or by another thread: a slot, which is an arena's memory, is
//! used again when all that was allocated in it is freed. In a program with another global allocator, nothing is allocated in
//! arenas.
//!
//! - `slots`: the memory, and who uses which part of it.
//! - `current`: the slot of the running thread, and how it is filled.
//! - `allocator` and `arena`: what programs use.
#![deny(unsafe_code)]

mod allocator;
mod arena;
mod current;
mod slots;

pub use allocator::ArenaAllocator;
pub use arena::Arena;

#[cfg(test)]
mod tests;
