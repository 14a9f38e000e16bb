//! Dotted names: `a.b.c` of an `Attribute` of an `Attribute` of a `Name`.

use hashbrown::HashMap;
use lazyast_format::encoding::Payload;
use lazyast_format::{Damage, Kind, NodeId, Tree};

use super::names::NameTexts;
use crate::column::Dictionary;
use crate::error::TableError;

/// Writes the dotted name that an expression is, and returns whether it is one.
pub(crate) fn dotted(tree: &Tree<'_>, expression: NodeId, text: &mut String) -> Result<bool, Damage> {
    text.clear();
    let Some(last) = root_name(tree, expression) else { return Ok(false) };
    for part in (expression..=last).rev() {
        if let Payload::NameContext { name, .. } = tree.payload(part, tree.kind(part)?)? {
            if part != last {
                text.push('.');
            }
            text.push_str(tree.name(name)?);
        }
    }
    Ok(true)
}

/// The `Name` that a dotted name starts with.
///
/// The value of an `Attribute` is the next node, so that a dotted name is a run of attributes and a `Name`.
fn root_name(tree: &Tree<'_>, expression: NodeId) -> Option<NodeId> {
    let expressions = tree.kinds().get(expression as usize..)?;
    let attributes = expressions.iter().take_while(|kind| **kind == Kind::Attribute as u8).count();
    let is_name = expressions.get(attributes) == Some(&(Kind::Name as u8));
    is_name.then_some(expression + attributes as NodeId)
}

/// The codes that the dotted names of one archive have in a column.
///
/// A dotted name is a step with the number of its last name from the dotted name before it. So its text is made and hashed
/// only once for each archive.
#[derive(Default)]
pub(crate) struct DottedCodes {
    /// By the number of the dotted name before, and the number of a name: the number of the dotted name.
    steps: HashMap<(u32, u32), u32, foldhash::fast::FixedState>,
    /// By the number of a dotted name.
    codes: Vec<Option<i32>>,
}

/// The number that stands before the first name.
const START: u32 = u32::MAX;

impl DottedCodes {
    /// Begins with the names of another archive.
    pub(crate) fn clear(&mut self) {
        self.steps.clear();
        self.codes.clear();
    }

    /// The code of the dotted name that an expression is, if it is one. `payloads` are those of all nodes.
    pub(crate) fn code(
        &mut self,
        tree: &Tree<'_>,
        names: NameTexts<'_>,
        payloads: &[u32],
        expression: NodeId,
        dictionary: &mut Dictionary,
    ) -> Result<Option<i32>, TableError> {
        let Some(last) = root_name(tree, expression) else { return Ok(None) };
        let parts = || {
            let payloads = payloads.get(expression as usize..=last as usize).unwrap_or_default();
            let name = |bits: &u32| Payload::decode(Kind::Name.payload_layout(), *bits).name();
            payloads.iter().rev().filter_map(name)
        };
        let Self { steps, codes } = self;
        let mut number = START;
        for name in parts() {
            number = *steps.entry((number, name)).or_insert_with(|| {
                codes.push(None);
                codes.len() as u32 - 1
            });
        }
        let Some(known) = codes.get_mut(number as usize) else { return Ok(None) };
        if known.is_none() {
            let mut text = String::new();
            for name in parts() {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(names.get(name)?);
            }
            *known = Some(dictionary.code(&text)?);
        }
        Ok(*known)
    }
}
