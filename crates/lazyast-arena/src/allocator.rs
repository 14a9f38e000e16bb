//! [`ArenaAllocator`]: what a program has as its global allocator.

use std::alloc::{GlobalAlloc, Layout};

use crate::{current, slots};

/// Allocates in the arena of the running thread, while [`Arena::run`](crate::Arena::run) runs and the arena has room, and
/// otherwise as `A` does. Memory that must be zero always comes from `A`, and what `A` has allocated grows there.
#[derive(Debug)]
pub struct ArenaAllocator<A>(A);

impl<A> ArenaAllocator<A> {
    /// An allocator that has `allocator` for everything that is in no arena.
    pub const fn new(allocator: A) -> Self {
        Self(allocator)
    }
}

// SAFETY: An allocation in a slot is aligned, inside of the slot, and apart from all others: in a slot, `current` only moves
// forward, and a slot is claimed anew only when none of its allocations is left. Allocations in slots are told from those
// of `A` by their addresses, and `A` gets the layouts that this allocator gets. Nothing here panics, or allocates but with
// `A`.
#[expect(unsafe_code)]
unsafe impl<A: GlobalAlloc> GlobalAlloc for ArenaAllocator<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: The caller keeps the contract of `GlobalAlloc`, which is that of `A`.
        current::allocate(layout).unwrap_or_else(|| unsafe { self.0.alloc(layout) })
    }

    #[inline]
    unsafe fn dealloc(&self, allocation: *mut u8, layout: Layout) {
        match slots::offset_of(allocation) {
            Some(offset) => current::free(allocation, offset),
            // SAFETY: What is in no slot was allocated by `A`.
            None => unsafe { self.0.dealloc(allocation, layout) },
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: As in `alloc`. `A` may have memory that is zero already.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn realloc(&self, allocation: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Some(offset) = slots::offset_of(allocation) else {
            // SAFETY: What is in no slot was allocated by `A`.
            return unsafe { self.0.realloc(allocation, layout, size) };
        };
        if size <= layout.size() || current::grow(allocation, layout, size) {
            // The caller's pointer may be valid for the old size alone.
            return slots::at(offset);
        }
        // SAFETY: The caller promises that the size is not zero and that the layout is valid with it. The new allocation is
        // larger than the old one, which stays until it is copied.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                allocation.copy_to_nonoverlapping(moved, layout.size());
                current::free(allocation, offset);
            }
            moved
        }
    }
}
