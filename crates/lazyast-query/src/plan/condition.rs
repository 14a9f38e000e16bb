//! What both languages compile to: a condition on a node.

use std::fmt;
use std::sync::Arc;

use lazyast_format::Field;

use crate::KindSet;
use crate::attribute::AttributeTest;
use crate::pattern::Pattern;
use crate::prefilter::Need;

/// Deepest and largest condition: evaluating one recurses as deep as it is, once for each part.
pub(crate) const MAX_DEPTH: usize = 200;
pub(crate) const MAX_SIZE: usize = 20_000;

/// A condition on a node.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Kinds(KindSet),
    /// The fields that it, its parent and so on stand in.
    Fields(Vec<(&'static str, Field)>),
    Attribute(Arc<AttributeTest>),
    Pattern(Arc<Pattern>),
    Place(Place),
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Related(Relation, Box<Self>),
}

/// The place in a list is `step * n + offset` for some `n` from 0 on, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) step: i64,
    pub(crate) offset: i64,
    pub(crate) from_end: bool,
}

impl Place {
    pub(crate) fn fits(self, place: usize, count: usize) -> bool {
        let place = if self.from_end { count - place } else { place + 1 } as i64;
        let rest = place.saturating_sub(self.offset);
        if self.step == 0 { rest == 0 } else { rest % self.step == 0 && rest / self.step >= 0 }
    }
}

/// Where the other node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Parent,
    Ancestor,
    /// Directly before, in the same list.
    Before,
    /// Anywhere before, in the same list.
    Earlier,
    Child,
    Descendant,
    Behind,
    Later,
}

impl Relation {
    fn name(self) -> &'static str {
        match self {
            Self::Parent => "its parent",
            Self::Ancestor => "a node around it",
            Self::Before => "the node before it in its list",
            Self::Earlier => "a node before it in its list",
            Self::Child => "a child",
            Self::Descendant => "a node in it",
            Self::Behind => "the node behind it in its list",
            Self::Later => "a node behind it in its list",
        }
    }
}

impl Condition {
    /// All of these, the cheapest first.
    pub(crate) fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        let mut kinds = KindSet::all();
        for condition in conditions {
            match condition {
                Self::All(inner) => flat.extend(inner),
                Self::Kinds(more) => kinds = kinds.and(more),
                condition => flat.push(condition),
            }
        }
        flat.retain(|condition| match condition {
            Self::Kinds(more) => {
                kinds = kinds.and(*more);
                false
            }
            _ => true,
        });
        if !kinds.is_all() || flat.is_empty() {
            flat.push(Self::Kinds(kinds));
        }
        flat.sort_by_key(Self::cost);
        if flat.len() == 1 { flat.remove(0) } else { Self::All(flat) }
    }

    /// One of these.
    pub(crate) fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for condition in conditions {
            match condition {
                Self::Any(inner) => flat.extend(inner),
                condition => flat.push(condition),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::Any(flat) }
    }

    pub(crate) fn not(self) -> Self {
        Self::Not(Box::new(self))
    }

    pub(crate) fn related(relation: Relation, other: Self) -> Self {
        Self::Related(relation, Box::new(other))
    }

    fn cost(&self) -> u8 {
        match self {
            Self::Kinds(_) => 0,
            Self::Fields(fields) if fields.len() == 1 => 1,
            Self::Attribute(test) if test.is_cheap() => 2,
            Self::Related(Relation::Descendant | Relation::Ancestor, other)
                if matches!(**other, Self::Kinds(_)) =>
            {
                3
            }
            Self::Pattern(_) => 4,
            Self::Attribute(_) => 5,
            Self::Fields(_) => 6,
            Self::Any(_) | Self::All(_) | Self::Not(_) => 7,
            Self::Related(..) | Self::Place(_) => 8,
        }
    }

    /// The kinds that a node can have of which this is true.
    pub(crate) fn kinds(&self) -> KindSet {
        match self {
            Self::Kinds(kinds) => *kinds,
            Self::Pattern(pattern) => pattern.kinds,
            Self::Attribute(test) => test.kinds(),
            Self::All(conditions) => {
                conditions.iter().fold(KindSet::all(), |kinds, condition| kinds.and(condition.kinds()))
            }
            Self::Any(conditions) => {
                conditions.iter().fold(KindSet::EMPTY, |kinds, condition| kinds.or(condition.kinds()))
            }
            _ => KindSet::all(),
        }
    }

    /// What a file has in which this is true of a node.
    pub(crate) fn need(&self) -> Need {
        match self {
            Self::Kinds(kinds) if kinds.is_all() => Need::NOTHING,
            Self::Kinds(kinds) => Need::Kinds(*kinds),
            Self::Pattern(pattern) => pattern.need.clone(),
            Self::Attribute(test) => test.need(),
            Self::All(conditions) => Need::all(conditions.iter().map(Self::need)),
            Self::Any(conditions) => Need::any(conditions.iter().map(Self::need)),
            Self::Related(_, other) => other.need(),
            Self::Fields(_) | Self::Place(_) | Self::Not(_) => Need::NOTHING,
        }
    }

    /// How deep it is, and how many parts it has.
    pub(crate) fn measure(&self) -> (usize, usize) {
        let inner: &[Self] = match self {
            Self::All(conditions) | Self::Any(conditions) => conditions,
            Self::Not(inner) | Self::Related(_, inner) => std::slice::from_ref(inner),
            _ => &[],
        };
        inner.iter().map(Self::measure).fold((1, 1), |(depth, size), (inner_depth, inner_size)| {
            (depth.max(inner_depth + 1), size.saturating_add(inner_size))
        })
    }

    /// The patterns that the node itself is compared with, first ones first.
    pub(crate) fn own_patterns<'c>(&'c self, found: &mut Vec<&'c Arc<Pattern>>) {
        match self {
            Self::Pattern(pattern) => found.push(pattern),
            Self::All(conditions) | Self::Any(conditions) => {
                conditions.iter().for_each(|condition| condition.own_patterns(found));
            }
            _ => {}
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, level: usize) -> fmt::Result {
        let indent = "  ".repeat(level);
        match self {
            Self::Kinds(kinds) if kinds.is_all() => writeln!(f, "{indent}is any node"),
            Self::Kinds(kinds) => writeln!(f, "{indent}is of kind {}", names_of(*kinds)),
            Self::Fields(fields) => {
                let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
                writeln!(f, "{indent}stands in field {}", names.join("."))
            }
            Self::Attribute(test) => writeln!(f, "{indent}has [{test}]"),
            Self::Pattern(pattern) => {
                writeln!(f, "{indent}matches the pattern `{}`", pattern.text.trim().replace('\n', " / "))
            }
            Self::Place(place) => {
                let from = if place.from_end { "the end" } else { "the start" };
                writeln!(f, "{indent}is number {}n{:+} from {from} of its list", place.step, place.offset)
            }
            Self::All(conditions) => {
                writeln!(f, "{indent}all of")?;
                conditions.iter().try_for_each(|condition| condition.write(f, level + 1))
            }
            Self::Any(conditions) => {
                writeln!(f, "{indent}any of")?;
                conditions.iter().try_for_each(|condition| condition.write(f, level + 1))
            }
            Self::Not(inner) => {
                writeln!(f, "{indent}not")?;
                inner.write(f, level + 1)
            }
            Self::Related(relation, other) => {
                writeln!(f, "{indent}{}", relation.name())?;
                other.write(f, level + 1)
            }
        }
    }
}

/// The names of kinds, or of abstract classes where all of their kinds are there.
fn names_of(kinds: KindSet) -> String {
    let mut left = kinds;
    let mut names = Vec::new();
    for kind in kinds.iter().filter(|kind| kind.class() != kind.name()) {
        let class = KindSet::of_class(kind.class());
        if left.contains(kind) && class.and(kinds) == class && class.iter().count() > 1 {
            names.push(kind.class());
            left = left.iter().filter(|kind| !class.contains(*kind)).collect();
        }
    }
    names.extend(left.iter().map(lazyast_format::Kind::name));
    names.join(", ")
}

impl fmt::Display for Condition {
    /// The plan: conditions in the order in which they are looked at.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |f: &mut fmt::Formatter<'_>, needs: &[Self], word: &str| {
            for (place, need) in needs.iter().enumerate() {
                if place > 0 {
                    f.write_str(word)?;
                }
                match need {
                    Self::All(_) | Self::Any(_) => write!(f, "({need})")?,
                    need => write!(f, "{need}")?,
                }
            }
            Ok(())
        };
        match self {
            Self::Name(name) => write!(f, "the name {}", name.text()),
            Self::String(bytes) => write!(f, "the string {:?}", String::from_utf8_lossy(bytes.bytes())),
            Self::Kinds(kinds) => write!(f, "the kind {}", names_of(*kinds).replace(", ", " or ")),
            Self::All(needs) if needs.is_empty() => f.write_str("nothing in particular"),
            Self::All(needs) => join(f, needs, ", "),
            Self::Any(needs) => join(f, needs, " or "),
        }
    }
}
