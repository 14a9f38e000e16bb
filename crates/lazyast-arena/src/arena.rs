//! [`Arena`]: memory for what a closure allocates.

use std::marker::PhantomData;

use crate::current;

/// Memory of the running thread for what closures allocate: 2 MiB, which later arenas use again.
#[derive(Debug)]
pub struct Arena {
    has_slot: bool,
    /// The slot belongs to a thread.
    _not_send: PhantomData<*mut u8>,
}

impl Arena {
    /// An arena. It has no memory if the thread has one already, or if all slots are in use: there are 32.
    pub fn claim() -> Self {
        Self { has_slot: current::claim(), _not_send: PhantomData }
    }

    /// Runs a closure. What this thread allocates meanwhile is in the arena, while it has memory for it.
    ///
    /// A closure that runs another one in the same arena allocates elsewhere after that.
    pub fn run<T>(&self, closure: impl FnOnce() -> T) -> T {
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
