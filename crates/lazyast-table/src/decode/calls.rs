//! [`CallParts`]: the arguments of calls.

use lazyast_format::encoding::Payload;
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};

/// The arguments of the calls of which rows are made: a number for each row.
#[derive(Default)]
pub(crate) struct CallParts {
    pub(crate) positional: Vec<i32>,
    pub(crate) stars: Vec<i32>,
    pub(crate) double_stars: Vec<i32>,
    /// How many names each call has in `keywords`.
    pub(crate) keyword_counts: Vec<i32>,
    /// The numbers of the names of keyword arguments, call by call.
    pub(crate) keywords: Vec<u32>,
}

impl CallParts {
    /// `payloads` and `ends` are those of all nodes.
    pub(crate) fn load(
        &mut self,
        tree: &Tree<'_>,
        calls: &[NodeId],
        payloads: &[u32],
        ends: &[NodeId],
    ) -> Result<(), Damage> {
        let Self { positional, stars, double_stars, keyword_counts, keywords } = self;
        for counts in [&mut *positional, stars, double_stars, keyword_counts] {
            counts.clear();
            counts.reserve(calls.len());
        }
        keywords.clear();
        let kinds = tree.kinds();
        for call in calls.iter().map(|call| *call as usize) {
            let [mut positionals, mut starred, mut double_starred, mut named] = [0; 4];
            let (end, mut child) = (ends[call] as usize, call + 1);
            while child < end {
                let is_in = |field: Field| tree.field_code(child as NodeId) == field as u8;
                if is_in(Field::Args) {
                    let is_starred = i32::from(kinds[child] == Kind::Starred as u8);
                    starred += is_starred;
                    positionals += 1 - is_starred;
                } else if is_in(Field::Keywords) {
                    match Payload::decode(Kind::Keyword.payload_layout(), payloads[child]).name() {
                        Some(name) => {
                            keywords.push(name);
                            named += 1;
                        }
                        None => double_starred += 1,
                    }
                }
                child = ends[child] as usize;
            }
            if child > end {
                let damage = Damage::new("subtree ends outside of its parent's", call as NodeId);
                return Err(damage.found(child as u32));
            }
            positional.push(positionals);
            stars.push(starred);
            double_stars.push(double_starred);
            keyword_counts.push(named);
        }
        Ok(())
    }
}
