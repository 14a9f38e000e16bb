//! [`PatternCompiler`]: the tables of a program while it is built.

use std::collections::HashMap;

use lazyast_format::read::NameNeedle;
use lazyast_format::schema::Role;
use lazyast_format::{Kind, KindSet, NodeId};

use super::parsed::ParsedPattern;
use crate::constant_value::ConstantValue;
use crate::error::QueryError;
use crate::pattern::metavariables::Metavariable;
use crate::pattern::options::{NameMatching, PatternOptions};
use crate::pattern::program::{
    CaptureId, CaptureSlot, KeywordNameTest, KeywordSet, KeywordSetId, ListElement, ListId, ListPattern,
    NameIndex, NameTest, NodeTest, Pattern, PatternRoot, ReferenceId,
};
use crate::pattern::text::literal_parts;
use crate::prefilter::Prefilter;
use crate::reference::Reference;

/// A program under construction. What it is compiled from is `parsed`.
pub(super) struct PatternCompiler<'c, 'a> {
    pub(super) parsed: ParsedPattern<'c, 'a>,
    pub(super) pattern: Pattern,
    /// How often each capture occurs.
    pub(super) uses: Vec<u32>,
    name_indexes: HashMap<Box<str>, NameIndex>,
    /// Everything that a file with a match contains.
    pub(super) prefilters: Vec<Prefilter>,
    options: PatternOptions,
}

impl<'c, 'a> PatternCompiler<'c, 'a> {
    pub(super) fn new(text: &str, parsed: ParsedPattern<'c, 'a>, options: PatternOptions) -> Self {
        let pattern = Pattern {
            text: text.to_owned(),
            root: PatternRoot::Node(NodeTest::Any(None)),
            templates: Vec::new(),
            lists: Vec::new(),
            deep: Vec::new(),
            values: Vec::new(),
            keyword_sets: Vec::new(),
            names: Vec::new(),
            captures: Vec::new(),
            kinds: KindSet::EMPTY,
            prefilter: Prefilter::ACCEPT_ALL,
            only_field: None,
            quick_rejects: Vec::new(),
            has_equal_halves: false,
            references: Vec::new(),
            hints: Vec::new(),
        };
        Self {
            parsed,
            pattern,
            uses: Vec::new(),
            name_indexes: HashMap::new(),
            prefilters: Vec::new(),
            options,
        }
    }

    pub(super) fn error(&self, node: NodeId, message: impl Into<String>) -> QueryError {
        self.parsed.error(node, message)
    }

    /// Adds a use of a metavariable, and returns its capture if it has a name.
    pub(super) fn capture(
        &mut self,
        node: NodeId,
        metavariable: &Metavariable,
    ) -> Result<Option<CaptureId>, QueryError> {
        let Some(name) = &metavariable.name else { return Ok(None) };
        if let Some(index) = self.pattern.captures.iter().position(|slot| *slot.name == **name) {
            if self.pattern.captures[index].is_sequence != metavariable.is_sequence {
                let message = format!(
                    "${name} and $$${name} have the same name, but match one node and any number: rename one of them"
                );
                return Err(self.error(node, message));
            }
            self.uses[index] += 1;
            return Ok(Some(index as CaptureId));
        }
        let index = CaptureId::try_from(self.uses.len());
        let index = index.map_err(|_| self.error(node, "too many different metavariables in one pattern"))?;
        let is_sequence = metavariable.is_sequence;
        self.pattern.captures.push(CaptureSlot {
            name: name.as_str().into(),
            is_sequence,
            is_repeated: false,
        });
        self.uses.push(1);
        Ok(Some(index))
    }

    /// Adds an identifier that every file with a match contains.
    pub(super) fn name(&mut self, node: NodeId, name: &str) -> Result<NameIndex, QueryError> {
        if let Some(index) = self.name_indexes.get(name) {
            return Ok(*index);
        }
        if self.parsed.substituted.has_metavariable_inside(name) {
            return Err(self.error(node, "a metavariable must be a whole name, not a part of one"));
        }
        let index = self.add_name(name);
        self.name_indexes.insert(name.into(), index);
        self.prefilters.push(Prefilter::Identifier(NameNeedle::new(name)));
        Ok(index)
    }

    fn add_name(&mut self, name: &str) -> NameIndex {
        self.pattern.names.push(NameNeedle::new(name));
        self.pattern.names.len() as NameIndex - 1
    }

    pub(super) fn name_test(&mut self, node: NodeId, name: &str) -> Result<NameTest, QueryError> {
        if let Some(metavariable) = self.parsed.metavariable(name) {
            if metavariable.is_sequence {
                let message =
                    "$$$ matches any number of elements, but one name is expected here: write $X or $_";
                return Err(self.error(node, message));
            }
            return Ok(NameTest::Any(self.capture(node, metavariable)?));
        }
        if name.split('.').any(|part| self.parsed.metavariable(part).is_some()) {
            return self.dotted_name(node, name);
        }
        Ok(NameTest::Exactly(self.name(node, name)?))
    }

    /// A dotted name with metavariables among its parts.
    fn dotted_name(&mut self, node: NodeId, name: &str) -> Result<NameTest, QueryError> {
        let mut elements = Vec::new();
        for part in name.split('.') {
            let test = match self.parsed.metavariable(part) {
                Some(metavariable) if metavariable.is_sequence => {
                    return Err(self.error(node, "$$$ cannot be a part of a dotted name: write $X or $_"));
                }
                Some(metavariable) => NameTest::Any(self.capture(node, metavariable)?),
                None if self.parsed.substituted.has_metavariable_inside(part) => {
                    let message = "a metavariable must be a whole name, or a whole part of a dotted name";
                    return Err(self.error(node, message));
                }
                // Parts are compared as text: a file need not have the part as an identifier of its own.
                None => NameTest::Exactly(self.add_name(part)),
            };
            elements.push(ListElement::Name(test));
        }
        Ok(NameTest::Dotted(self.add_list(elements)))
    }

    pub(super) fn optional_name(&mut self, node: NodeId, role: Role) -> Result<Option<NameTest>, QueryError> {
        let name = self.parsed.name_of(node, role)?;
        name.map(|name| self.name_test(node, name)).transpose()
    }

    pub(super) fn add_list(&mut self, elements: Vec<ListElement>) -> ListId {
        self.pattern.lists.push(ListPattern::new(elements));
        self.pattern.lists.len() as ListId - 1
    }

    /// Adds the keywords that belong to a list of positional elements. A `$$$` in the list also takes keywords, unless
    /// `rest`, which is a `**$$$`, takes them.
    pub(super) fn add_keywords(
        &mut self,
        list: ListId,
        elements: Vec<(KeywordNameTest, NodeTest)>,
        rest: Option<Option<CaptureId>>,
    ) -> KeywordSetId {
        let has_sequence = self.pattern.lists[list as usize].elements.iter().any(ListElement::is_sequence);
        let is_open = has_sequence || rest.is_some();
        self.pattern.keyword_sets.push(KeywordSet { elements, is_open, rest });
        self.pattern.keyword_sets.len() as KeywordSetId - 1
    }

    /// The dotted name that a node is, if it is compared by what stands for it. A name that begins with `self` or `cls`
    /// is not: no import binds these.
    pub(super) fn reference(&mut self, node: NodeId) -> Result<Option<ReferenceId>, QueryError> {
        if self.options.names == NameMatching::Literal || self.parsed.kind(node)? != Kind::Attribute {
            return Ok(None);
        }
        let Some(text) = self.parsed.dotted_text(node)? else { return Ok(None) };
        if matches!(text.split('.').next(), Some("self" | "cls")) {
            return Ok(None);
        }
        let known = self.pattern.references.iter().position(|reference| reference.is(&text));
        if let Some(known) = known {
            return Ok(Some(known as ReferenceId));
        }
        let reference = Reference::new(&text);
        self.prefilters.push(reference.prefilter());
        self.pattern.references.push(reference);
        Ok(Some(self.pattern.references.len() as ReferenceId - 1))
    }

    /// The value of a node, if it is a constant expression that is compared by value.
    pub(super) fn value(&self, node: NodeId) -> Result<Option<ConstantValue>, QueryError> {
        if !self.options.fold_constants {
            return Ok(None);
        }
        let value =
            ConstantValue::of(self.parsed.tree, node).map_err(|damage| self.parsed.damage(&damage))?;
        let Some(value) = value else { return Ok(None) };
        let restored = value.map_text(|text| self.parsed.substituted.restore(text));
        let has_metavariables = match &restored {
            ConstantValue::Str(text) => literal_parts(text).is_some(),
            _ => false,
        };
        Ok((!has_metavariables).then_some(restored))
    }

    /// Whether the kind of a node of the pattern is that of every node that it matches.
    pub(super) fn has_fixed_kind(&self, node: NodeId) -> Result<bool, QueryError> {
        Ok(self.parsed.metavariable_of(node)?.is_none()
            && self.parsed.operand_of_deep(node)?.is_none()
            && self.value(node)?.is_none())
    }

    /// Adds a kind that every file with a match has.
    pub(super) fn require_kind(&mut self, kind: Kind) {
        self.prefilters.push(Prefilter::Kinds(kind.into()));
    }
}
