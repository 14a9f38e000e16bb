//! Opens lists: adds what a list of the pattern is compared with to the arena.

use lazyast_format::encoding::Payload;
use lazyast_format::{Damage, Field, Kind, NodeId};

use super::arena::ArenaSpan;
use super::state::Matcher;
use crate::pattern::subject::{Subject, SubjectForm};

impl<'a> Matcher<'_, '_, 'a> {
    /// The first child in a field.
    pub(super) fn child(&self, node: NodeId, field: Field) -> Result<Option<NodeId>, Damage> {
        let Some(node) = self.tree.node(node) else { return Ok(None) };
        for child in node.children() {
            let (of, child) = child?;
            if of == field {
                return Ok(Some(child.id()));
            }
        }
        Ok(None)
    }

    /// The children in a field.
    pub(super) fn children(&mut self, node: NodeId, field: Field) -> Result<ArenaSpan, Damage> {
        let mark = self.arena.mark();
        if let Some(node) = self.tree.node(node) {
            for child in node.children() {
                let (of, child) = child?;
                if of == field {
                    self.arena.push(Subject::node(child.id()));
                }
            }
        }
        Ok(self.arena.span_from(mark))
    }

    /// The keyword patterns of a class pattern, each with its keyword.
    pub(super) fn keyword_patterns(&mut self, node: NodeId) -> Result<ArenaSpan, Damage> {
        let patterns = self.children(node, Field::KwdPatterns)?;
        let names = self.name_list(node, Kind::MatchClass)?;
        for (subject, name) in self.arena.slice_mut(patterns).iter_mut().zip(names) {
            subject.form = SubjectForm::KeywordPattern(name);
        }
        Ok(patterns)
    }

    /// All parameters of an `arguments`. In the source a default follows its parameter.
    pub(super) fn parameters(&mut self, node: NodeId) -> Result<ArenaSpan, Damage> {
        let mark = self.arena.mark();
        if let Some(node) = self.tree.node(node) {
            for child in node.children() {
                let (field, child) = child?;
                let parameters = self.arena.span_from(mark);
                match (field, self.arena.slice_mut(parameters).last_mut()) {
                    (
                        Field::Defaults | Field::KwDefaults,
                        Some(Subject { form: SubjectForm::Parameter(_, default), .. }),
                    ) => *default = Some(child.id()),
                    _ => {
                        let form = SubjectForm::Parameter(field, None);
                        self.arena.push(Subject { node: child.id(), form });
                    }
                }
            }
        }
        Ok(self.arena.span_from(mark))
    }

    /// The items of a `Dict`. In the source a key comes before its value.
    pub(super) fn dict_items(&mut self, node: NodeId) -> Result<ArenaSpan, Damage> {
        let mark = self.arena.mark();
        let mut key = None;
        if let Some(node) = self.tree.node(node) {
            for child in node.children() {
                let (field, child) = child?;
                if field == Field::Keys {
                    key = Some(child.id());
                } else {
                    self.arena.push(Subject { node: child.id(), form: SubjectForm::DictItem(key.take()) });
                }
            }
        }
        Ok(self.arena.span_from(mark))
    }

    /// The names of a `Global` or a `Nonlocal`.
    pub(super) fn names_of(&mut self, node: NodeId, kind: Kind) -> Result<ArenaSpan, Damage> {
        let mark = self.arena.mark();
        for name in self.name_list(node, kind)? {
            self.arena.push(Subject::name(node, name));
        }
        Ok(self.arena.span_from(mark))
    }

    fn name_list(
        &self,
        node: NodeId,
        kind: Kind,
    ) -> Result<impl ExactSizeIterator<Item = u32> + use<'a>, Damage> {
        match self.tree.payload(node, kind)? {
            Payload::Names(list) => self.tree.list(list),
            payload => {
                let found = payload.encode();
                Err(Damage::new("node has no names", node).found(found))
            }
        }
    }
}
