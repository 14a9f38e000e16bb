//! Tells whether a subject of a long list occurs again later in it.
//!
//! `[$$$, $X, $$$, $X, $$$]` compares each element with all after it. Equal elements have equal hashes, so a list whose
//! hashes all differ is decided in linear time.

use std::collections::HashSet;

use lazyast_format::encoding::{ConstantTag, Payload};
use lazyast_format::{Damage, Kind, NodeId};

use super::arena::ArenaSpan;
use super::node::NODES_PER_STEP;
use super::recurrence::Recurrence;
use super::state::Matcher;
use crate::pattern::program::{ElementPart, ListId};
use crate::pattern::subject::{Subject, SubjectForm};

/// In shorter lists, comparing is cheaper.
const MIN_LENGTH: u32 = 32;

impl Matcher<'_, '_, '_> {
    /// Whether the first subject of those that are left in a list may occur again after it.
    pub(super) fn may_occur_again(
        &mut self,
        list: ListId,
        part: ElementPart,
        left: ArenaSpan,
    ) -> Result<bool, Damage> {
        if left.len() < MIN_LENGTH {
            return Ok(true);
        }
        if let Some(known) = self.recurrences.first_occurs_again(list, part, left) {
            return Ok(known);
        }
        let occurs_again = self.occurrences(part, left)?;
        let is_first_again = occurs_again.first() == Some(&true);
        self.recurrences.add(Recurrence { list, part, subjects: left, occurs_again });
        Ok(is_first_again)
    }

    fn occurrences(&mut self, part: ElementPart, subjects: ArenaSpan) -> Result<Vec<bool>, Damage> {
        let mut later = HashSet::new();
        let mut occurs_again = vec![false; subjects.len() as usize];
        let mut nodes = 0;
        for (subject, occurs_again) in self.arena.slice(subjects).iter().zip(&mut occurs_again).rev() {
            let node = match (part, *subject) {
                (ElementPart::Node, Subject { node, .. }) => Some(node),
                (ElementPart::Key, Subject { form: SubjectForm::DictItem(key), .. }) => key,
                (ElementPart::Key, _) => None,
            };
            let Some(node) = node else { continue };
            nodes += self.tree.subtree_end(node).saturating_sub(node);
            *occurs_again = !later.insert(self.hash(node)?);
        }
        self.steps += nodes / NODES_PER_STEP;
        Ok(occurs_again)
    }

    /// A number that is the same for equal nodes. Equal nodes may have their children in another order, so it is a sum.
    fn hash(&self, node: NodeId) -> Result<u64, Damage> {
        let mut sum = 0_u64;
        for node in node..self.tree.subtree_end(node) {
            let kind = self.tree.kind(node)?;
            let value = match kind {
                Kind::Name => self.tree.payload(node, kind)?.name().map_or(0, u64::from),
                Kind::Constant => match self.tree.payload(node, kind)? {
                    Payload::Constant { tag: ConstantTag::Str | ConstantTag::UnicodeStr, value } => {
                        u64::from(value) << 8 | 1
                    }
                    // These are not stored once each.
                    Payload::Constant {
                        tag: ConstantTag::Float | ConstantTag::Imaginary | ConstantTag::BigInt,
                        ..
                    } => 2,
                    Payload::Constant { value, .. } => u64::from(value) << 8 | 3,
                    _ => 0,
                },
                // These can equal nodes of other kinds, if they consist of a name.
                Kind::Alias | Kind::Arg | Kind::MatchAs | Kind::MatchStar | Kind::Withitem => return Ok(0),
                _ => 0,
            };
            let mixed = (value << 8 | kind as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            sum = sum.wrapping_add(mixed ^ (mixed >> 29));
        }
        Ok(sum)
    }
}
