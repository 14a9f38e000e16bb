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
    /// How many bytes can be allocated from there on: 0 unless [`fill`] runs.
    room: Cell<usize>,
    /// Allocations that are not freed, without what other threads have freed.
    live: Cell<usize>,
}

thread_local! {
    // Made without allocating and never dropped, so that an allocator can use it at any time.
    static CURRENT: Current = const {
        Current {
            start: Cell::new(ptr::null_mut()),
            next: Cell::new(ptr::null_mut()),
            room: Cell::new(0),
            live: Cell::new(0),
        }
    };
}

/// Claims a slot for the running thread, unless it has one or there is none. Says whether it did.
pub(crate) fn claim() -> bool {
    CURRENT.with(|current| {
        if !current.start.get().is_null() {
            return false;
        }
        let Some(start) = slots::claim() else { return false };
        current.start.set(start);
        current.next.set(start);
        current.live.set(0);
        true
    })
}

/// Gives back the running thread's slot.
pub(crate) fn release() {
    CURRENT.with(|current| {
        let offset = slots::offset_of(current.start.replace(ptr::null_mut()));
        debug_assert_eq!(current.room.get(), 0);
        slots::release(offset.expect("a slot was claimed"), current.live.get());
    });
}

/// Lets allocations of the running thread fill its slot until the result is dropped.
pub(crate) fn fill() -> impl Drop {
    struct Filling;
    impl Drop for Filling {
        fn drop(&mut self) {
            CURRENT.with(|current| current.room.set(0));
        }
    }
    CURRENT.with(|current| {
        current.room.set(SLOT_BYTES - (current.next.get().addr() - current.start.get().addr()))
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
        let taken = padding + layout.size();
        if taken > current.room.get() {
            return None;
        }
        current.next.set(next.wrapping_add(taken));
        current.room.set(current.room.get() - taken);
        current.live.set(current.live.get() + 1);
        Some(next.wrapping_add(padding))
    })
}

/// Makes an allocation larger where it is, if it is the last one in the running thread's slot. Says whether it did.
#[inline]
pub(crate) fn grow(allocation: *mut u8, layout: Layout, size: usize) -> bool {
    CURRENT.with(|current| {
        let more = size - layout.size();
        let is_last = allocation.wrapping_add(layout.size()) == current.next.get();
        if !is_last || more > current.room.get() {
            return false;
        }
        current.next.set(current.next.get().wrapping_add(more));
        current.room.set(current.room.get() - more);
        true
    })
}

/// Counts that the allocation at an offset of all slots is freed.
#[inline]
pub(crate) fn free(allocation: *mut u8, offset: usize) {
    CURRENT.with(|current| {
        let start = current.start.get();
        if !start.is_null() && allocation.addr().wrapping_sub(start.addr()) < SLOT_BYTES {
            current.live.set(current.live.get() - 1);
        } else {
            slots::freed(offset);
        }
    });
}
