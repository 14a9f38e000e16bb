//! Compiles nodes, their fields and lists.
//!
//! Nodes have fields, fields have lists, and lists have nodes, so these functions call each other.

use lazyast_format::read::FieldValue;
use lazyast_format::schema::{FieldSpec, Role};
use lazyast_format::{Field, Kind, NodeId};

use super::compiler::PatternCompiler;
use super::parsed::field;
use crate::error::QueryError;
use crate::pattern::program::{
    DeepId, DeepTest, DefaultTest, FieldTest, KeywordNameTest, KeywordSet, KeywordSetId, ListElement, ListId,
    NameTest, NodeTemplate, NodeTest, ParameterKinds, PayloadTest, TemplateId, ValueId,
};

/// Definitions may have these fields although the pattern has nothing there.
const OPTIONAL_FIELDS: [&str; 3] = ["decorator_list", "type_params", "returns"];
const DEFINITIONS: [Kind; 3] = [Kind::FunctionDef, Kind::AsyncFunctionDef, Kind::ClassDef];
/// Kinds whose name comes after their children in the source.
const NAME_LAST: [Kind; 3] = [Kind::Attribute, Kind::MatchAs, Kind::MatchMapping];

impl PatternCompiler<'_, '_> {
    /// The test of a place where one node is expected.
    pub(super) fn node_test(&mut self, node: NodeId) -> Result<NodeTest, QueryError> {
        if let Some(operand) = self.parsed.operand_of_deep(node)? {
            let test = self.node_test(operand)?;
            self.pattern.deep.push(DeepTest { test, kinds: self.pattern.kinds_of(test) });
            return Ok(NodeTest::Deep(self.pattern.deep.len() as DeepId - 1));
        }
        if let Some(value) = self.value(node)? {
            self.pattern.values.push(value);
            return Ok(NodeTest::Value(self.pattern.values.len() as ValueId - 1));
        }
        // Of the other kinds that can consist of a metavariable, this is a pattern by itself or a part of a node.
        let metavariable = match self.parsed.kind(node)? {
            Kind::Name | Kind::MatchAs => self.parsed.metavariable_of(node)?,
            _ => None,
        };
        match metavariable {
            Some(metavariable) if metavariable.is_sequence => {
                let message = "$$$ matches any number of elements, but one is expected here: write $X or $_";
                Err(self.error(node, message))
            }
            Some(metavariable) => Ok(NodeTest::Any(self.capture(node, metavariable)?)),
            None => match self.reference(node)? {
                Some(reference) => Ok(NodeTest::Reference(reference)),
                None => self.template(node).map(NodeTest::Template),
            },
        }
    }

    fn template(&mut self, node: NodeId) -> Result<TemplateId, QueryError> {
        let kind = self.parsed.kind(node)?;
        if matches!(kind, Kind::FormattedValue | Kind::Interpolation) {
            self.parsed.check_replacement_field(node)?;
        }
        self.require_kind(kind);
        let mut payload = self.payload_test(node, kind)?;
        let mut fields = match kind {
            Kind::Arguments => vec![FieldTest::Parameters(self.parameters(node)?)],
            Kind::Dict => vec![FieldTest::DictItems(self.dict_items(node)?)],
            Kind::Global | Kind::Nonlocal => vec![FieldTest::Names(self.names(node)?)],
            _ => self.field_tests(node, kind)?,
        };
        if let PayloadTest::Name(test @ (NameTest::Any(_) | NameTest::Dotted(_)))
        | PayloadTest::OptionalName(Some(test @ (NameTest::Any(_) | NameTest::Dotted(_)))) = payload
        {
            payload = PayloadTest::Anything;
            let is_before_name = |field: &FieldTest| match field {
                _ if NAME_LAST.contains(&kind) => true,
                FieldTest::List(Field::DecoratorList, _) | FieldTest::Decorators(_) => {
                    DEFINITIONS.contains(&kind)
                }
                FieldTest::Child(Field::Type, _) => kind == Kind::ExceptHandler,
                _ => false,
            };
            let index = fields.iter().rposition(is_before_name).map_or(0, |last| last + 1);
            fields.insert(index, FieldTest::Name(test));
        }
        self.pattern.templates.push(NodeTemplate { kind, payload, fields });
        Ok(self.pattern.templates.len() as TemplateId - 1)
    }

    /// The tests of all fields that hold nodes, in the order of the source.
    fn field_tests(&mut self, node: NodeId, kind: Kind) -> Result<Vec<FieldTest>, QueryError> {
        let mut placed = Vec::new();
        for spec in kind.fields() {
            let Some(field) = spec.field else { continue };
            let children = self.parsed.children(node, field)?;
            let first = children.first().copied().unwrap_or(0);
            if let Some(test) = self.field_test(node, kind, spec, field, &children)? {
                placed.push((first, test));
            }
        }
        placed.sort_by_key(|(first, _)| *first);
        Ok(placed.into_iter().map(|(_, test)| test).collect())
    }

    fn field_test(
        &mut self,
        node: NodeId,
        kind: Kind,
        spec: &FieldSpec,
        field: Field,
        children: &[NodeId],
    ) -> Result<Option<FieldTest>, QueryError> {
        let is_optional = DEFINITIONS.contains(&kind) && OPTIONAL_FIELDS.contains(&spec.name)
            || kind == Kind::Arg && spec.name == "annotation";
        if children.is_empty() && is_optional {
            return Ok(None);
        }
        Ok(Some(match (kind, field) {
            (Kind::Call, Field::Args) | (Kind::ClassDef, Field::Bases) => {
                let (list, keywords) = self.arguments(node, children)?;
                FieldTest::Arguments(field, list, keywords)
            }
            (Kind::MatchClass, Field::Patterns) => {
                let (list, keywords) = self.class_patterns(node, children)?;
                FieldTest::ClassPatterns(list, keywords)
            }
            // These belong to the tests above.
            (Kind::Call | Kind::ClassDef, Field::Keywords) | (Kind::MatchClass, Field::KwdPatterns) => {
                return Ok(None);
            }
            // `import a` is also in `import b, a`.
            (Kind::Import | Kind::ImportFrom, Field::Names) if children.len() == 1 => {
                FieldTest::List(field, self.list_with(children)?)
            }
            (_, Field::DecoratorList) if !self.has_sequence(children)? => {
                FieldTest::Decorators(self.decorators(children)?)
            }
            (Kind::Compare, Field::Comparators) => FieldTest::List(field, self.list_of_nodes(children)?),
            _ if spec.list => FieldTest::List(field, self.list(children)?),
            // `return $$$`: with or without a value, which is a list of at most one node.
            // `except $$$:` without a name stands for any number of clauses.
            _ if spec.optional
                && self.has_sequence(children)?
                && (kind != Kind::ExceptHandler
                    || self.parsed.name_of(node, Role::OptionalName)?.is_some()) =>
            {
                FieldTest::List(field, self.list(children)?)
            }
            _ => match children.first() {
                Some(child) => FieldTest::Child(field, self.node_test(*child)?),
                None => FieldTest::Absent(field),
            },
        }))
    }

    /// A list in which `$$$` stands for any number of nodes.
    pub(super) fn list(&mut self, nodes: &[NodeId]) -> Result<ListId, QueryError> {
        let elements = nodes.iter().map(|node| self.element(*node)).collect::<Result<_, _>>()?;
        Ok(self.add_list(elements))
    }

    /// A list that has one element somewhere.
    fn list_with(&mut self, nodes: &[NodeId]) -> Result<ListId, QueryError> {
        let mut elements = nodes.iter().map(|node| self.element(*node)).collect::<Result<Vec<_>, _>>()?;
        if !elements.iter().any(ListElement::is_sequence) {
            elements.insert(0, ListElement::Sequence(None));
            elements.push(ListElement::Sequence(None));
        }
        Ok(self.add_list(elements))
    }

    /// Whether one of the nodes consists of a `$$$`.
    fn has_sequence(&self, nodes: &[NodeId]) -> Result<bool, QueryError> {
        for node in nodes {
            if self.parsed.metavariable_of(*node)?.is_some_and(|metavariable| metavariable.is_sequence) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Decorators that a definition has, in any order and beside others.
    fn decorators(&mut self, nodes: &[NodeId]) -> Result<KeywordSetId, QueryError> {
        let tests = nodes.iter().map(|node| Ok((KeywordNameTest::Decorator, self.node_test(*node)?)));
        let elements = tests.collect::<Result<_, QueryError>>()?;
        self.pattern.keyword_sets.push(KeywordSet { elements, is_open: true, rest: None });
        Ok(self.pattern.keyword_sets.len() as KeywordSetId - 1)
    }

    /// A list without `$$$`: the comparators of a `Compare`, each of which has an operator.
    fn list_of_nodes(&mut self, nodes: &[NodeId]) -> Result<ListId, QueryError> {
        let elements = nodes.iter().map(|node| self.node_test(*node).map(ListElement::Node));
        let elements = elements.collect::<Result<_, _>>()?;
        Ok(self.add_list(elements))
    }

    fn element(&mut self, node: NodeId) -> Result<ListElement, QueryError> {
        match self.parsed.metavariable_of(node)? {
            Some(metavariable) if metavariable.is_sequence => {
                Ok(ListElement::Sequence(self.capture(node, metavariable)?))
            }
            Some(metavariable) => Ok(ListElement::Node(NodeTest::Any(self.capture(node, metavariable)?))),
            None => Ok(ListElement::Node(self.node_test(node)?)),
        }
    }

    /// The arguments of a call or the bases of a class. A keyword that replaces a `$$$` is an element of the list.
    fn arguments(
        &mut self,
        node: NodeId,
        positional: &[NodeId],
    ) -> Result<(ListId, KeywordSetId), QueryError> {
        let mut elements = Vec::new();
        for child in positional {
            elements.push((*child, self.element(*child)?));
        }
        let mut keywords = Vec::new();
        let mut rest = None;
        for child in self.parsed.children(node, Field::Keywords)? {
            let name = self.parsed.name_of(child, Role::OptionalName)?;
            match (name, name.and_then(|name| self.parsed.metavariable(name))) {
                (_, Some(metavariable)) if metavariable.as_keyword => {
                    elements.push((child, ListElement::Sequence(self.capture(child, metavariable)?)));
                }
                (_, Some(metavariable)) if metavariable.is_sequence => {
                    let message = "$$$ cannot be the name of a keyword: write $K=$V for one keyword, $$$ for any number";
                    return Err(self.error(child, message));
                }
                (_, Some(metavariable)) => {
                    let name = KeywordNameTest::Any(self.capture(child, metavariable)?);
                    keywords.push((name, self.node_test(child + 1)?));
                }
                (Some(name), None) => {
                    let name = KeywordNameTest::Exactly(self.name(child, name)?);
                    keywords.push((name, self.node_test(child + 1)?));
                }
                (None, None) => match self.parsed.metavariable_of(child + 1)? {
                    Some(metavariable) if metavariable.is_sequence => {
                        if rest.is_some() {
                            return Err(self.error(child, "**$$$ can stand only once among the arguments"));
                        }
                        rest = Some(self.capture(child, metavariable)?);
                    }
                    _ => keywords.push((KeywordNameTest::Unpacking, self.node_test(child + 1)?)),
                },
            }
        }
        elements.sort_by_key(|(node, _)| *node);
        let list = self.add_list(elements.into_iter().map(|(_, element)| element).collect());
        Ok((list, self.add_keywords(list, keywords, rest)))
    }

    /// The patterns of a class pattern.
    fn class_patterns(
        &mut self,
        node: NodeId,
        positional: &[NodeId],
    ) -> Result<(ListId, KeywordSetId), QueryError> {
        let mut elements =
            positional.iter().map(|child| self.element(*child)).collect::<Result<Vec<_>, _>>()?;
        let names = match self.parsed.value(node, field(Kind::MatchClass, "kwd_attrs"))? {
            FieldValue::Identifiers(names) => names,
            _ => Vec::new(),
        };
        let mut keywords = Vec::new();
        for (name, child) in names.into_iter().zip(self.parsed.children(node, Field::KwdPatterns)?) {
            let name = match self.parsed.metavariable(name) {
                Some(metavariable) if metavariable.as_keyword => {
                    elements.push(ListElement::Sequence(self.capture(child, metavariable)?));
                    continue;
                }
                Some(metavariable) if metavariable.is_sequence => {
                    return Err(self.error(child, "$$$ cannot be the name of a keyword: write $K=$V"));
                }
                Some(metavariable) => KeywordNameTest::Any(self.capture(child, metavariable)?),
                None => KeywordNameTest::Exactly(self.name(child, name)?),
            };
            keywords.push((name, self.node_test(child)?));
        }
        let list = self.add_list(elements);
        Ok((list, self.add_keywords(list, keywords, None)))
    }

    /// The parameters of a function. A default is the child after its parameter.
    fn parameters(&mut self, node: NodeId) -> Result<ListId, QueryError> {
        let is_default = |field: Field| matches!(field, Field::Defaults | Field::KwDefaults);
        let children = self.parsed.all_children(node)?;
        let mut elements = Vec::new();
        for (index, (field, child)) in children.iter().copied().enumerate() {
            if is_default(field) {
                continue;
            }
            let default = children.get(index + 1).filter(|(field, _)| is_default(*field));
            elements.push(self.parameter(field, child, default.map(|(_, child)| *child))?);
        }
        // A `$$$` stands for a `/` or a lone `*` that the pattern does not have.
        let has = |kinds: &[Field]| children.iter().any(|(field, _)| kinds.contains(field));
        let has_slash = has(&[Field::Posonlyargs]);
        let has_star = has(&[Field::Vararg, Field::Kwonlyargs]);
        for index in 0..elements.len() {
            let is_before = elements[index..].iter().any(ListElement::is_sequence);
            let is_after = elements[..index].iter().any(ListElement::is_sequence);
            if let ListElement::Parameter(kinds, ..) = &mut elements[index]
                && kinds.field == Field::Args
            {
                kinds.also_positional_only = is_before && !has_slash;
                kinds.also_keyword_only = is_after && !has_star;
            }
        }
        Ok(self.add_list(elements))
    }

    fn parameter(
        &mut self,
        field: Field,
        node: NodeId,
        default: Option<NodeId>,
    ) -> Result<ListElement, QueryError> {
        let kinds = ParameterKinds { field, also_positional_only: false, also_keyword_only: false };
        match (self.parsed.metavariable_of(node)?, default) {
            (Some(metavariable), _) if metavariable.is_sequence => {
                if matches!(field, Field::Vararg | Field::Kwarg) {
                    let message = "$$$ matches parameters of every kind: write it without stars";
                    return Err(self.error(node, message));
                }
                if default.is_some() && !metavariable.as_keyword {
                    let message = "$$$ cannot have a default: write $X=$D for one parameter";
                    return Err(self.error(node, message));
                }
                Ok(ListElement::Sequence(self.capture(node, metavariable)?))
            }
            (Some(metavariable), None) => {
                let test = NodeTest::Any(self.capture(node, metavariable)?);
                Ok(ListElement::Parameter(kinds, test, DefaultTest::Anything))
            }
            (None, None) => Ok(ListElement::Parameter(kinds, self.node_test(node)?, DefaultTest::Absent)),
            (_, Some(default)) => {
                let test = NodeTest::Template(self.template(node)?);
                Ok(ListElement::Parameter(kinds, test, DefaultTest::Matches(self.node_test(default)?)))
            }
        }
    }

    /// The items of a dictionary display.
    fn dict_items(&mut self, node: NodeId) -> Result<ListId, QueryError> {
        let mut elements = Vec::new();
        let mut key = None;
        for (field, child) in self.parsed.all_children(node)? {
            if field == Field::Keys {
                key = Some(self.node_test(child)?);
                continue;
            }
            let metavariable = self.parsed.metavariable_of(child)?;
            elements.push(match metavariable.filter(|found| found.is_sequence && key.is_none()) {
                Some(sequence) => ListElement::Sequence(self.capture(child, sequence)?),
                None => ListElement::DictItem(key.take(), self.node_test(child)?),
            });
        }
        Ok(self.add_list(elements))
    }

    /// The names of a `Global` or a `Nonlocal`.
    fn names(&mut self, node: NodeId) -> Result<ListId, QueryError> {
        let names = match self.parsed.value(node, field(Kind::Global, "names"))? {
            FieldValue::Identifiers(names) => names,
            _ => Vec::new(),
        };
        let mut elements = Vec::new();
        for name in names {
            elements.push(match self.parsed.metavariable(name) {
                Some(metavariable) if metavariable.is_sequence => {
                    ListElement::Sequence(self.capture(node, metavariable)?)
                }
                Some(metavariable) => ListElement::Name(NameTest::Any(self.capture(node, metavariable)?)),
                None => ListElement::Name(NameTest::Exactly(self.name(node, name)?)),
            });
        }
        Ok(self.add_list(elements))
    }
}
