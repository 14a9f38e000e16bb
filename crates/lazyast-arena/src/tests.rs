//! Values of all kinds, in arenas and out of them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::alloc::System;
use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::channel;
use std::sync::{Barrier, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::slots::{SLOT_BYTES, SLOTS, offset_of};
use crate::{Arena, ArenaAllocator};

#[global_allocator]
static ALLOCATOR: ArenaAllocator<System> = ArenaAllocator::new(System);

/// All tests use the same slots, so one runs at a time.
fn alone() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    let guard = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(free_slots(), SLOTS, "a test before left something in a slot");
    guard
}

/// How many slots can be claimed.
fn free_slots() -> usize {
    let (started, all_claimed) = (Barrier::new(SLOTS), Barrier::new(SLOTS));
    let has_slot = || {
        started.wait();
        let arena = Arena::claim();
        all_claimed.wait();
        usize::from(slot_of(&*arena.run(|| Box::new(0_u8))).is_some())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..SLOTS).map(|_| scope.spawn(has_slot)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    })
}

/// The slot that a value is in.
fn slot_of<T: ?Sized>(value: &T) -> Option<usize> {
    offset_of((&raw const *value).cast::<u8>().cast_mut()).map(|offset| offset / SLOT_BYTES)
}

#[test]
fn a_closure_allocates_in_the_arena_and_others_elsewhere() {
    let _alone = alone();
    let arena = Arena::claim();
    let (first, second) = arena.run(|| (Box::new(1_u64), Box::new(2_u64)));
    let outside = Box::new(3_u64);
    assert_eq!((&raw const *second).addr() - (&raw const *first).addr(), 8);
    assert!(slot_of(&*first).is_some() && slot_of(&*outside).is_none());
    assert_eq!((*first, *second, *outside), (1, 2, 3));
    assert!(slot_of(&*arena.run(|| Box::new(4_u64))).is_some(), "an arena can be filled again");
}

#[test]
fn allocations_have_their_alignment() {
    /// Slots themselves start at a page.
    #[repr(align(32768))]
    struct Page(u8);
    let _alone = alone();
    let arena = Arena::claim();
    let values = arena.run(|| {
        let value = |index| (Box::new(index), Box::new(u128::from(index)), Box::new(Page(index)));
        (0..30).map(value).collect::<Vec<_>>()
    });
    for (index, (byte, word, page)) in values.iter().enumerate() {
        assert!((&raw const **word).is_aligned() && (&raw const **page).is_aligned());
        assert!(slot_of(&**byte).is_some() && slot_of(&**page).is_some());
        assert_eq!((usize::from(**byte), **word as usize, usize::from(page.0)), (index, index, index));
    }
}

#[test]
fn what_has_no_room_is_allocated_elsewhere() {
    let _alone = alone();
    let arena = Arena::claim();
    let blocks = arena.run(|| (0..80_u8).map(|index| vec![index; SLOT_BYTES / 64]).collect::<Vec<_>>());
    let in_slot = blocks.iter().filter(|block| slot_of(&block[..]).is_some()).count();
    assert!((60..=64).contains(&in_slot), "{in_slot} blocks");
    for (index, block) in blocks.iter().enumerate() {
        assert!(block.iter().all(|byte| usize::from(*byte) == index));
    }
    let too_large = arena.run(|| vec![1_u8; 2 * SLOT_BYTES]);
    assert_eq!(slot_of(&too_large[..]), None);
}

#[test]
fn the_last_allocation_grows_where_it_is_and_others_move() {
    let _alone = alone();
    let arena = Arena::claim();
    let (mut first, mut last) = arena.run(|| (vec![7_u8; 100], vec![8_u8; 100]));
    let (at_first, at_last) = (first.as_ptr(), last.as_ptr());
    arena.run(|| {
        last.reserve_exact(1000);
        first.reserve_exact(1000);
    });
    assert_eq!(last.as_ptr(), at_last);
    assert!(first.as_ptr() != at_first && slot_of(&first[..]).is_some());
    // What grows while no arena is filled moves out, what shrinks stays.
    last.shrink_to(100);
    assert_eq!(last.as_ptr(), at_last);
    last.reserve_exact(2 * SLOT_BYTES);
    assert_eq!(slot_of(&last[..]), None);
    assert!(first.iter().all(|byte| *byte == 7) && last.iter().all(|byte| *byte == 8));
    assert_eq!((first.len(), last.len()), (100, 100));
}

/// The end of a slot is the start of the next one.
#[test]
fn what_ends_where_an_empty_slot_begins_does_not_grow_into_it() {
    let _alone = alone();
    let mut kept = Arena::claim().run(|| vec![7_u8; SLOT_BYTES]);
    let slot = slot_of(&kept[..]).unwrap();
    Arena::claim().run(|| kept.reserve_exact(100));
    assert_ne!(slot_of(&kept[..]), Some(slot));
    kept.resize(SLOT_BYTES + 100, 7);
    let others: Vec<_> = (0..3).map(|_| Arena::claim().run(|| vec![1_u8; 100])).collect();
    assert!(kept.iter().all(|byte| *byte == 7));
    assert!(others.iter().flatten().all(|byte| *byte == 1));
}

#[test]
fn what_has_shrunk_grows_again() {
    let _alone = alone();
    let text = Arena::claim().run(|| {
        let mut text = String::from("ab").into_boxed_str().into_string();
        text.push('c');
        text.shrink_to_fit();
        text.push_str("defgh");
        text
    });
    assert_eq!(text, "abcdefgh");
}

#[test]
fn memory_that_has_to_be_zero_is_zero() {
    let _alone = alone();
    drop(black_box(Arena::claim().run(|| vec![255_u8; 10_000])));
    let zeros = Arena::claim().run(|| vec![0_u8; 10_000]);
    assert!(zeros.iter().all(|byte| *byte == 0));
}

#[test]
fn a_slot_is_used_again_when_nothing_is_left_in_it() {
    let _alone = alone();
    let kept = Arena::claim().run(|| String::from("kept"));
    let slot = slot_of(kept.as_str()).unwrap();
    assert_eq!(free_slots(), SLOTS - 1);
    let other = Arena::claim().run(|| Box::new(1_u8));
    assert_ne!(slot_of(&*other), Some(slot));
    assert_eq!(kept, "kept");
    let last_slot = slot_of(&*other);
    drop(other);
    drop(kept);
    assert_eq!(free_slots(), SLOTS);
    assert_eq!(slot_of(&*Arena::claim().run(|| Box::new(1_u8))), last_slot, "its memory may still be cached");
}

#[test]
fn another_thread_frees_while_the_arena_is_there_and_after() {
    let _alone = alone();
    let free = |values: Vec<String>| thread::spawn(move || drop(values)).join().unwrap();
    let arena = Arena::claim();
    let make = || (0..100).map(|index| format!("{index}")).collect::<Vec<_>>();
    let (early, late) = arena.run(|| (make(), make()));
    free(early);
    drop(arena);
    assert_eq!(free_slots(), SLOTS - 1);
    free(late);
    assert_eq!(free_slots(), SLOTS);
}

#[test]
fn a_panic_leaves_the_arena_and_takes_its_message_with_it() {
    let _alone = alone();
    let arena = Arena::claim();
    // The hook for panics would keep what it reads for backtraces.
    let panic = || resume_unwind(Box::new(String::from("a message")));
    let message = catch_unwind(AssertUnwindSafe(|| arena.run(panic))).unwrap_err();
    assert_eq!(slot_of(&*Box::new(0_u8)), None);
    drop(arena);
    assert_eq!(free_slots(), SLOTS - 1);
    assert_eq!(message.downcast_ref::<String>().unwrap(), "a message");
    drop(message);
    assert_eq!(free_slots(), SLOTS);
}

#[test]
fn a_thread_has_one_arena_with_memory() {
    let _alone = alone();
    let arena = Arena::claim();
    let inner = arena.run(|| {
        let inner = Arena::claim();
        inner.run(|| Box::new(1_u8))
    });
    assert!(slot_of(&*inner).is_some(), "the outer arena is still filled");
    drop(arena);
    assert_eq!(*inner, 1);
}

#[test]
fn an_arena_that_runs_inside_of_itself_is_filled_no_more() {
    let _alone = alone();
    let arena = Arena::claim();
    let (inner, after) = arena.run(|| (arena.run(|| Box::new(1_u8)), Box::new(2_u8)));
    assert!(slot_of(&*inner).is_some() && slot_of(&*after).is_none());
    assert_eq!((*inner, *after), (1, 2));
}

#[test]
fn more_threads_than_slots_allocate_elsewhere() {
    let _alone = alone();
    let barrier = Barrier::new(SLOTS + 3);
    let work = || {
        let arena = Arena::claim();
        barrier.wait();
        let words = arena.run(|| (0..1000).map(|index| index.to_string()).collect::<Vec<_>>());
        barrier.wait();
        assert!(words.iter().enumerate().all(|(index, word)| *word == index.to_string()));
        usize::from(slot_of(words[0].as_str()).is_some())
    };
    let with_slot: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..SLOTS + 3).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(with_slot, SLOTS);
}

/// Buffers grow, shrink, are freed and are sent to other threads, in arenas and out of them. Each byte of a buffer has the
/// same value, which would change if two buffers shared memory.
#[test]
fn buffers_keep_their_bytes_whatever_happens_to_others() {
    const STEPS: u32 = 30_000;
    const THREADS: usize = 4;
    fn is_intact(buffer: &[u8]) -> bool {
        buffer.iter().all(|byte| *byte == buffer[0])
    }
    fn step(buffers: &mut Vec<Vec<u8>>, random: &mut impl FnMut(usize) -> usize) -> Option<Vec<u8>> {
        let value = random(256) as u8;
        buffers.push(vec![value.max(1); 1 + random(3000)]);
        let chosen = random(buffers.len());
        match random(4) {
            0 => {
                let (first, length) = (buffers[chosen][0], 1 + random(9000));
                buffers[chosen].resize(length, first);
                buffers[chosen].shrink_to_fit();
            }
            1 | 2 if buffers.len() > 50 => return Some(buffers.swap_remove(chosen)),
            _ => {}
        }
        assert!(is_intact(&buffers[chosen]));
        None
    }
    let _alone = alone();
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..THREADS).map(|_| channel::<Vec<u8>>()).unzip();
    thread::scope(|scope| {
        for (number, receiver) in receivers.into_iter().enumerate() {
            let neighbour = senders[(number + 1) % THREADS].clone();
            scope.spawn(move || {
                let mut state = 0x9e37_79b9 + number as u64;
                let mut random = |limit: usize| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    (state % limit as u64) as usize
                };
                let mut buffers = Vec::new();
                for _ in 0..STEPS / 100 {
                    let arena = Arena::claim();
                    for _ in 0..100 {
                        let removed = match random(3) {
                            0 => step(&mut buffers, &mut random),
                            _ => arena.run(|| step(&mut buffers, &mut random)),
                        };
                        if let Some(buffer) = removed
                            && random(2) == 0
                        {
                            // The neighbour may have ended.
                            let _ = neighbour.send(buffer);
                        }
                    }
                    for mut buffer in receiver.try_iter() {
                        let first = buffer[0];
                        buffer.resize(2 * buffer.len(), first);
                        assert!(is_intact(&buffer));
                    }
                }
                assert!(buffers.iter().all(|buffer| is_intact(buffer)));
            });
        }
    });
    drop(senders);
    assert_eq!(free_slots(), SLOTS);
}
