//! Sets of kinds, and the search for their nodes in the column `kinds`.
//!
//! The column has one byte for each node, so a search is a scan of bytes. One to three kinds are found with
//! vector instructions; larger sets are looked up in a table.

use crate::encoding::NodeId;
use crate::kind_code_search::indexes_of;
use crate::schema::Kind;

/// A set of kinds: bit `n` for the kind with code `n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct KindSet(u128);

// A kind's code is a bit number.
const _: () = assert!(Kind::ALL.len() <= u128::BITS as usize);

impl KindSet {
    /// No kind.
    pub const EMPTY: Self = Self(0);

    /// Every kind.
    pub fn all() -> Self {
        Kind::ALL.iter().copied().collect()
    }

    /// The kinds of an abstract class, such as `expr`.
    pub fn of_class(class: &str) -> Self {
        Kind::ALL.iter().copied().filter(|kind| kind.class() == class).collect()
    }

    /// Whether a kind is in the set.
    pub fn contains(self, kind: Kind) -> bool {
        self.contains_code(kind as u8)
    }

    /// Whether the kind with a code is in the set. An unknown code is in no set.
    pub fn contains_code(self, code: u8) -> bool {
        u32::from(code) < u128::BITS && self.0 >> code & 1 == 1
    }

    /// Whether the set has no kind.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the set has every kind.
    pub fn is_all(self) -> bool {
        self == Self::all()
    }

    /// The kinds that are in both sets.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The kinds that are in at least one of the sets.
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The kinds, by code.
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        let mut bits = self.0;
        std::iter::from_fn(move || {
            // Unset bits are skipped, because a set is prepared for each scan. Without a bit the number is 128.
            let code = bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
            Kind::ALL.get(code as usize).copied()
        })
    }
}

impl FromIterator<Kind> for KindSet {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        Self(kinds.into_iter().fold(0, |bits, kind| bits | 1 << (kind as u8)))
    }
}

impl From<Kind> for KindSet {
    fn from(kind: Kind) -> Self {
        Self(1 << (kind as u8))
    }
}

/// A kind set that is prepared for scans of [`Tree::kinds`](crate::Tree::kinds).
#[derive(Clone, Debug)]
pub struct KindScanner {
    kinds: KindSet,
    codes: Codes,
}

/// The codes of a set. For a small one there are vector instructions.
#[derive(Clone, Debug)]
enum Codes {
    None,
    One(u8),
    Two(u8, u8),
    Three(u8, u8, u8),
    /// Whether the set has the kind with each code.
    Many(Box<[bool; 256]>),
}

impl KindScanner {
    /// Prepares a set.
    pub fn new(kinds: KindSet) -> Self {
        let mut few = kinds.iter().map(|kind| kind as u8);
        let codes = match (few.next(), few.next(), few.next(), few.next()) {
            (None, ..) => Codes::None,
            (Some(one), None, ..) => Codes::One(one),
            (Some(one), Some(two), None, _) => Codes::Two(one, two),
            (Some(one), Some(two), Some(three), None) => Codes::Three(one, two, three),
            _ => {
                let mut table = Box::new([false; 256]);
                kinds.iter().for_each(|kind| table[kind as usize] = true);
                Codes::Many(table)
            }
        };
        Self { kinds, codes }
    }

    /// The set.
    pub fn kinds(&self) -> KindSet {
        self.kinds
    }

    /// The index of the first code in the set.
    pub fn first(&self, codes: &[u8]) -> Option<usize> {
        match &self.codes {
            Codes::None => None,
            Codes::One(one) => memchr::memchr(*one, codes),
            Codes::Two(one, two) => memchr::memchr2(*one, *two, codes),
            Codes::Three(one, two, three) => memchr::memchr3(*one, *two, *three, codes),
            Codes::Many(table) => codes.iter().position(|code| table[usize::from(*code)]),
        }
    }

    /// The indexes of all codes in the set, ascending. In the column of a whole tree, they are the nodes.
    pub fn all(&self, codes: &[u8]) -> Vec<NodeId> {
        match &self.codes {
            Codes::None => Vec::new(),
            Codes::One(one) => indexes_of([*one], codes),
            Codes::Two(one, two) => indexes_of([*one, *two], codes),
            Codes::Three(one, two, three) => indexes_of([*one, *two, *three], codes),
            Codes::Many(table) => {
                let found = codes.iter().enumerate().filter(|(_, code)| table[usize::from(**code)]);
                found.map(|(index, _)| index as NodeId).collect()
            }
        }
    }

    /// How many of the codes are in the set.
    pub fn count(&self, codes: &[u8]) -> usize {
        match &self.codes {
            Codes::None => 0,
            Codes::One(one) => count_where(codes, |code| code == *one),
            Codes::Two(one, two) => count_where(codes, |code| code == *one || code == *two),
            Codes::Three(one, two, three) => {
                count_where(codes, |code| code == *one || code == *two || code == *three)
            }
            Codes::Many(table) => count_where(codes, |code| table[usize::from(code)]),
        }
    }
}

fn count_where(codes: &[u8], is_wanted: impl Fn(u8) -> bool) -> usize {
    codes.iter().map(|code| usize::from(is_wanted(*code))).sum()
}

#[cfg(test)]
mod tests {
    use super::{KindScanner, KindSet};
    use crate::schema::Kind;

    #[test]
    fn scans_find_what_the_set_contains() {
        let codes: Vec<u8> = (0..1000_u32).map(|index| (index * index % 131) as u8).collect();
        for size in 0..6 {
            let kinds: KindSet = Kind::ALL.iter().copied().skip(3).step_by(7).take(size).collect();
            let scanner = KindScanner::new(kinds);
            let expected: Vec<u32> =
                (0..1000).filter(|index| kinds.contains_code(codes[*index as usize])).collect();
            assert_eq!(scanner.all(&codes), expected, "{kinds:?}");
            assert_eq!(scanner.first(&codes), expected.first().map(|index| *index as usize), "{kinds:?}");
            assert_eq!(scanner.count(&codes), expected.len(), "{kinds:?}");
        }
    }

    #[test]
    fn kinds_that_stand_side_by_side_are_all_found() {
        let scanner = KindScanner::new(Kind::Name.into());
        for (len, step) in [(0, 1), (1, 1), (64, 1), (200, 1), (200, 2), (200, 11), (200, 63)] {
            let is_name = |index: &usize| index.is_multiple_of(step);
            let code = |index| if is_name(&index) { Kind::Name } else { Kind::Call } as u8;
            let codes: Vec<u8> = (0..len).map(code).collect();
            let expected: Vec<u32> = (0..len).filter(is_name).map(|index| index as u32).collect();
            assert_eq!(scanner.all(&codes), expected, "{len}, {step}");
        }
    }

    #[test]
    fn unknown_codes_are_in_no_set() {
        for code in [Kind::ALL.len() as u8, 127, 128, 255] {
            assert!(!KindSet::all().contains_code(code), "{code}");
        }
    }
}
