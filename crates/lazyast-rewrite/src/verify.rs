//! Checks a rewritten source: its tree must be the old tree with the replacements.
//!
//! The expected tree is never built. [`Expected`] names a node of it: one of the old tree, or one of the template in one
//! hit. Both trees are compared from the root on.

use std::collections::HashMap;

use lazyast_format::read::{Constant, FieldValue, TargetPython};
use lazyast_format::schema::Role;
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};
use lazyast_query::{Capture, CapturedElement};

use crate::nodes::{NEWEST_PYTHON, bare_name, children, default_of};
use crate::order::order;
use crate::plan::{HitForm, PlannedHit};
use crate::render::TemplateCode;
use crate::source::Source;
use crate::template::{Form, Placeholder};

/// A node of the expected tree.
#[derive(Clone, Copy, Debug)]
enum Expected<'a> {
    /// A node of the old tree, which is replaced if it is a hit.
    Old(NodeId),
    /// A node of the old tree that is a hit, but not replaced by itself.
    Captured(NodeId),
    /// A node of the template, in the hit with an index.
    Template(usize, NodeId),
    /// A `Name`.
    Name(&'a str),
    Pass,
}

/// The comparison of a new tree with the expected one.
pub(crate) struct Verifier<'v, 'a, B> {
    pub(crate) source: &'v Source<'v, 'a>,
    pub(crate) code: Option<&'v TemplateCode<'v, B>>,
    pub(crate) hits: &'v [PlannedHit<'a>],
    /// The replaced hits, by their first node.
    pub(crate) by_node: HashMap<NodeId, usize>,
}

/// Where a new tree differs: a node of it, and what was expected there.
pub(crate) struct Difference {
    pub(crate) node: NodeId,
    pub(crate) expected: &'static str,
}

impl<'v, 'a, B: AsRef<[u8]>> Verifier<'v, 'a, B> {
    /// The first difference between a new tree and the expected one.
    pub(crate) fn difference(&self, new: &Tree<'_>) -> Result<Option<Difference>, Damage> {
        let mut pending = vec![(Expected::Old(0), 0)];
        while let Some((expected, node)) = pending.pop() {
            let kind = self.kind(expected)?;
            let differs = |expected: &'static str| Ok(Some(Difference { node, expected }));
            if kind != new.kind(node)? {
                return differs(kind.name());
            }
            if !self.values_equal(expected, kind, new, node)? {
                return differs(kind.name());
            }
            let (mut ours, mut theirs) = (self.children(expected)?, children(new, node)?);
            if matches!(kind, Kind::Call | Kind::ClassDef) {
                // `f(a=1, *b)` is `f(*b, a=1)`: two lists.
                ours.sort_by_key(|(field, _)| *field as u8);
                theirs.sort_by_key(|(field, _)| *field as u8);
            }
            if ours.len() != theirs.len() {
                return differs("another number of children");
            }
            for ((field, expected), (found, child)) in ours.into_iter().zip(theirs) {
                if field != found {
                    return differs(kind.name());
                }
                pending.push((expected, child));
            }
        }
        Ok(None)
    }

    fn kind(&self, expected: Expected<'a>) -> Result<Kind, Damage> {
        match (expected, self.code) {
            (Expected::Old(node) | Expected::Captured(node), _) => self.source.tree.kind(node),
            (Expected::Template(_, node), Some(code)) => code.tree.kind(node),
            (Expected::Name(_), _) => Ok(Kind::Name),
            (Expected::Pass | Expected::Template(..), _) => Ok(Kind::Pass),
        }
    }

    /// Whether the names, constants and operators of two nodes are the same.
    fn values_equal(
        &self,
        expected: Expected<'a>,
        kind: Kind,
        new: &Tree<'_>,
        node: NodeId,
    ) -> Result<bool, Damage> {
        const NOT_COMPARED: [Role; 10] = [
            Role::Child,
            Role::Children,
            Role::Keys,
            Role::KwDefaults,
            Role::Values,
            Role::None,
            Role::Empty,
            Role::Zero,
            Role::Context,
            Role::Flag,
        ];
        let python = TargetPython::new(NEWEST_PYTHON, 0);
        let value = |tree: &Tree<'_>, node: NodeId, spec| match tree.node(node) {
            Some(node) => node.field_value(spec, python).map(OwnedValue::from),
            None => Err(Damage::new("node is missing", node)),
        };
        for spec in kind.fields() {
            // A flag is compared unless it is that of `AnnAssign`, which tells parentheses.
            let is_flag = spec.role == Role::Flag && kind != Kind::AnnAssign;
            if NOT_COMPARED.contains(&spec.role) && !is_flag {
                continue;
            }
            let found = value(new, node, spec)?;
            let wanted = match (expected, self.code) {
                (Expected::Old(old) | Expected::Captured(old), _) => value(self.source.tree, old, spec)?,
                (Expected::Template(hit, node), Some(code)) => {
                    self.with_captures(hit, code, value(code.tree, node, spec)?)?
                }
                (Expected::Name(name), _) => OwnedValue::Identifiers(vec![name.to_owned()]),
                (Expected::Pass | Expected::Template(..), _) => continue,
            };
            if found != wanted {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A value of the template with captures in the place of metavariables.
    fn with_captures(
        &self,
        hit: usize,
        code: &TemplateCode<'_, B>,
        value: OwnedValue,
    ) -> Result<OwnedValue, Damage> {
        let fragment = &code.template.fragment;
        let is_text = |name: &str| {
            let placeholders = code.template.placeholders.iter();
            placeholders.into_iter().any(|one| one.name == name && matches!(one.form, Form::Text { .. }))
        };
        let replaced = |text: &str, in_string: bool| {
            fragment.replace_metavariables(text, |name| {
                if in_string && !is_text(name) { None } else { self.text_of(hit, name) }
            })
        };
        Ok(match value {
            OwnedValue::Identifiers(names) => {
                let mut all = Vec::new();
                for name in names {
                    match self.names_of(hit, code, &name) {
                        Some(names) => all.extend(names),
                        None => all.push(replaced(&name, false)),
                    }
                }
                OwnedValue::Identifiers(all)
            }
            OwnedValue::Str(bytes) => match std::str::from_utf8(&bytes) {
                Ok(text) => OwnedValue::Str(replaced(text, true).into_bytes()),
                Err(_) => OwnedValue::Str(bytes),
            },
            OwnedValue::Bytes(bytes) => OwnedValue::Bytes(fragment.restore(&bytes)),
            other => other,
        })
    }

    /// The names that a `$$$` among names stands for.
    fn names_of(&self, hit: usize, code: &TemplateCode<'_, B>, name: &str) -> Option<Vec<String>> {
        let mut found = None;
        code.template.fragment.replace_metavariables(name, |metavariable| {
            if let Some(capture) = self.capture(hit, metavariable).filter(|capture| capture.is_sequence) {
                let names = capture.elements.iter().filter_map(|element| match element {
                    CapturedElement::Name(text, _) => Some((*text).to_owned()),
                    CapturedElement::Node(_) => None,
                });
                found = Some(names.collect());
            }
            None
        });
        found
    }

    fn capture(&self, hit: usize, name: &str) -> Option<&'v Capture<'a>> {
        self.hits[hit].captures.iter().find(|capture| capture.name == name)
    }

    /// The text of a capture that is a name or a part of a string.
    fn text_of(&self, hit: usize, name: &str) -> Option<String> {
        match self.capture(hit, name)?.elements[..] {
            [CapturedElement::Name(text, _)] => Some(text.to_owned()),
            [CapturedElement::Node(node)] => {
                let tree = self.source.tree;
                match bare_name(tree, node).ok()? {
                    Some(name) => Some(name.to_owned()),
                    None if tree.kind(node).ok()? == Kind::Arg => {
                        match crate::nodes::value(tree, node, Role::Name).ok()? {
                            FieldValue::Identifier(name) => Some(name.to_owned()),
                            _ => None,
                        }
                    }
                    None => None,
                }
            }
            _ => None,
        }
    }

    fn children(&self, expected: Expected<'a>) -> Result<Vec<(Field, Expected<'a>)>, Damage> {
        match (expected, self.code) {
            (Expected::Old(node) | Expected::Captured(node), _) => {
                self.old_list(children(self.source.tree, node)?)
            }
            (Expected::Template(hit, node), Some(code)) => self.template_children(hit, code, node),
            (Expected::Name(_) | Expected::Pass | Expected::Template(..), _) => Ok(Vec::new()),
        }
    }

    /// Nodes of the old tree with the hits among them replaced.
    fn old_list(&self, nodes: Vec<(Field, NodeId)>) -> Result<Vec<(Field, Expected<'a>)>, Damage> {
        let mut list = Vec::with_capacity(nodes.len());
        let mut end = 0;
        let last = nodes.last().map_or(0, |(_, node)| *node);
        for (field, node) in nodes {
            if node < end {
                continue;
            }
            let Some(hit) = self.by_node.get(&node).copied().filter(|hit| self.hits[*hit].nodes.1 <= last)
            else {
                list.push((field, Expected::Old(node)));
                continue;
            };
            end = self.source.tree.subtree_end(self.hits[hit].nodes.1);
            self.push_replacement(field, hit, &mut list)?;
        }
        Ok(list)
    }

    /// What takes the place of a hit.
    fn push_replacement(
        &self,
        field: Field,
        hit: usize,
        list: &mut Vec<(Field, Expected<'a>)>,
    ) -> Result<(), Damage> {
        let Some(code) = self.code else {
            if self.hits[hit].form == (HitForm::Deletion { leaves_pass: true }) {
                list.push((field, Expected::Pass));
            }
            return Ok(());
        };
        if matches!(self.hits[hit].form, HitForm::Expression { .. }) {
            return self.push_template(field, hit, code, code.template.expression(), list);
        }
        for root in &code.template.roots {
            self.push_template(field, hit, code, *root, list)?;
        }
        Ok(())
    }

    fn template_children(
        &self,
        hit: usize,
        code: &TemplateCode<'_, B>,
        node: NodeId,
    ) -> Result<Vec<(Field, Expected<'a>)>, Damage> {
        let mut list = Vec::new();
        if self.hits[hit].keeps_decorators && code.template.roots == [node] {
            let old = children(self.source.tree, self.hits[hit].nodes.0)?;
            list.extend(
                self.old_list(old.into_iter().filter(|(field, _)| *field == Field::DecoratorList).collect())?,
            );
        }
        let all = children(code.tree, node)?;
        let is_parameters = code.tree.kind(node)? == Kind::Arguments;
        let mut skip_default = false;
        for (field, child) in all {
            if is_parameters && order(field) >= 5 {
                if !skip_default {
                    self.push_template(field, hit, code, child, &mut list)?;
                }
                continue;
            }
            skip_default = false;
            match code.template.placeholder_of(child) {
                Some(Placeholder { name, .. }) if is_parameters => {
                    skip_default = self.push_parameters(field, hit, name, &mut list)?;
                }
                _ => self.push_template(field, hit, code, child, &mut list)?,
            }
        }
        if is_parameters {
            // A default follows its parameter.
            let mut key = 0;
            let mut keyed: Vec<_> = Vec::new();
            for (field, expected) in list {
                if order(field) < 5 {
                    key = order(field);
                }
                keyed.push((key, (field, expected)));
            }
            keyed.sort_by_key(|(key, _)| *key);
            list = keyed.into_iter().map(|(_, item)| item).collect();
        }
        Ok(list)
    }

    /// Captured parameters with their defaults. Returns whether the default in the template is none.
    fn push_parameters(
        &self,
        field: Field,
        hit: usize,
        name: &str,
        list: &mut Vec<(Field, Expected<'a>)>,
    ) -> Result<bool, Damage> {
        let Some(capture) = self.capture(hit, name) else { return Ok(false) };
        for element in &capture.elements {
            match *element {
                CapturedElement::Node(node) if self.source.tree.kind(node)? == Kind::Arg => {
                    let default = default_of(self.source.tree, self.source.parent(node), node)?;
                    let own = if capture.is_sequence { self.source.tree.field(node)? } else { field };
                    list.push((own, Expected::Old(node)));
                    if let Some(default) = default {
                        let of = if own == Field::Kwonlyargs { Field::KwDefaults } else { Field::Defaults };
                        list.extend(self.old_list(vec![(of, default)])?);
                    }
                }
                CapturedElement::Node(node) => list.push((field, Expected::Old(node))),
                CapturedElement::Name(text, _) => list.push((field, Expected::Name(text))),
            }
        }
        Ok(capture.is_sequence)
    }

    /// A node of the template, or the captures that it stands for.
    fn push_template(
        &self,
        field: Field,
        hit: usize,
        code: &TemplateCode<'_, B>,
        node: NodeId,
        list: &mut Vec<(Field, Expected<'a>)>,
    ) -> Result<(), Damage> {
        let placeholder = code.template.placeholder_of(node);
        let Some(Placeholder { name, form, .. }) = placeholder.filter(|found| found.form != Form::Name)
        else {
            list.push((field, Expected::Template(hit, node)));
            return Ok(());
        };
        let Some(capture) = self.capture(hit, name) else { return Ok(()) };
        let tree = self.source.tree;
        if *form == Form::Statements {
            let mut nodes = Vec::new();
            for element in &capture.elements {
                match *element {
                    CapturedElement::Node(node) if tree.kind(node)?.class() == "stmt" => {
                        nodes.push((field, node))
                    }
                    _ => {
                        // An expression as a statement.
                        list.push((field, Expected::Template(hit, node)));
                        return Ok(());
                    }
                }
            }
            if nodes.is_empty() {
                if self.leaves_pass(hit, code, node)? {
                    list.push((field, Expected::Pass));
                }
                return Ok(());
            }
            list.extend(self.old_list(nodes)?);
            return Ok(());
        }
        let mut nodes = Vec::new();
        for element in &capture.elements {
            let mut captured = match *element {
                CapturedElement::Name(text, _) => {
                    list.push((field, Expected::Name(text)));
                    continue;
                }
                CapturedElement::Node(captured) => captured,
            };
            let kind = tree.kind(captured)?;
            let is_expression_place = matches!(form, Form::Expression(_) | Form::Optional(..));
            if is_expression_place && kind.class() != "expr" && !matches!(kind.class(), "stmt") {
                if kind == Kind::Withitem {
                    captured += 1;
                } else {
                    let name = bare_name(tree, captured)?.unwrap_or_default();
                    list.push((field, Expected::Name(name)));
                    continue;
                }
            }
            let own = match tree.field(captured)? {
                of @ (Field::Keywords | Field::Keys | Field::Values | Field::KwdPatterns)
                    if matches!(form, Form::Sequence { .. }) =>
                {
                    of
                }
                Field::Args | Field::Bases
                    if matches!(form, Form::Sequence { .. }) && field == Field::Keywords =>
                {
                    self.positional_field(code, node)?
                }
                _ => field,
            };
            nodes.push((own, captured));
        }
        if let [(own, one)] = nodes[..]
            && self.hits[hit].nodes == (one, one)
        {
            list.push((own, Expected::Captured(one)));
            return Ok(());
        }
        list.extend(self.old_list(nodes)?);
        Ok(())
    }

    /// The field of positional arguments of the call or class that a keyword of the template is in.
    fn positional_field(&self, code: &TemplateCode<'_, B>, node: NodeId) -> Result<Field, Damage> {
        let parent = code.template.parents.parent(node).unwrap_or(0);
        Ok(if code.tree.kind(parent)? == Kind::ClassDef { Field::Bases } else { Field::Args })
    }

    /// Whether an empty placeholder is the first of a block that has only such.
    fn leaves_pass(&self, hit: usize, code: &TemplateCode<'_, B>, node: NodeId) -> Result<bool, Damage> {
        code.template.leaves_pass(code.tree, &code.layout, node, |name| {
            self.capture(hit, name).is_some_and(|capture| capture.elements.is_empty())
        })
    }
}

/// The value of a field without references to a tree.
#[derive(Debug, PartialEq)]
enum OwnedValue {
    Nothing,
    Int(i32),
    Identifiers(Vec<String>),
    Singletons(Vec<&'static str>),
    Str(Vec<u8>),
    Bytes(Vec<u8>),
    Constant(String),
}

impl From<FieldValue<'_>> for OwnedValue {
    fn from(value: FieldValue<'_>) -> Self {
        match value {
            FieldValue::None | FieldValue::Node(_) | FieldValue::Nodes(_) => Self::Nothing,
            FieldValue::Int(value) => Self::Int(value),
            FieldValue::Identifier(name) => Self::Identifiers(vec![name.to_owned()]),
            FieldValue::Identifiers(names) => {
                Self::Identifiers(names.into_iter().map(str::to_owned).collect())
            }
            FieldValue::Singleton(one) => Self::Singletons(vec![one.name()]),
            FieldValue::Singletons(all) => Self::Singletons(all.into_iter().map(|one| one.name()).collect()),
            FieldValue::Constant(Constant::Str(text)) => Self::Str(text.to_vec()),
            FieldValue::Constant(Constant::Bytes(bytes)) => Self::Bytes(bytes.to_vec()),
            FieldValue::Constant(constant) => Self::Constant(format!("{constant:?}")),
        }
    }
}
