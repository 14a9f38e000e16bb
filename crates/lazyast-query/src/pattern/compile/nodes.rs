//! From the tree of a pattern's text to its program.

use std::collections::HashMap;

use lazyast_format::encoding::{Payload, PayloadLayout, Stored};
use lazyast_format::read::{Constant, Name, Part, Target as Python, Value};
use lazyast_format::shape::{FieldSpec, Role};
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};

use crate::pattern::metavariables::{Filled, Hole};
use crate::pattern::program::{
    Anchor, Capture, CaptureId, Element, Item, KeywordName, Keywords, KeywordsId, List, ListId, Literal,
    NameIndex, NameTest, Pattern, PayloadTest, Root, Slot, Template, TemplateId, Wanted,
};
use crate::pattern::{Around, Shift};
use crate::prefilter::{Prefilter, StringNeedle};
use crate::{KindSet, QueryError};

/// Deepest tree of a pattern. The parser serves none that is deeper, and compiling recurses as deep as this.
const MAX_DEPTH: u16 = 512;

/// Trees of at most this depth are compiled on any stack; others on one with this much room, in bytes.
const SHALLOW: u16 = 40;
const STACK: usize = 4 << 20;

/// Fields of definitions that are not asked for where the pattern has nothing in them.
const OPTIONAL: [&str; 3] = ["decorator_list", "type_params", "returns"];
const DEFINITIONS: [Kind; 3] = [Kind::FunctionDef, Kind::AsyncFunctionDef, Kind::ClassDef];
/// Kinds whose name stands behind their children.
const NAME_LAST: [Kind; 3] = [Kind::Attribute, Kind::MatchAs, Kind::MatchMapping];

/// Kinds whose first child in the source may be something that the pattern does not ask for.
const FIRST_CHILD_UNKNOWN: [Kind; 5] =
    [Kind::FunctionDef, Kind::AsyncFunctionDef, Kind::ClassDef, Kind::Arguments, Kind::Arg];

/// Compiles the tree of a pattern.
pub(in crate::pattern) fn compile(
    text: &str,
    tree: &Tree<'_>,
    filled: &Filled,
    around: Around,
    shift: Shift<'_>,
) -> Result<Pattern, QueryError> {
    if tree.header().depth > MAX_DEPTH {
        return Err(shift.error(tree, 0, format!("deeper than {MAX_DEPTH} levels")));
    }
    let mut compiler = Compiler {
        tree,
        filled,
        shift,
        pattern: Pattern {
            text: text.to_owned(),
            root: Root::Item(Item::Hole(None)),
            templates: Vec::new(),
            lists: Vec::new(),
            keywords: Vec::new(),
            names: Vec::new(),
            captures: Vec::new(),
            kinds: KindSet::EMPTY,
            prefilter: Prefilter::ACCEPT_ALL,
            anchors: Vec::new(),
        },
        uses: Vec::new(),
        numbers: HashMap::new(),
        prefilters: Vec::new(),
    };
    if tree.header().depth > SHALLOW {
        stacker::maybe_grow(STACK, 2 * STACK, || compiler.root(around))?;
    } else {
        compiler.root(around)?;
    }
    Ok(compiler.pattern)
}

struct Compiler<'c, 'a> {
    tree: &'c Tree<'a>,
    filled: &'c Filled,
    shift: Shift<'c>,
    pattern: Pattern,
    /// How often each capture stands in the pattern.
    uses: Vec<u32>,
    numbers: HashMap<Box<str>, NameIndex>,
    prefilters: Vec<Prefilter>,
}

impl<'a> Compiler<'_, 'a> {
    fn root(&mut self, around: Around) -> Result<(), QueryError> {
        let body = self.children(0, Field::Body)?;
        let (nodes, first) = match (around, &body[..]) {
            (Around::Nothing, _) => (body.clone(), 0),
            (Around::Block, [outer]) => (self.block(*outer)?, *outer),
            (Around::BlockTry, [outer]) => match self.block(*outer)?[..] {
                [inner] => (self.only(inner, &[Field::Body, Field::Handlers], Field::Handlers)?, inner),
                [_, other, ..] => {
                    return Err(self.error(other, "a pattern of a clause is this one clause alone"));
                }
                [] => return Err(self.error(*outer, "there is no code in it")),
            },
            (Around::Try, [outer]) => {
                (self.only(*outer, &[Field::Body, Field::Handlers], Field::Handlers)?, *outer)
            }
            (Around::Match | Around::BlockMatch, [outer]) => {
                (self.only(*outer, &[Field::Subject, Field::Cases], Field::Cases)?, *outer)
            }
            (_, [.., last]) => return Err(self.error(*last, "it is not indented like the lines before it")),
            (_, []) => return Err(self.error(0, "there is no code in it")),
        };
        let root = match &nodes[..] {
            [] => return Err(self.error(first, "there is no code in it")),
            [one] => {
                let kind = self.kind(*one)?;
                let node = if kind == Kind::Expr { *one + 1 } else { *one };
                self.anchors(node)?;
                Root::Item(self.item(node)?)
            }
            several => {
                let list = self.list(several)?;
                let elements = &self.pattern.lists[list as usize].elements;
                let outer = [(elements.first(), several[0]), (elements.last(), several[several.len() - 1])];
                if let Some((_, node)) =
                    outer.iter().find(|(element, _)| element.is_some_and(Element::is_several))
                {
                    let message =
                        "statements cannot begin or end with $$$: any number around them is never asked for";
                    return Err(self.error(*node, message));
                }
                self.pattern.lists[list as usize].is_prefix = true;
                Root::Block(list)
            }
        };
        let first = match root {
            Root::Item(item) => Some(item),
            Root::Block(list) => match self.pattern.lists[list as usize].elements.first() {
                Some(Element::Item(item)) => Some(*item),
                _ => None,
            },
        };
        self.pattern.kinds = match (root, first) {
            (_, Some(Item::Node(template))) => self.pattern.templates[template as usize].kind.into(),
            (Root::Item(_), _) => KindSet::of_class("expr"),
            (Root::Block(_), _) => KindSet::of_class("stmt"),
        };
        self.pattern.root = root;
        for (capture, uses) in self.pattern.captures.iter_mut().zip(&self.uses) {
            capture.shared = *uses > 1;
        }
        self.free_lists();
        self.prefilters.push(Prefilter::Kinds(self.pattern.kinds));
        self.pattern.prefilter = Prefilter::all(std::mem::take(&mut self.prefilters));
        Ok(())
    }

    fn error(&self, node: NodeId, message: impl Into<String>) -> QueryError {
        self.shift.error(self.tree, node, message)
    }

    fn kind(&self, node: NodeId) -> Result<Kind, QueryError> {
        self.tree.kind(node).map_err(|damage| self.damage(&damage))
    }

    fn damage(&self, damage: &Damage) -> QueryError {
        self.error(0, damage.to_string())
    }

    fn all_children(&self, node: NodeId) -> Result<Vec<(Field, NodeId)>, QueryError> {
        let Some(node) = self.tree.node(node) else { return Ok(Vec::new()) };
        let children = node.children().map(|child| child.map(|(field, child)| (field, child.id())));
        children.collect::<Result<_, _>>().map_err(|damage| self.damage(&damage))
    }

    fn children(&self, node: NodeId, wanted: Field) -> Result<Vec<NodeId>, QueryError> {
        let children = self.all_children(node)?.into_iter();
        Ok(children.filter(|(field, _)| *field == wanted).map(|(_, child)| child).collect())
    }

    /// The statements of a pattern that is indented as a whole: all there is in the `if` around them.
    fn block(&self, outer: NodeId) -> Result<Vec<NodeId>, QueryError> {
        match self
            .all_children(outer)?
            .into_iter()
            .find(|(field, _)| !matches!(field, Field::Test | Field::Body))
        {
            Some((_, other)) => Err(self.error(other, "it is not indented like the lines before it")),
            None => self.children(outer, Field::Body),
        }
    }

    /// The one child in a field of a node that has children in these fields alone.
    fn only(&self, outer: NodeId, fields: &[Field], wanted: Field) -> Result<Vec<NodeId>, QueryError> {
        let others = self.all_children(outer)?.into_iter().find(|(field, _)| !fields.contains(field));
        let wanted = self.children(outer, wanted)?;
        match (others, &wanted[..]) {
            (None, [_]) => Ok(wanted),
            (Some((_, other)), _) => Err(self.error(other, "a pattern of a clause is this one clause alone")),
            (None, _) => Err(self.error(wanted[1], "a pattern of a clause is this one clause alone")),
        }
    }

    /// What a node's one name is, as the text has it.
    fn name_of(&self, node: NodeId, role: Role) -> Result<Option<&'a str>, QueryError> {
        let kind = self.kind(node)?;
        let Some(spec) = kind.fields().iter().find(|spec| spec.role == role) else { return Ok(None) };
        match self.value(node, spec)? {
            Value::Identifier(name) => Ok(Some(name)),
            _ => Ok(None),
        }
    }

    fn value(&self, node: NodeId, spec: &FieldSpec) -> Result<Value<'a>, QueryError> {
        let python = Python::new(u8::MAX, 0);
        let node = self.tree.node(node).ok_or_else(|| self.error(node, "node is missing"))?;
        node.value(spec, python).map_err(|damage| self.damage(&damage))
    }

    /// The hole that a name is.
    fn hole(&self, name: &str) -> Option<&Hole> {
        self.filled.holes.get(name)
    }

    /// The hole that a node is nothing but.
    fn hole_of(&self, node: NodeId) -> Result<Option<&Hole>, QueryError> {
        let has_children = self.tree.subtree_end(node) > node + 1;
        let name = match self.kind(node)? {
            Kind::Name => self.name_of(node, Role::Name)?,
            Kind::MatchAs if !has_children => self.name_of(node, Role::OptionalName)?,
            Kind::Arg if !has_children => self.name_of(node, Role::Name)?,
            Kind::TypeVar if !has_children => {
                let hole = self.name_of(node, Role::Name)?.and_then(|name| self.hole(name));
                return Ok(hole.filter(|hole| hole.several));
            }
            Kind::Alias if self.name_of(node, Role::Asname)?.is_none() => {
                self.name_of(node, Role::AliasName)?
            }
            Kind::Expr => return self.hole_of(node + 1),
            Kind::Withitem if self.all_children(node)?.len() == 1 => return self.hole_of(node + 1),
            Kind::FormattedValue => {
                let is_plain = self.all_children(node)?.len() == 1
                    && self.payload(node, Kind::FormattedValue)? == Payload::Conversion(-1);
                let inner = if is_plain { self.hole_of(node + 1)? } else { None };
                return Ok(inner.filter(|hole| hole.several));
            }
            Kind::ExceptHandler => {
                let place = self.children(node, Field::Type)?;
                let inner = place.first().map(|place| self.hole_of(*place)).transpose()?.flatten();
                let is_named = self.name_of(node, Role::OptionalName)?.is_some();
                return match inner.filter(|hole| hole.several && !is_named) {
                    Some(hole) => self.with_any_body(node).map(|()| Some(hole)),
                    None => Ok(None),
                };
            }
            Kind::MatchCase if self.children(node, Field::Guard)?.is_empty() => {
                return match self.hole_of(node + 1)?.filter(|hole| hole.several) {
                    Some(hole) => self.with_any_body(node).map(|()| Some(hole)),
                    None => Ok(None),
                };
            }
            _ => None,
        };
        Ok(name.and_then(|name| self.hole(name)))
    }

    /// Whether the body of a clause that stands for any number is any, as it has to be.
    fn with_any_body(&self, clause: NodeId) -> Result<(), QueryError> {
        let body = self.children(clause, Field::Body)?;
        let is_any = match body[..] {
            [one] => {
                self.kind(one)? == Kind::Expr && self.hole_of(one)?.is_some_and(|hole| hole.name.is_none())
            }
            _ => false,
        };
        let message = "any number of clauses have any bodies: write $_ for the body";
        if is_any { Ok(()) } else { Err(self.error(body.first().copied().unwrap_or(clause), message)) }
    }

    fn payload(&self, node: NodeId, kind: Kind) -> Result<Payload, QueryError> {
        self.tree.payload(node, kind).map_err(|damage| self.damage(&damage))
    }

    /// The capture of a hole; nothing where it has no name.
    fn capture(&mut self, node: NodeId, hole: &Hole) -> Result<Option<CaptureId>, QueryError> {
        let Some(name) = &hole.name else { return Ok(None) };
        if let Some(place) = self.pattern.captures.iter().position(|capture| *capture.name == **name) {
            if self.pattern.captures[place].several != hole.several {
                let message = format!("${name} and $$${name} cannot be equal: give one of them another name");
                return Err(self.error(node, message));
            }
            self.uses[place] += 1;
            return Ok(Some(place as CaptureId));
        }
        let place = CaptureId::try_from(self.uses.len()).map_err(|_| self.error(node, "too many names"))?;
        let capture = Capture { name: name.as_str().into(), several: hole.several, shared: false };
        self.pattern.captures.push(capture);
        self.uses.push(1);
        Ok(Some(place))
    }

    /// What is compared with one node.
    fn item(&mut self, node: NodeId) -> Result<Item, QueryError> {
        let hole = match self.kind(node)? {
            // A clause that is a pattern by itself, or the value of something.
            Kind::Name | Kind::MatchAs => self.hole_of(node)?.cloned(),
            _ => None,
        };
        match hole {
            Some(hole) if hole.several => {
                Err(self
                    .error(node, "$$$ stands for any number, but here is room for one thing: write $X or $_"))
            }
            Some(hole) => Ok(Item::Hole(self.capture(node, &hole)?)),
            None => self.template(node).map(Item::Node),
        }
    }

    fn template(&mut self, node: NodeId) -> Result<TemplateId, QueryError> {
        let kind = self.kind(node)?;
        self.prefilters.push(Prefilter::Kinds(kind.into()));
        let mut payload = self.payload_test(node, kind)?;
        let mut slots = Vec::new();
        match kind {
            Kind::Arguments => slots.push(Slot::Parameters(self.parameters(node)?)),
            Kind::Dict => slots.push(Slot::Pairs(self.pairs(node)?)),
            Kind::Global | Kind::Nonlocal => slots.push(Slot::Names(self.names(node)?)),
            _ => {
                let mut placed = Vec::new();
                for spec in kind.fields() {
                    let first =
                        spec.field.map(|field| self.children(node, field)).transpose()?.unwrap_or_default();
                    let slot = self.slot(node, kind, spec)?;
                    placed.extend(slot.map(|slot| (first.first().copied().unwrap_or(0), slot)));
                }
                // As in the source, so that what a name captures is the first thing that it stands for.
                placed.sort_by_key(|(first, _)| *first);
                slots.extend(placed.into_iter().map(|(_, slot)| slot));
            }
        }
        if let PayloadTest::Name(test @ (NameTest::Hole(_) | NameTest::Dotted(_)))
        | PayloadTest::OptionalName(Some(test @ (NameTest::Hole(_) | NameTest::Dotted(_)))) = payload
        {
            payload = PayloadTest::NotAsked;
            let is_before = |slot: &Slot| match slot {
                _ if NAME_LAST.contains(&kind) => true,
                Slot::List(Field::DecoratorList, _) => DEFINITIONS.contains(&kind),
                Slot::Child(Field::Type, _) => kind == Kind::ExceptHandler,
                _ => false,
            };
            let place = slots.iter().rposition(is_before).map_or(0, |place| place + 1);
            slots.insert(place, Slot::Name(test));
        }
        let place = self.pattern.templates.len() as TemplateId;
        self.pattern.templates.push(Template { kind, payload, slots });
        Ok(place)
    }

    /// The condition on a field that holds nodes.
    fn slot(&mut self, node: NodeId, kind: Kind, spec: &FieldSpec) -> Result<Option<Slot>, QueryError> {
        let Some(field) = spec.field else { return Ok(None) };
        let children = self.children(node, field)?;
        let is_optional = DEFINITIONS.contains(&kind) && OPTIONAL.contains(&spec.name)
            || kind == Kind::Arg && spec.name == "annotation";
        if children.is_empty() && is_optional {
            return Ok(None);
        }
        let slot = match (kind, field) {
            (Kind::Call, Field::Args) | (Kind::ClassDef, Field::Bases) => {
                let (list, keywords) = self.arguments(node, &children)?;
                Slot::Arguments(field, list, keywords)
            }
            (Kind::MatchClass, Field::Patterns) => {
                let (list, keywords) = self.class_patterns(node, &children)?;
                Slot::ClassPatterns(list, keywords)
            }
            // They are a part of what stands before.
            (Kind::Call | Kind::ClassDef, Field::Keywords) | (Kind::MatchClass, Field::KwdPatterns) => {
                return Ok(None);
            }
            (Kind::Compare, Field::Comparators) => Slot::List(field, self.list_of_items(&children)?),
            _ if spec.list => Slot::List(field, self.list(&children)?),
            _ => match children.first() {
                Some(child) => Slot::Child(field, self.item(*child)?),
                None => Slot::Nothing(field),
            },
        };
        Ok(Some(slot))
    }

    fn add_list(&mut self, elements: Vec<Element>) -> ListId {
        self.pattern.lists.push(List { elements, is_prefix: false, is_free: false });
        self.pattern.lists.len() as ListId - 1
    }

    fn list(&mut self, nodes: &[NodeId]) -> Result<ListId, QueryError> {
        let mut elements = Vec::with_capacity(nodes.len());
        for node in nodes {
            elements.push(self.element(*node)?);
        }
        Ok(self.add_list(elements))
    }

    /// A list in which there is no `$$$`, because another one goes along with it.
    fn list_of_items(&mut self, nodes: &[NodeId]) -> Result<ListId, QueryError> {
        let mut elements = Vec::with_capacity(nodes.len());
        for node in nodes {
            elements.push(Element::Item(self.item(*node)?));
        }
        Ok(self.add_list(elements))
    }

    fn element(&mut self, node: NodeId) -> Result<Element, QueryError> {
        match self.hole_of(node)?.cloned() {
            Some(hole) if hole.several => Ok(Element::Several(self.capture(node, &hole)?)),
            Some(hole) => Ok(Element::Item(Item::Hole(self.capture(node, &hole)?))),
            None => Ok(Element::Item(self.item(node)?)),
        }
    }

    /// Arguments of a call, or bases of a class. Keywords that are holes are a part of the list.
    fn arguments(&mut self, node: NodeId, positional: &[NodeId]) -> Result<(ListId, KeywordsId), QueryError> {
        let mut elements = Vec::new();
        for child in positional {
            elements.push((*child, self.element(*child)?));
        }
        let mut keywords = Vec::new();
        for child in self.children(node, Field::Keywords)? {
            let name = self.name_of(child, Role::OptionalName)?;
            let hole = name.and_then(|name| self.hole(name)).cloned();
            match (name, hole) {
                (_, Some(hole)) if hole.several => {
                    if !hole.as_keyword {
                        return Err(self.error(
                            child,
                            "$$$ is no name: write $K=$V for one keyword, $$$ for any number",
                        ));
                    }
                    elements.push((child, Element::Several(self.capture(child, &hole)?)));
                }
                (_, Some(hole)) => {
                    let name = KeywordName::Hole(self.capture(child, &hole)?);
                    keywords.push((name, self.item(child + 1)?));
                }
                (Some(name), None) => {
                    let name = KeywordName::Exactly(self.name(child, name)?);
                    keywords.push((name, self.item(child + 1)?));
                }
                (None, None) => keywords.push((KeywordName::Stars, self.item(child + 1)?)),
            }
        }
        elements.sort_by_key(|(node, _)| *node);
        let list = self.add_list(elements.into_iter().map(|(_, element)| element).collect());
        Ok((list, self.add_keywords(list, keywords)))
    }

    fn add_keywords(&mut self, list: ListId, elements: Vec<(KeywordName, Item)>) -> KeywordsId {
        let open = self.pattern.lists[list as usize].elements.iter().any(Element::is_several);
        self.pattern.keywords.push(Keywords { elements, open });
        self.pattern.keywords.len() as KeywordsId - 1
    }

    /// The patterns of a class pattern.
    fn class_patterns(
        &mut self,
        node: NodeId,
        positional: &[NodeId],
    ) -> Result<(ListId, KeywordsId), QueryError> {
        let mut elements = Vec::new();
        for child in positional {
            elements.push(self.element(*child)?);
        }
        let names = match self.value(node, field(Kind::MatchClass, "kwd_attrs"))? {
            Value::Identifiers(names) => names,
            _ => Vec::new(),
        };
        let mut keywords = Vec::new();
        for (name, child) in names.into_iter().zip(self.children(node, Field::KwdPatterns)?) {
            let name = match self.hole(name).cloned() {
                Some(hole) if hole.as_keyword => {
                    elements.push(Element::Several(self.capture(child, &hole)?));
                    continue;
                }
                Some(hole) if hole.several => return Err(self.error(child, "$$$ is no name: write $K=$V")),
                Some(hole) => KeywordName::Hole(self.capture(child, &hole)?),
                None => KeywordName::Exactly(self.name(child, name)?),
            };
            keywords.push((name, self.item(child)?));
        }
        let list = self.add_list(elements);
        Ok((list, self.add_keywords(list, keywords)))
    }

    /// The parameters of a function, each with its default behind it.
    fn parameters(&mut self, node: NodeId) -> Result<ListId, QueryError> {
        let mut elements = Vec::new();
        let is_default = |field: Field| matches!(field, Field::Defaults | Field::KwDefaults);
        let children = self.all_children(node)?;
        for (place, (field, child)) in
            children.iter().copied().enumerate().filter(|(_, (field, _))| !is_default(*field))
        {
            let default =
                children.get(place + 1).filter(|(field, _)| is_default(*field)).map(|(_, child)| *child);
            let hole = self.hole_of(child)?.cloned();
            elements.push(match (hole, default) {
                (Some(hole), _) if hole.several => {
                    if matches!(field, Field::Vararg | Field::Kwarg) {
                        return Err(self
                            .error(child, "$$$ stands for parameters of all sorts: write it without stars"));
                    }
                    if default.is_some() && !hole.as_keyword {
                        return Err(self.error(child, "$$$ has no default: write $X=$D for one parameter"));
                    }
                    Element::Several(self.capture(child, &hole)?)
                }
                (Some(hole), None) => {
                    Element::Parameter(field, Item::Hole(self.capture(child, &hole)?), Wanted::NotAsked)
                }
                (_, None) => Element::Parameter(field, self.item(child)?, Wanted::Nothing),
                (_, Some(default)) => {
                    let item = Item::Node(self.template(child)?);
                    Element::Parameter(field, item, Wanted::Item(self.item(default)?))
                }
            });
        }
        Ok(self.add_list(elements))
    }

    /// The items of a dictionary display.
    fn pairs(&mut self, node: NodeId) -> Result<ListId, QueryError> {
        let mut elements = Vec::new();
        let mut key = None;
        for (field, child) in self.all_children(node)? {
            if field == Field::Keys {
                key = Some(self.item(child)?);
                continue;
            }
            let several = self.hole_of(child)?.filter(|hole| hole.several && key.is_none()).cloned();
            elements.push(match several {
                Some(hole) => Element::Several(self.capture(child, &hole)?),
                None => Element::Pair(key.take(), self.item(child)?),
            });
        }
        Ok(self.add_list(elements))
    }

    fn names(&mut self, node: NodeId) -> Result<ListId, QueryError> {
        let names = match self.value(node, field(Kind::Global, "names"))? {
            Value::Identifiers(names) => names,
            _ => Vec::new(),
        };
        let mut elements = Vec::new();
        for name in names {
            elements.push(match self.hole(name).cloned() {
                Some(hole) if hole.several => Element::Several(self.capture(node, &hole)?),
                Some(hole) => Element::Name(NameTest::Hole(self.capture(node, &hole)?)),
                None => Element::Name(NameTest::Exactly(self.name(node, name)?)),
            });
        }
        Ok(self.add_list(elements))
    }

    /// The number of a name among those that the pattern asks for.
    fn name(&mut self, node: NodeId, name: &str) -> Result<NameIndex, QueryError> {
        if let Some(number) = self.numbers.get(name) {
            return Ok(*number);
        }
        if self.filled.has_hole_inside(name) {
            return Err(self.error(node, "a hole is a whole name, not a part of one"));
        }
        let number = self.pattern.names.len() as NameIndex;
        self.pattern.names.push(Name::new(name));
        self.numbers.insert(name.into(), number);
        self.prefilters.push(Prefilter::Identifier(Name::new(name)));
        Ok(number)
    }

    fn name_test(&mut self, node: NodeId, name: &str) -> Result<NameTest, QueryError> {
        if let Some(hole) = self.hole(name).cloned() {
            if hole.several {
                return Err(self.error(
                    node,
                    "$$$ stands for any number, but here is room for one name: write $X or $_",
                ));
            }
            return Ok(NameTest::Hole(self.capture(node, &hole)?));
        }
        if !name.split('.').any(|part| self.hole(part).is_some()) {
            return Ok(NameTest::Exactly(self.name(node, name)?));
        }
        let mut elements = Vec::new();
        for part in name.split('.') {
            let test = match self.hole(part).cloned() {
                Some(hole) if hole.several => {
                    return Err(self.error(node, "$$$ is no part of a name: write $X or $_"));
                }
                Some(hole) => NameTest::Hole(self.capture(node, &hole)?),
                // A part need not be a name of its own in the file: it is compared as text.
                None if self.filled.has_hole_inside(part) => {
                    return Err(self.error(node, "a hole is a whole name, or a whole part of a dotted one"));
                }
                None => {
                    self.pattern.names.push(Name::new(part));
                    NameTest::Exactly(self.pattern.names.len() as NameIndex - 1)
                }
            };
            elements.push(Element::Name(test));
        }
        Ok(NameTest::Dotted(self.add_list(elements)))
    }

    fn optional_name(&mut self, node: NodeId, role: Role) -> Result<Option<NameTest>, QueryError> {
        let name = self.name_of(node, role)?;
        name.map(|name| self.name_test(node, name)).transpose()
    }

    fn payload_test(&mut self, node: NodeId, kind: Kind) -> Result<PayloadTest, QueryError> {
        let payload = self.payload(node, kind)?;
        Ok(match payload {
            Payload::None | Payload::Context(_) | Payload::Names(_) | Payload::Interpolation(_) => {
                PayloadTest::NotAsked
            }
            // `simple`
            Payload::Flag(_) if kind == Kind::AnnAssign => PayloadTest::NotAsked,
            Payload::Name(_) | Payload::NameContext { .. } => {
                let name = self.name_of(node, Role::Name)?.unwrap_or_default();
                PayloadTest::Name(self.name_test(node, name)?)
            }
            Payload::OptionalName(_) => {
                PayloadTest::OptionalName(self.optional_name(node, Role::OptionalName)?)
            }
            Payload::Alias(_) => {
                let name = self.name_of(node, Role::AliasName)?.unwrap_or_default();
                PayloadTest::Alias(self.name_test(node, name)?, self.optional_name(node, Role::Asname)?)
            }
            Payload::ImportFrom(_) => {
                let module = self.optional_name(node, Role::Module)?;
                let level = match self.value(node, field(kind, "level"))? {
                    Value::Int(level) => level as u32,
                    _ => 0,
                };
                PayloadTest::ImportFrom(module, level)
            }
            Payload::Operator(_)
            | Payload::Conversion(_)
            | Payload::Flag(_)
            | Payload::Operators(Stored::Inline(_)) => PayloadTest::Same(payload),
            Payload::Operators(Stored::Record(_)) => match self.value(node, field(kind, "ops"))? {
                Value::Singletons(operators) => {
                    PayloadTest::Operators(operators.into_iter().map(|operator| operator.code).collect())
                }
                _ => PayloadTest::NotAsked,
            },
            Payload::Constant { .. } => PayloadTest::Constant(self.literal(node, kind, payload)?),
        })
    }

    fn literal(&mut self, node: NodeId, kind: Kind, payload: Payload) -> Result<Literal, QueryError> {
        let spec = field(kind, "value");
        let part = self.tree.part(spec, payload, node).map_err(|damage| self.damage(&damage))?;
        let Part::Constant(constant) = part else { return Ok(Literal::Payload(payload)) };
        let literal = match constant {
            Constant::Str(text) => Literal::Str(self.filled.restore(text)),
            Constant::Bytes(bytes) => Literal::Bytes(self.filled.restore(bytes)),
            Constant::BigInt(digits) => {
                Literal::BigInt(crate::integer::parse_integer(digits).unwrap_or_default())
            }
            Constant::Float(number) => Literal::Float(number.to_bits()),
            Constant::Imaginary(number) => Literal::Imaginary(number.to_bits()),
            _ => Literal::Payload(payload),
        };
        if let Literal::Str(bytes) | Literal::Bytes(bytes) = &literal
            && !bytes.is_empty()
        {
            self.prefilters.push(Prefilter::String(StringNeedle::new(bytes)));
        }
        Ok(literal)
    }

    /// Notes what is at fixed distances behind the first node.
    fn anchors(&mut self, node: NodeId) -> Result<(), QueryError> {
        let mut above = self.kind(node)?;
        let mut distance = 0;
        while !FIRST_CHILD_UNKNOWN.contains(&above) {
            let child = node + distance + 1;
            if self.tree.subtree_end(node + distance) == child {
                return Ok(());
            }
            distance += 1;
            if self.hole_of(child)?.is_some() {
                return Ok(());
            }
            above = self.kind(child)?;
            let name = match above.payload_layout() {
                PayloadLayout::NameContext => {
                    self.name_of(child, Role::Name)?.filter(|name| self.hole(name).is_none())
                }
                _ => None,
            };
            let name = name.map(|name| self.name(child, name)).transpose()?;
            self.pattern.anchors.push(Anchor { distance, kind: above, name });
        }
        Ok(())
    }

    /// Says of which lists the first way that they match may be kept: those that share no name with anything else.
    fn free_lists(&mut self) {
        let free: Vec<bool> =
            (0..self.pattern.lists.len()).map(|list| !self.has_shared(list as ListId)).collect();
        for (list, is_free) in self.pattern.lists.iter_mut().zip(free) {
            list.is_free = is_free;
        }
    }

    /// Whether a list has, at any depth, a name that stands twice in the pattern.
    fn has_shared(&self, list: ListId) -> bool {
        let pattern = &self.pattern;
        let mut lists = vec![list];
        let mut items: Vec<Item> = Vec::new();
        let is_shared = |capture: &Option<CaptureId>| {
            capture.is_some_and(|capture| pattern.captures[usize::from(capture)].shared)
        };
        while !lists.is_empty() || !items.is_empty() {
            while let Some(item) = items.pop() {
                let template = match item {
                    Item::Hole(capture) if is_shared(&capture) => return true,
                    Item::Hole(_) => continue,
                    Item::Node(template) => &pattern.templates[template as usize],
                };
                let tests = match &template.payload {
                    PayloadTest::Name(test) => [Some(*test), None],
                    PayloadTest::OptionalName(test) | PayloadTest::ImportFrom(test, _) => [*test, None],
                    PayloadTest::Alias(name, asname) => [Some(*name), *asname],
                    _ => [None, None],
                };
                for test in tests.into_iter().flatten() {
                    match test {
                        NameTest::Hole(capture) if is_shared(&capture) => return true,
                        NameTest::Dotted(list) => lists.push(list),
                        _ => {}
                    }
                }
                for slot in &template.slots {
                    match slot {
                        Slot::Child(_, item) => items.push(*item),
                        Slot::Name(NameTest::Hole(capture)) if is_shared(capture) => return true,
                        Slot::Name(NameTest::Dotted(list)) => lists.push(*list),
                        Slot::Name(_) => {}
                        Slot::Nothing(_) => {}
                        Slot::List(_, list)
                        | Slot::Parameters(list)
                        | Slot::Pairs(list)
                        | Slot::Names(list) => {
                            lists.push(*list);
                        }
                        Slot::Arguments(_, list, keywords) | Slot::ClassPatterns(list, keywords) => {
                            lists.push(*list);
                            for (name, item) in &pattern.keywords[*keywords as usize].elements {
                                match name {
                                    KeywordName::Hole(capture) if is_shared(capture) => return true,
                                    _ => items.push(*item),
                                }
                            }
                        }
                    }
                }
            }
            let Some(list) = lists.pop() else { break };
            for element in &pattern.lists[list as usize].elements {
                match element {
                    Element::Several(capture) | Element::Name(NameTest::Hole(capture))
                        if is_shared(capture) =>
                    {
                        return true;
                    }
                    Element::Several(_) | Element::Name(_) => {}
                    Element::Item(item) => items.push(*item),
                    Element::Parameter(_, item, default) => {
                        items.push(*item);
                        if let Wanted::Item(item) = default {
                            items.push(*item);
                        }
                    }
                    Element::Pair(key, value) => {
                        items.extend(*key);
                        items.push(*value);
                    }
                }
            }
        }
        false
    }
}

/// A field that a kind has.
fn field(kind: Kind, name: &str) -> &'static FieldSpec {
    crate::schema::field_of(kind, name).expect("the schema gives the kind this field")
}
