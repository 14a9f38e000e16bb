//! The program of a pattern: what the compiler makes and the matcher runs.
//!
//! A program is a graph in three tables, whose parts refer to each other by index. Templates describe nodes, lists
//! describe the elements of a list field, and keyword sets describe keywords, whose order does not matter.
//! `f($X, $$$, k=1)` compiles to
//!
//! ```text
//! root        template 1
//! template 0  NameNeedle, payload: name `f`
//! template 1  Call
//!               Child(func): template 0
//!               Arguments(args): list 0, keyword set 0
//! template 2  Constant, payload: 1
//! list 0      Node(Any, captured as X), Sequence
//! keywords 0  `k`: template 2; others are allowed, because list 0 has a Sequence
//! ```
//!
//! What the pattern does not mention has no test, or the test `Absent`; docs/queries.md says which.

use lazyast_format::encoding::Payload;
use lazyast_format::read::NameNeedle;
use lazyast_format::{Field, Kind, KindSet};
use num_bigint::BigUint;

use crate::constant_value::ConstantValue;
use crate::prefilter::Prefilter;
use crate::reference::Reference;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    /// As it was written.
    pub(crate) text: String,
    pub(crate) root: PatternRoot,
    pub(super) templates: Vec<NodeTemplate>,
    pub(super) lists: Vec<ListPattern>,
    pub(super) keyword_sets: Vec<KeywordSet>,
    pub(super) deep: Vec<DeepTest>,
    /// The values of constants that are compared by value, however they are written.
    pub(super) values: Vec<ConstantValue>,
    /// The identifiers that tests compare with.
    pub(super) names: Vec<NameNeedle>,
    /// The named metavariables, in the order in which the compiler met them.
    pub(crate) captures: Vec<CaptureSlot>,
    /// The kinds that the first node of a match can have.
    pub(crate) kinds: KindSet,
    pub(crate) prefilter: Prefilter,
    /// The field that a match must be in: that of decorators, if the pattern is one.
    pub(crate) only_field: Option<Field>,
    pub(super) quick_rejects: Vec<QuickReject>,
    /// Whether a match has two children, which are equal: `$X == $X`.
    pub(super) has_equal_halves: bool,
    /// What the writer of the pattern probably means instead.
    pub(crate) hints: Vec<String>,
    /// The dotted names that are compared by what stands for them.
    pub(super) references: Vec<Reference>,
}

impl Pattern {
    /// The fields of a definition that the pattern does not compare, if the pattern is a definition.
    pub(crate) fn uncompared_fields(&self) -> Vec<Field> {
        let PatternRoot::Node(NodeTest::Template(root)) = self.root else { return Vec::new() };
        let template = &self.templates[root as usize];
        if !matches!(template.kind, Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::ClassDef) {
            return Vec::new();
        }
        let tests = |field: Field| {
            template.fields.iter().any(|test| match test {
                FieldTest::Child(of, _) | FieldTest::List(of, _) | FieldTest::Absent(of) => *of == field,
                FieldTest::Decorators(_) => field == Field::DecoratorList,
                _ => false,
            })
        };
        let fields = [Field::DecoratorList, Field::TypeParams, Field::Returns];
        fields.into_iter().filter(|field| !tests(*field)).collect()
    }

    /// The number of decorators that the pattern compares, if a definition may have others.
    pub(crate) fn compared_decorators(&self) -> Option<usize> {
        let PatternRoot::Node(NodeTest::Template(root)) = self.root else { return None };
        self.templates[root as usize].fields.iter().find_map(|test| match test {
            FieldTest::Decorators(set) => Some(self.keyword_sets[*set as usize].elements.len()),
            _ => None,
        })
    }

    /// Whether the first node of a match is a definition whose decorators are compared.
    pub(crate) fn has_decorators(&self) -> bool {
        let first = match self.root {
            PatternRoot::Node(test) => Some(test),
            PatternRoot::Block(list) => match self.lists[list as usize].elements.first() {
                Some(ListElement::Node(test)) => Some(*test),
                _ => None,
            },
        };
        let Some(NodeTest::Template(template)) = first else { return false };
        let fields = &self.templates[template as usize].fields;
        let is_decorators = |field: &FieldTest| {
            matches!(field, FieldTest::Decorators(_) | FieldTest::List(Field::DecoratorList, _))
        };
        fields.iter().any(is_decorators)
    }

    /// The kinds that the nodes that pass a test can have.
    pub(super) fn kinds_of(&self, test: NodeTest) -> KindSet {
        match test {
            NodeTest::Template(template) => self.templates[template as usize].kind.into(),
            NodeTest::Reference(_) => [Kind::Attribute, Kind::Name].into_iter().collect(),
            NodeTest::Value(_) => ConstantValue::KINDS.into_iter().collect(),
            NodeTest::Any(_) | NodeTest::Deep(_) => KindSet::of_class("expr"),
        }
    }

    /// Whether the root has two children, and both are the same metavariable.
    pub(super) fn repeats_one_operand(&self) -> bool {
        let PatternRoot::Node(NodeTest::Template(root)) = self.root else { return false };
        let of_list = |list: ListId| match self.lists[list as usize].elements[..] {
            [ListElement::Node(NodeTest::Any(one))] => vec![one],
            [ListElement::Node(NodeTest::Any(one)), ListElement::Node(NodeTest::Any(other))] => {
                vec![one, other]
            }
            _ => Vec::new(),
        };
        let operands = self.templates[root as usize].fields.iter().flat_map(|field| match *field {
            FieldTest::Child(_, NodeTest::Any(one)) => vec![one],
            FieldTest::List(Field::Comparators | Field::Values, list) => of_list(list),
            _ => Vec::new(),
        });
        let has_two =
            matches!(self.templates[root as usize].kind, Kind::Compare | Kind::BinOp | Kind::BoolOp);
        has_two && matches!(operands.collect::<Vec<_>>()[..], [Some(one), Some(other)] if one == other)
    }

    /// The number of imported names that the pattern compares, if the import may have others.
    pub(crate) fn compared_names(&self) -> Option<usize> {
        let PatternRoot::Node(NodeTest::Template(root)) = self.root else { return None };
        let template = &self.templates[root as usize];
        let list = template.fields.iter().find_map(|test| match test {
            FieldTest::List(Field::Names, list) => Some(&self.lists[*list as usize]),
            _ => None,
        })?;
        let is_open = list.elements.iter().any(|element| matches!(element, ListElement::Sequence(None)));
        is_open.then(|| list.elements.iter().filter(|element| !element.is_sequence()).count())
    }

    /// The largest number of statements of a match.
    pub(crate) fn max_block_length(&self) -> usize {
        match self.root {
            PatternRoot::Node(_) => 1,
            PatternRoot::Block(list) => {
                let elements = &self.lists[list as usize].elements;
                if elements.iter().any(ListElement::is_sequence) { usize::MAX } else { elements.len() }
            }
        }
    }
}

/// What a pattern matches as a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PatternRoot {
    /// One node.
    Node(NodeTest),
    /// Several statements that follow each other.
    Block(ListId),
}

/// A named metavariable.
#[derive(Clone, Debug)]
pub(crate) struct CaptureSlot {
    pub(crate) name: Box<str>,
    /// Whether it is a `$$$XS`.
    pub(crate) is_sequence: bool,
    /// Whether it occurs more than once. All that it matches must be equal.
    pub(super) is_repeated: bool,
}

pub(super) type TemplateId = u32;
/// An index into [`Pattern::deep`].
pub(super) type DeepId = u32;
/// An index into [`Pattern::values`].
pub(super) type ValueId = u32;
/// An index into [`Pattern::references`].
pub(super) type ReferenceId = u32;
pub(super) type ListId = u32;
pub(super) type KeywordSetId = u32;
/// An index into [`Pattern::captures`].
pub(super) type CaptureId = u16;
/// An index into [`Pattern::names`].
pub(super) type NameIndex = u32;

/// A test of one node.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NodeTest {
    /// The node is like a template.
    Template(TemplateId),
    /// Any node: a metavariable, which may capture.
    Any(Option<CaptureId>),
    /// The node stands for a dotted name.
    Reference(ReferenceId),
    /// The node, or one inside of it, passes a test.
    Deep(DeepId),
    /// The node is a constant expression with a value.
    Value(ValueId),
}

/// A test of a node and of all expressions inside of it, in preorder.
#[derive(Clone, Copy, Debug)]
pub(super) struct DeepTest {
    pub(super) test: NodeTest,
    /// The kinds of nodes that can pass.
    pub(super) kinds: KindSet,
}

/// A description of a node.
#[derive(Clone, Debug)]
pub(super) struct NodeTemplate {
    pub(super) kind: Kind,
    pub(super) payload: PayloadTest,
    /// Tests in the order of the source, so that a metavariable captures its first occurrence.
    pub(super) fields: Vec<FieldTest>,
}

/// A test of the children in a field, or of the names of a node.
#[derive(Clone, Copy, Debug)]
pub(super) enum FieldTest {
    /// The field has a child that passes.
    Child(Field, NodeTest),
    /// The field has no child.
    Absent(Field),
    /// The children of the field match a list.
    List(Field, ListId),
    /// The positional arguments or bases in the field, and the keywords.
    Arguments(Field, ListId, KeywordSetId),
    /// The decorators of a definition, in any order.
    Decorators(KeywordSetId),
    /// The positional and the keyword patterns of a `MatchClass`.
    ClassPatterns(ListId, KeywordSetId),
    /// All parameters of an `arguments`.
    Parameters(ListId),
    /// The items of a `Dict`.
    DictItems(ListId),
    /// The names of a `Global` or a `Nonlocal`.
    Names(ListId),
    /// The name of the node. Names with metavariables are tested here and not with the payload, because a name may
    /// come after children in the source.
    Name(NameTest),
}

/// Keywords or decorators, which match in any order.
#[derive(Clone, Debug)]
pub(super) struct KeywordSet {
    pub(super) elements: Vec<(KeywordNameTest, NodeTest)>,
    /// Whether there may be others.
    pub(super) is_open: bool,
    /// `**$$$`, which captures the others.
    pub(super) rest: Option<Option<CaptureId>>,
}

/// A test of a keyword's name.
#[derive(Clone, Copy, Debug)]
pub(super) enum KeywordNameTest {
    /// `k=`
    Exactly(NameIndex),
    /// A decorator, which has no name.
    Decorator,
    /// `**`, which has no name.
    Unpacking,
    /// `$K=`
    Any(Option<CaptureId>),
}

/// Elements that match in order.
#[derive(Clone, Debug)]
pub(super) struct ListPattern {
    pub(super) elements: Vec<ListElement>,
    /// Whether more may follow after the last element, as for a block of statements.
    pub(super) is_prefix: bool,
    /// For each element, whether it is a `$$$` that ends an independent segment: no metavariable from the previous `$$$` to
    /// this one occurs twice, so that the first way to match the segment may be kept.
    pub(super) ends_independent: Vec<bool>,
    /// For each element, the number of subjects that the elements after it need.
    pub(super) needed_after: Vec<u32>,
    /// For each element, what of it captures a metavariable that an element after it has in the same part.
    pub(super) recurring: Vec<Option<(CaptureId, ElementPart)>>,
}

/// A part of an element that can consist of a metavariable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElementPart {
    /// The node of the element, or the value of an item of a dictionary.
    Node,
    /// The key of an item of a dictionary.
    Key,
}

impl ListPattern {
    pub(super) fn new(elements: Vec<ListElement>) -> Self {
        let mut needed = 0;
        let mut needed_after: Vec<u32> = elements
            .iter()
            .rev()
            .map(|element| {
                let after = needed;
                needed += u32::from(!element.is_sequence());
                after
            })
            .collect();
        needed_after.reverse();
        let recurring = (0..elements.len()).map(|index| {
            let of_later =
                |part| elements[index + 1..].iter().filter_map(move |later| later.capture_in(part));
            [ElementPart::Key, ElementPart::Node].into_iter().find_map(|part| {
                let capture = elements[index].capture_in(part)?;
                of_later(part).any(|later| later == capture).then_some((capture, part))
            })
        });
        let recurring = recurring.collect();
        Self { is_prefix: false, ends_independent: Vec::new(), needed_after, recurring, elements }
    }
}

/// An element of a list.
#[derive(Clone, Copy, Debug)]
pub(super) enum ListElement {
    /// `$$$`: any number of subjects.
    Sequence(Option<CaptureId>),
    Node(NodeTest),
    /// A parameter of some kinds, and its default.
    Parameter(ParameterKinds, NodeTest, DefaultTest),
    /// An item of a dictionary display: its key, which `**x` does not have, and its value.
    DictItem(Option<NodeTest>, NodeTest),
    Name(NameTest),
}

impl ListElement {
    pub(super) fn is_sequence(&self) -> bool {
        matches!(self, Self::Sequence(_))
    }

    /// The metavariable of which a part consists.
    fn capture_in(&self, part: ElementPart) -> Option<CaptureId> {
        match (*self, part) {
            (
                Self::Node(NodeTest::Any(capture)) | Self::DictItem(_, NodeTest::Any(capture)),
                ElementPart::Node,
            )
            | (Self::DictItem(Some(NodeTest::Any(capture)), _), ElementPart::Key) => capture,
            _ => None,
        }
    }
}

/// The kinds of parameters that one of the pattern matches.
#[derive(Clone, Copy, Debug)]
pub(super) struct ParameterKinds {
    /// The field of `arguments` that the pattern has it in.
    pub(super) field: Field,
    /// Whether a `$$$` after it can stand for the `/`.
    pub(super) also_positional_only: bool,
    /// Whether a `$$$` before it can stand for the `*`.
    pub(super) also_keyword_only: bool,
}

impl ParameterKinds {
    pub(super) fn include(self, field: Field) -> bool {
        self.field == field
            || self.also_positional_only && field == Field::Posonlyargs
            || self.also_keyword_only && field == Field::Kwonlyargs
    }
}

/// A test of a parameter's default.
#[derive(Clone, Copy, Debug)]
pub(super) enum DefaultTest {
    /// Any default or none.
    Anything,
    Absent,
    Matches(NodeTest),
}

/// A test of a name.
#[derive(Clone, Copy, Debug)]
pub(super) enum NameTest {
    Exactly(NameIndex),
    Any(Option<CaptureId>),
    /// A dotted name with metavariables in it: the list has its parts, each a [`ListElement::Name`].
    Dotted(ListId),
}

/// A test of a node's payload.
#[derive(Clone, Debug)]
pub(super) enum PayloadTest {
    Anything,
    Name(NameTest),
    OptionalName(Option<NameTest>),
    Same(Payload),
    /// The codes of the operators of a `Compare`.
    Operators(Vec<u8>),
    Alias(NameTest, Option<NameTest>),
    /// The module, the level and the laziness of an `ImportFrom`.
    ImportFrom(Option<NameTest>, u32, bool),
    Constant(ConstantLiteral),
    /// The parts of the text of a `str`.
    Text(Vec<TextPart>),
}

/// A part of the text of a string: a fixed text, or any text.
#[derive(Clone, Debug)]
pub(super) enum TextPart {
    Exactly(Vec<u8>),
    Any(Option<CaptureId>),
}

/// The value of a constant in a pattern.
#[derive(Clone, Debug)]
pub(super) enum ConstantLiteral {
    Str(Vec<u8>),
    Bytes(Vec<u8>),
    /// A constant that is stored in the payload itself: a small integer, `None` and the like.
    Payload(Payload),
    BigInt(BigUint),
    /// The bits of a `float`.
    Float(u64),
    /// The bits of the imaginary part of a `complex`.
    Imaginary(u64),
}

/// A test of a node at a fixed distance after the first node of a match.
///
/// Nodes are in preorder, so the first child of a node is the next node, and the first child of that is the one
/// after it. As long as the pattern fixes what the first child is, its kind and its name can be tested by looking at
/// two columns, before the matcher decodes anything.
#[derive(Clone, Copy, Debug)]
pub(super) struct QuickReject {
    pub(super) distance: u32,
    pub(super) kind: Kind,
    /// The node's name, if its payload is a name and a context.
    pub(super) name: Option<NameIndex>,
    /// The node's payload, if it is an operator.
    pub(super) payload: Option<Payload>,
    /// The dotted name that the node stands for; then kind and name are not tested.
    pub(super) reference: Option<ReferenceId>,
}
