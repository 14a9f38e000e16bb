//! Dotted names: `a.b.c` of an `Attribute` of an `Attribute` of a `Name`.

use lazyast_format::encoding::Payload;
use lazyast_format::{Damage, Kind, NodeId, Tree};

/// Writes the dotted name that an expression is, and returns whether it is one.
///
/// The value of an `Attribute` is the next node, so that a dotted name is a run of attributes and a `Name`.
pub(crate) fn dotted(tree: &Tree<'_>, expression: NodeId, text: &mut String) -> Result<bool, Damage> {
    text.clear();
    let mut last = expression;
    while last < tree.len() && tree.kind(last)? == Kind::Attribute {
        last += 1;
    }
    if last >= tree.len() || tree.kind(last)? != Kind::Name {
        return Ok(false);
    }
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
