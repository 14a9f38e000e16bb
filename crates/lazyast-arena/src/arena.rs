//! [`Arena`]: memory for what a closure allocates.

use std::marker::PhantomData;

use crate::current;

/// Memory of the running thread for what closures allocate: 4 MB, which the next arenas use again.
#[derive(Debug)]
pub struct Arena {
    has_slot: bool,
    /// The slot belongs to a thread.
    _not_send: PhantomData<*mut u8>,
}

impl Arena {
    /// An arena. It has no memory if the thread has one already, or if 16 threads have one.
    pub fn claim() -> Self {
        Self { has_slot: current::claim(), _not_send: PhantomData }
    }

    /// Runs a closure. What this thread allocates meanwhile is in the arena, while it has memory for it.
    pub fn allocate<T>(&self, closure: impl FnOnce() -> T) -> T {
        let _filling = self.has_slot.then(current::fill);
        closure()
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        if self.has_slot {
            current::release();
        }
    }
}
