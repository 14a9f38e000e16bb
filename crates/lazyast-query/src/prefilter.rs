//! [`Prefilter`]: what a file must contain to have a hit at all.
//!
//! A prefilter is computed when a query is compiled. It only uses what is cheap to look up in an archive:
//! identifiers, string constants and the set of node kinds. A file that a prefilter rejects has no hit; a file that
//! it accepts may have none either. The caller may test the identifiers against an index first, so that most
//! archives are not even read; that is why the parts of a prefilter are public.

use std::fmt;

use lazyast_format::read::NameNeedle;
use lazyast_format::{Field, KindSet};
use memchr::memmem::Finder;

use crate::indexed_tree::IndexedTree;
use crate::schema::{field_name, kind_names};
use crate::text_regex::TextRegex;

/// A condition on a file that is cheap to test.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Prefilter {
    /// The file has this identifier.
    Identifier(NameNeedle),
    /// The file has identifiers in which a regular expression may be found.
    IdentifierLike(IdentifierRegex),
    /// The file has a string constant with these bytes in it.
    String(StringNeedle),
    /// The file has a node of one of these kinds.
    Kinds(KindSet),
    /// The file has a node in this field.
    Field(Field),
    /// All of these hold. An empty list accepts every file.
    All(Vec<Prefilter>),
    /// At least one of these holds.
    Any(Vec<Prefilter>),
}

/// A regular expression to search for in identifiers.
#[derive(Clone, Debug, PartialEq)]
pub struct IdentifierRegex(TextRegex);

impl IdentifierRegex {
    pub(crate) fn new(regex: &TextRegex) -> Self {
        Self(regex.clone())
    }
}

/// Bytes to search for in the string constants of many trees, with the search prepared once.
#[derive(Clone, Debug)]
pub struct StringNeedle(Finder<'static>);

impl StringNeedle {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(Finder::new(bytes).into_owned())
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        self.0.needle()
    }
}

impl PartialEq for StringNeedle {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Prefilter {
    /// Accepts every file.
    pub const ACCEPT_ALL: Self = Self::All(Vec::new());

    /// The conjunction, flattened and without duplicates, the most selective tests first.
    pub(crate) fn all(prefilters: impl IntoIterator<Item = Self>) -> Self {
        let mut parts: Vec<Self> = Vec::new();
        let mut add = |part: Self| {
            if !parts.contains(&part) {
                parts.push(part);
            }
        };
        for prefilter in prefilters {
            match prefilter {
                Self::All(inner) => inner.into_iter().for_each(&mut add),
                part => add(part),
            }
        }
        parts.sort_by_key(Self::rank);
        if parts.len() == 1 { parts.remove(0) } else { Self::All(parts) }
    }

    /// The disjunction. Sets of kinds are united.
    pub(crate) fn any(prefilters: impl IntoIterator<Item = Self>) -> Self {
        let mut parts: Vec<Self> = Vec::new();
        let mut kinds = KindSet::EMPTY;
        for prefilter in prefilters {
            match prefilter {
                Self::All(inner) if inner.is_empty() => return Self::ACCEPT_ALL,
                Self::Kinds(more) => kinds = kinds.or(more),
                part => parts.push(part),
            }
        }
        if !kinds.is_empty() {
            parts.push(Self::Kinds(kinds));
        }
        if parts.len() == 1 { parts.remove(0) } else { Self::Any(parts) }
    }

    /// Identifiers are cheap to look up and reject most files; a search through all strings costs most.
    fn rank(&self) -> u8 {
        match self {
            Self::Identifier(_) => 0,
            Self::Any(_) | Self::All(_) => 1,
            Self::Kinds(_) | Self::Field(_) | Self::IdentifierLike(_) => 2,
            Self::String(_) => 3,
        }
    }

    /// Whether a tree may have a hit.
    pub(crate) fn accepts(&self, tree: &IndexedTree<'_, '_>) -> bool {
        match self {
            Self::Identifier(name) => tree.find_name(name).is_some(),
            Self::IdentifierLike(regex) => regex.0.may_match_one_of(tree.text_of_names()),
            Self::String(needle) => tree.may_have_string(&needle.0),
            Self::Kinds(kinds) => tree.has_any(*kinds),
            Self::Field(field) => tree.has_field(*field),
            Self::All(parts) => parts.iter().all(|part| part.accepts(tree)),
            Self::Any(parts) => parts.iter().any(|part| part.accepts(tree)),
        }
    }
}

impl fmt::Display for Prefilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identifier(name) => write!(f, "identifier {}", name.text()),
            Self::IdentifierLike(regex) => write!(f, "identifier /{}/", regex.0.regex),
            Self::String(needle) => write!(f, "string {:?}", String::from_utf8_lossy(needle.bytes())),
            Self::Kinds(kinds) => write!(f, "kind {}", kind_names(*kinds).join(" or ")),
            Self::Field(field) => write!(f, "field {}", field_name(*field)),
            Self::All(parts) if parts.is_empty() => f.write_str("every file"),
            Self::All(parts) => write_joined(f, parts, ", "),
            Self::Any(parts) => write_joined(f, parts, " or "),
        }
    }
}

fn write_joined(f: &mut fmt::Formatter<'_>, parts: &[Prefilter], separator: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        match part {
            Prefilter::All(_) | Prefilter::Any(_) => write!(f, "({part})")?,
            part => write!(f, "{part}")?,
        }
    }
    Ok(())
}
