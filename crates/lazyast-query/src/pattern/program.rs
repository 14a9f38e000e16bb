//! What a pattern is compiled to: templates of nodes, and lists of elements.

use lazyast_format::encoding::Payload;
use lazyast_format::read::Name;
use lazyast_format::{Field, Kind, NodeId};
use num_bigint::BigUint;

use crate::KindSet;
use crate::prefilter::Prefilter;

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// As it was written.
    pub(crate) text: String,
    pub(crate) root: Root,
    pub(super) templates: Vec<Template>,
    pub(super) lists: Vec<List>,
    pub(super) keywords: Vec<Keywords>,
    /// Identifiers that it asks for, each once.
    pub(super) names: Vec<Name>,
    pub(crate) captures: Vec<Capture>,
    /// Kinds that the first node of a match can have.
    pub(crate) kinds: KindSet,
    /// What a file has where it matches.
    pub(crate) prefilter: Prefilter,
    /// What is looked at before anything else: nodes at fixed distances behind the first.
    pub(super) anchors: Vec<Anchor>,
}

impl Pattern {
    /// How many statements from the first on have to be looked at.
    pub(crate) fn block_len(&self) -> usize {
        match self.root {
            Root::Item(_) => 1,
            Root::Block(list) => {
                let elements = &self.lists[list as usize].elements;
                if elements.iter().any(Element::is_several) { usize::MAX } else { elements.len() }
            }
        }
    }
}

/// What a pattern is as a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Root {
    /// One node.
    Item(Item),
    /// Several statements, from the first on.
    Block(ListId),
}

/// A name of the pattern that captures.
#[derive(Clone, Debug)]
pub(crate) struct Capture {
    pub(crate) name: Box<str>,
    /// `$$$XS`.
    pub(crate) several: bool,
    /// It stands twice.
    pub(super) shared: bool,
}

pub(super) type TemplateId = u32;
pub(super) type ListId = u32;
pub(super) type CaptureId = u16;
pub(super) type NameIndex = u32;

/// Something that is compared with one node.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Item {
    /// A node like this.
    Node(TemplateId),
    /// Any node.
    Hole(Option<CaptureId>),
}

/// What a node has to be like.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) kind: Kind,
    pub(super) payload: PayloadTest,
    pub(super) slots: Vec<Slot>,
}

/// A condition on a node's children.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot {
    /// The one child in this field.
    Child(Field, Item),
    /// No child is in this field.
    Nothing(Field),
    /// The children in this field.
    List(Field, ListId),
    /// Positional arguments or bases in this field, and keywords.
    Arguments(Field, ListId, KeywordsId),
    /// Of `MatchClass`: positional patterns, and those with names.
    ClassPatterns(ListId, KeywordsId),
    /// Of `arguments`: every parameter.
    Parameters(ListId),
    /// Of `Dict`: every item.
    Pairs(ListId),
    /// Of `Global` and `Nonlocal`: the payload's names.
    Names(ListId),
    /// The payload's name, where it is a hole: captured in its turn in the source.
    Name(NameTest),
}

pub(super) type KeywordsId = u32;

/// Keywords, which match in any order.
#[derive(Debug)]
pub(super) struct Keywords {
    pub(super) elements: Vec<(KeywordName, Item)>,
    /// Whether there may be others.
    pub(super) open: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum KeywordName {
    /// `k=`
    Exactly(NameIndex),
    /// `**`
    Stars,
    /// `$K=`
    Hole(Option<CaptureId>),
}

/// Elements that are compared in order.
#[derive(Debug)]
pub(super) struct List {
    pub(super) elements: Vec<Element>,
    /// Elements behind the last one do not matter.
    pub(super) is_prefix: bool,
    /// What matched first may be kept: no name in here stands anywhere else.
    pub(super) is_free: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Element {
    /// `$$$`
    Several(Option<CaptureId>),
    Item(Item),
    /// A parameter, and what its default is.
    Parameter(Field, Item, Wanted),
    /// An item of a dictionary: its key, which `**x` has not, and its value.
    Pair(Option<Item>, Item),
    Name(NameTest),
}

impl Element {
    pub(super) fn is_several(&self) -> bool {
        matches!(self, Self::Several(_))
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted {
    NotAsked,
    Nothing,
    Item(Item),
}

/// What a name has to be.
#[derive(Clone, Copy, Debug)]
pub(super) enum NameTest {
    Exactly(NameIndex),
    Hole(Option<CaptureId>),
    /// Of a dotted name, whose parts stand in the lists.
    Dotted(ListId),
}

/// What a node's payload has to be.
#[derive(Debug)]
pub(super) enum PayloadTest {
    NotAsked,
    Name(NameTest),
    OptionalName(Option<NameTest>),
    /// The same payload.
    Same(Payload),
    Operators(Vec<u8>),
    Alias(NameTest, Option<NameTest>),
    ImportFrom(Option<NameTest>, u32),
    Constant(Literal),
}

/// The value of a constant.
#[derive(Debug)]
pub(super) enum Literal {
    Str(Vec<u8>),
    Bytes(Vec<u8>),
    /// Numbers, `None` and the like, whose payload is their value.
    Payload(Payload),
    BigInt(BigUint),
    Float(u64),
    Imaginary(u64),
}

/// A node at a fixed distance behind the first: with these wrong, nothing else is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Anchor {
    pub(super) distance: u32,
    pub(super) kind: Kind,
    /// Its name, where the payload is a name and a context.
    pub(super) name: Option<NameIndex>,
}

/// What a hole stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The node, or the one that a name belongs to.
    pub(crate) node: NodeId,
    pub(crate) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// The node.
    Node,
    /// A name of it, by number.
    Name(u32),
    /// A part of a dotted name: the name's number, and how many parts are before it.
    Part(u32, u16),
    /// A parameter of some sort, with its default.
    Parameter(Field, Option<NodeId>),
    /// The value of a dictionary's item, with its key.
    Pair(Option<NodeId>),
    /// A pattern of a class pattern, with its keyword, by number.
    Keyword(u32),
    /// The `_` of `*_` in a pattern, which is no name.
    Underscore,
}
