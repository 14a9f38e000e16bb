//! The memory of all arenas. It is part of the program's data, so that a comparison tells whether an address is in it, and
//! takes no memory until it is written to.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of a slot. A tree has some ten times as many as its source, and a slot that stays in the processor's cache is
/// faster. What finds no room is allocated elsewhere.
pub(crate) const SLOT_BYTES: usize = 4 * 1024 * 1024;

/// Threads that can have an arena at the same time.
pub(crate) const SLOTS: usize = 16;

/// Is part of a slot's count while an arena uses it.
const CLAIMED: usize = 1 << (usize::BITS - 1);

#[repr(align(4096))]
struct Memory(UnsafeCell<[MaybeUninit<u8>; SLOTS * SLOT_BYTES]>);

// SAFETY: Each byte is part of one allocation at most, and is accessed by who has that allocation, as with any allocator.
// This crate itself copies only what it was given.
#[expect(unsafe_code)]
unsafe impl Sync for Memory {}

static MEMORY: Memory = Memory(UnsafeCell::new([MaybeUninit::uninit(); SLOTS * SLOT_BYTES]));

/// For each slot, how many of its allocations are not freed, but for those that its thread counts itself. Zero is a slot that
/// can be claimed.
static COUNTS: [AtomicUsize; SLOTS] = [const { AtomicUsize::new(0) }; SLOTS];

/// The offset of an address in the memory of all slots, or `None` if the address is elsewhere.
#[inline]
pub(crate) fn offset_of(address: *mut u8) -> Option<usize> {
    let offset = address.addr().wrapping_sub(start().addr());
    (offset < SLOTS * SLOT_BYTES).then_some(offset)
}

/// Claims a slot in which nothing is allocated, and gives where it starts.
pub(crate) fn claim() -> Option<*mut u8> {
    let slot = COUNTS.iter().position(|count| {
        // Acquire: the frees that made the slot empty happened before.
        count.compare_exchange(0, CLAIMED, Ordering::Acquire, Ordering::Relaxed).is_ok()
    })?;
    Some(start().wrapping_add(slot * SLOT_BYTES))
}

/// Gives back the slot at an offset. It can be claimed again when `live` of its allocations, less those that other threads
/// freed meanwhile, are freed.
pub(crate) fn release(offset: usize, live: usize) {
    COUNTS[offset / SLOT_BYTES].fetch_add(live.wrapping_sub(CLAIMED), Ordering::Release);
}

/// Counts that an allocation at an offset is freed, which the thread of its slot does not count itself.
pub(crate) fn freed(offset: usize) {
    COUNTS[offset / SLOT_BYTES].fetch_sub(1, Ordering::Release);
}

fn start() -> *mut u8 {
    MEMORY.0.get().cast()
}
