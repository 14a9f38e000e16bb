//! [`Capture`]: what a metavariable of a pattern matched in a hit.

use lazyast_format::{Damage, Field, NodeId, Tree};

use crate::pattern::{Subject, SubjectForm, text_of};

/// How a pattern matches a hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HitMatch<'a> {
    /// What the metavariables matched.
    pub captures: Vec<Capture<'a>>,
    /// The fields of a definition that the pattern does not compare: it matches whatever they have.
    pub uncompared: Vec<Field>,
    /// The number of decorators that the pattern compares, if the definition may have others.
    pub compared_decorators: Option<usize>,
    /// The number of imported names that the pattern compares, besides those of `$$$XS`, if the import may have others.
    pub compared_names: Option<usize>,
}

/// What one metavariable matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture<'a> {
    /// The name of the metavariable, without `$`.
    pub name: String,
    /// Whether the metavariable is a `$$$XS`, which matches any number of elements.
    pub is_sequence: bool,
    /// What it matched. For a `$X` this is one element.
    pub elements: Vec<CapturedElement<'a>>,
}

/// One element that a metavariable matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapturedElement<'a> {
    /// A node.
    Node(NodeId),
    /// An identifier, and the node that has it in a field; or a part of the text of a string, and its `Constant`. A part
    /// with lone surrogates is given as the node.
    Name(&'a str, NodeId),
}

impl<'a> Capture<'a> {
    pub(crate) fn new(
        tree: &Tree<'a>,
        name: &str,
        is_sequence: bool,
        subjects: &[Subject],
    ) -> Result<Self, Damage> {
        let mut elements = Vec::with_capacity(subjects.len());
        for subject in subjects {
            push_elements(tree, *subject, &mut elements)?;
        }
        Ok(Self { name: name.to_owned(), is_sequence, elements })
    }
}

/// An item of a dictionary is two elements, key and value; everything else is one.
fn push_elements<'a>(
    tree: &Tree<'a>,
    subject: Subject,
    elements: &mut Vec<CapturedElement<'a>>,
) -> Result<(), Damage> {
    let node = subject.node;
    match subject.form {
        SubjectForm::Node | SubjectForm::Parameter(..) | SubjectForm::KeywordPattern(_) => {
            elements.push(CapturedElement::Node(node))
        }
        SubjectForm::DictItem(key) => {
            elements.extend(key.into_iter().chain([node]).map(CapturedElement::Node))
        }
        SubjectForm::Name(number) => elements.push(CapturedElement::Name(tree.name(number)?, node)),
        SubjectForm::Underscore => elements.push(CapturedElement::Name("_", node)),
        SubjectForm::Text(..) => {
            let text = text_of(tree, subject)?.and_then(|text| std::str::from_utf8(text).ok());
            elements.push(text.map_or(CapturedElement::Node(node), |text| CapturedElement::Name(text, node)));
        }
        SubjectForm::DottedPart(number, part) => {
            let name = tree.name(number)?.split('.').nth(usize::from(part)).unwrap_or_default();
            elements.push(CapturedElement::Name(name, node));
        }
    }
    Ok(())
}
