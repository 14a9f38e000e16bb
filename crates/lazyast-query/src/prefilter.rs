//! What a file has to have so that a query can have a hit in it: whoever lacks it is not looked at.

use lazyast_format::Tree;
use lazyast_format::read::Name;
use memchr::memmem::Finder;

use crate::KindSet;

/// A condition on a file that is cheap to check.
#[derive(Clone, Debug, PartialEq)]
pub enum Need {
    /// An identifier.
    Name(Name),
    /// A string with these bytes somewhere in it.
    String(Needle),
    /// A node of one of these kinds.
    Kinds(KindSet),
    /// All of these. None of them at all: every file will do.
    All(Vec<Need>),
    /// One of these.
    Any(Vec<Need>),
}

/// Bytes that are looked for in many trees.
#[derive(Clone, Debug)]
pub struct Needle(Finder<'static>);

impl Needle {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(Finder::new(bytes).into_owned())
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        self.0.needle()
    }
}

impl PartialEq for Needle {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Need {
    /// Every file will do.
    pub const NOTHING: Self = Self::All(Vec::new());

    /// All of these.
    pub(crate) fn all(needs: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        for need in needs {
            match need {
                Self::All(inner) => flat.extend(inner),
                need => flat.push(need),
            }
        }
        let mut once: Vec<Self> = Vec::with_capacity(flat.len());
        for need in flat {
            if !once.contains(&need) {
                once.push(need);
            }
        }
        let mut flat = once;
        // The rarest first.
        flat.sort_by_key(Self::cost);
        if flat.len() == 1 { flat.remove(0) } else { Self::All(flat) }
    }

    /// One of these.
    pub(crate) fn any(needs: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        let mut kinds = KindSet::EMPTY;
        for need in needs {
            match need {
                Self::All(inner) if inner.is_empty() => return Self::NOTHING,
                Self::Kinds(more) => kinds = kinds.or(more),
                need => flat.push(need),
            }
        }
        if !kinds.is_empty() {
            flat.push(Self::Kinds(kinds));
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::Any(flat) }
    }

    fn cost(&self) -> u8 {
        match self {
            Self::Name(_) => 0,
            Self::Any(_) | Self::All(_) => 1,
            Self::Kinds(_) => 2,
            Self::String(_) => 3,
        }
    }

    /// Whether a file has it.
    pub(crate) fn is_met(&self, tree: &Tree<'_>) -> bool {
        match self {
            Self::Name(name) => tree.find_name(name).is_some(),
            Self::String(bytes) => tree.may_have_string(&bytes.0),
            Self::Kinds(kinds) => has_kind(tree.kinds(), *kinds),
            Self::All(needs) => needs.iter().all(|need| need.is_met(tree)),
            Self::Any(needs) => needs.iter().any(|need| need.is_met(tree)),
        }
    }
}

fn has_kind(codes: &[u8], kinds: KindSet) -> bool {
    let wanted: Vec<u8> = kinds.iter().map(|kind| kind as u8).collect();
    match wanted[..] {
        [] => false,
        [one] => memchr::memchr(one, codes).is_some(),
        [one, two] => memchr::memchr2(one, two, codes).is_some(),
        [one, two, three] => memchr::memchr3(one, two, three, codes).is_some(),
        _ => codes.iter().any(|code| wanted.contains(code)),
    }
}
