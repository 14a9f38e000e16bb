//! The nodes of some kinds: the candidates that every condition starts from.

use lazyast_format::{Field, Kind, NodeId, Tree};

use crate::KindSet;

/// The nodes of some kinds, ascending.
pub(super) fn of_kinds(tree: &Tree<'_>, kinds: KindSet) -> Vec<NodeId> {
    let mut nodes = scan(tree.kinds(), kinds);
    let fields = tree.fields();
    if kinds.contains(Kind::Constant) && memchr::memchr(Field::Values312 as u8, fields).is_some() {
        // These constants exist in the trees of a few releases of Python alone.
        nodes.retain(|node| fields[*node as usize] != Field::Values312 as u8);
    }
    nodes
}

fn scan(codes: &[u8], kinds: KindSet) -> Vec<NodeId> {
    let wanted: Vec<u8> = kinds.iter().map(|kind| kind as u8).collect();
    match wanted[..] {
        [] => Vec::new(),
        [one] => places_of(codes, one),
        [one, two] => memchr::memchr2_iter(one, two, codes).map(|place| place as NodeId).collect(),
        [one, two, three] => {
            memchr::memchr3_iter(one, two, three, codes).map(|place| place as NodeId).collect()
        }
        _ => {
            let mut is_wanted = [false; 256];
            wanted.iter().for_each(|code| is_wanted[usize::from(*code)] = true);
            let places = codes.iter().enumerate().filter(|(_, code)| is_wanted[usize::from(**code)]);
            places.map(|(place, _)| place as NodeId).collect()
        }
    }
}

/// Where a code is. Common kinds are a few bytes apart, so that eight bytes are looked at at a time, without the
/// price of a new search behind each.
fn places_of(codes: &[u8], code: u8) -> Vec<NodeId> {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let wanted = u64::from_le_bytes([code; 8]);
    let mut places = Vec::with_capacity(codes.len() / 32);
    let (words, rest) = codes.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let differences = u64::from_le_bytes(*word) ^ wanted;
        // The highest bit of each byte that is zero, and no other bit.
        let mut found = !(((differences & LOW) + LOW) | differences | LOW);
        while found != 0 {
            places.push((number * 8) as NodeId + found.trailing_zeros() / 8);
            found &= found - 1;
        }
    }
    let start = codes.len() - rest.len();
    places.extend(
        rest.iter().zip(start..).filter(|(found, _)| **found == code).map(|(_, place)| place as NodeId),
    );
    places
}
