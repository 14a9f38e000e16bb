//! The memory of all arenas: one region of addresses, so that a comparison tells whether an allocation is in it.
//!
//! The region is reserved when the first arena is claimed, for the rest of the process. What was never written to takes no
//! memory on most systems. A forked process cannot use the slots that other threads had at the time.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// Bytes of a slot. A tree has some ten times as many as its source. What finds no room is allocated elsewhere.
pub(crate) const SLOT_BYTES: usize = 2 * 1024 * 1024;

/// Arenas that can have memory at the same time.
pub(crate) const SLOTS: usize = 32;

const REGION: Layout = match Layout::from_size_align(SLOTS * SLOT_BYTES, 4096) {
    Ok(layout) => layout,
    Err(_) => panic!("the alignment is a power of two"),
};

/// Where the region starts; null until it is reserved.
static START: AtomicPtr<u8> = AtomicPtr::new(ptr::null_mut());

/// For each slot: while an arena uses it, [`CLAIMED`] less the allocations that other threads have freed; then how many of its
/// allocations are not freed. A slot can be claimed if it has 0.
static COUNTS: [AtomicUsize; SLOTS] = [const { AtomicUsize::new(0) }; SLOTS];

/// More than a slot can have allocations.
const CLAIMED: usize = 1 << (usize::BITS - 1);

/// The offset of an allocation in the region, or `None` if it is elsewhere.
#[inline]
pub(crate) fn offset_of(allocation: *mut u8) -> Option<usize> {
    // Whoever has an allocation of the region has it from a thread that knew where the region starts.
    let start = START.load(Ordering::Relaxed);
    let offset = allocation.addr().wrapping_sub(start.addr());
    (offset < REGION.size() && !start.is_null()).then_some(offset)
}

/// The address at an offset in the region, which must be reserved.
#[inline]
pub(crate) fn at(offset: usize) -> *mut u8 {
    START.load(Ordering::Relaxed).wrapping_add(offset)
}

/// Claims a slot in which nothing is allocated, slot `first` if possible. Gives its number, or `None` if all slots are in use
/// or the region cannot be reserved.
pub(crate) fn claim(first: usize) -> Option<usize> {
    if !reserve() {
        return None;
    }
    (first..SLOTS).chain(0..first).find(|slot| {
        // Acquire: the frees that made the slot empty happened before.
        COUNTS[*slot].compare_exchange(0, CLAIMED, Ordering::Acquire, Ordering::Relaxed).is_ok()
    })
}

/// Gives back a slot. It can be claimed again when `live` of its allocations, less those that other threads freed while it was
/// claimed, are freed.
pub(crate) fn release(slot: usize, live: usize) {
    COUNTS[slot].fetch_add(live.wrapping_sub(CLAIMED), Ordering::Release);
}

/// Counts that an allocation at an offset is freed, which the thread of its slot does not count itself.
pub(crate) fn freed(offset: usize) {
    COUNTS[offset / SLOT_BYTES].fetch_sub(1, Ordering::Release);
}

/// Reserves the region, unless that was done before. Says whether it is reserved.
#[expect(unsafe_code)]
fn reserve() -> bool {
    if !START.load(Ordering::Relaxed).is_null() {
        return true;
    }
    // SAFETY: The size of the layout is not zero.
    let start = unsafe { System.alloc(REGION) };
    // Another thread may be faster.
    let reserved = START.compare_exchange(ptr::null_mut(), start, Ordering::Relaxed, Ordering::Relaxed);
    if reserved.is_err() && !start.is_null() {
        // SAFETY: It was allocated above with this layout, and nobody else knows of it.
        unsafe { System.dealloc(start, REGION) };
    }
    reserved.is_err() || !start.is_null()
}
