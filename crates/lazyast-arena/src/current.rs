//! The slot of the running thread, and how it is filled.

use std::alloc::Layout;
use std::cell::Cell;
use std::ptr;

use crate::slots::{self, SLOT_BYTES};

/// The slot that a thread has claimed.
struct Current {
    /// Where the slot starts, or null if there is none.
    start: Cell<*mut u8>,
    /// Where its next allocation begins.
    next: Cell<*mut u8>,
    /// How many bytes can be allocated from there on: 0 unless a result of [`fill`] is alive.
    room: Cell<usize>,
    /// Its allocations less those that this thread has freed. Those that other threads have freed still count.
    live: Cell<usize>,
    /// The number of the slot, or of the last one that the thread had.
    slot: Cell<usize>,
}

impl Current {
    #[inline]
    fn has(&self, allocation: *mut u8) -> bool {
        let start = self.start.get();
        !start.is_null() && allocation.addr().wrapping_sub(start.addr()) < SLOT_BYTES
    }

    /// Moves on by some bytes, if there is room for them.
    #[inline]
    fn take(&self, bytes: usize) -> bool {
        let room = self.room.get();
        if bytes > room {
            return false;
        }
        self.next.set(self.next.get().wrapping_add(bytes));
        self.room.set(room - bytes);
        true
    }
}

thread_local! {
    // Making it allocates nothing. Where a system has no thread locals of its own, the standard library allocates their
    // memory with `System`, and makes a new value if the thread's was destroyed already: then there is no slot.
    static CURRENT: Current = const {
        Current {
            start: Cell::new(ptr::null_mut()),
            next: Cell::new(ptr::null_mut()),
            room: Cell::new(0),
            live: Cell::new(0),
            slot: Cell::new(0),
        }
    };
}

/// Claims a slot for the running thread, unless it has one or there is none. Says whether it did.
pub(crate) fn claim() -> bool {
    CURRENT.with(|current| {
        if !current.start.get().is_null() {
            return false;
        }
        // The thread's last slot may still be in the cache of its processor.
        let Some(slot) = slots::claim(current.slot.get()) else { return false };
        let start = slots::at(slot * SLOT_BYTES);
        current.slot.set(slot);
        current.start.set(start);
        current.next.set(start);
        current.live.set(0);
        true
    })
}

/// Gives back the running thread's slot.
pub(crate) fn release() {
    CURRENT.with(|current| {
        if !current.start.replace(ptr::null_mut()).is_null() {
            slots::release(current.slot.get(), current.live.get());
        }
    });
}

/// Lets allocations of the running thread fill its slot, until the result is dropped.
pub(crate) fn fill() -> impl Drop {
    struct Filling;
    impl Drop for Filling {
        fn drop(&mut self) {
            CURRENT.with(|current| current.room.set(0));
        }
    }
    CURRENT.with(|current| {
        let (start, next) = (current.start.get(), current.next.get());
        if !start.is_null() {
            current.room.set(SLOT_BYTES - (next.addr() - start.addr()));
        }
    });
    Filling
}

/// Memory for a layout in the running thread's slot, if it is being filled and has room.
#[inline]
pub(crate) fn allocate(layout: Layout) -> Option<*mut u8> {
    CURRENT.with(|current| {
        let next = current.next.get();
        let padding = next.addr().wrapping_neg() & (layout.align() - 1);
        // Both numbers are at most `isize::MAX`.
        if !current.take(padding + layout.size()) {
            return None;
        }
        current.live.set(current.live.get() + 1);
        Some(next.wrapping_add(padding))
    })
}

/// Makes an allocation larger where it is, if it is the last one in the running thread's slot. Says whether it did.
#[inline]
pub(crate) fn grow(allocation: *mut u8, layout: Layout, size: usize) -> bool {
    CURRENT.with(|current| {
        // The last allocation of the slot before ends where an empty slot begins.
        let is_last = current.has(allocation) && allocation.wrapping_add(layout.size()) == current.next.get();
        is_last && current.take(size - layout.size())
    })
}

/// Counts that an allocation, which is at an offset in the region, is freed.
#[inline]
pub(crate) fn free(allocation: *mut u8, offset: usize) {
    CURRENT.with(|current| {
        if current.has(allocation) {
            current.live.set(current.live.get() - 1);
        } else {
            slots::freed(offset);
        }
    });
}
