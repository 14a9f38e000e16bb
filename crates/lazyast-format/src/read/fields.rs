//! The fields in which nodes stand. The column has more than their codes in its bytes, so that callers do not get it.

use super::damage::Damage;
use super::tree::{Tree, field_of, unknown_field};
use crate::encoding::{FIELDS_PER_WORD, NodeId, field_code, rows_in_field};
use crate::schema::Field;

impl<'a> Tree<'a> {
    /// The codes of all nodes' fields, in preorder.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = u8> + Clone + use<'a> {
        self.columns.fields.iter().map(|byte| field_code(*byte))
    }

    /// The field of its parent that a node stands in.
    pub fn field(&self, id: NodeId) -> Result<Field, Damage> {
        let code = self.field_code(id);
        field_of(code).ok_or_else(|| unknown_field(code, id))
    }

    /// The code of the field that a node stands in; that of no field if there is no such node.
    #[inline]
    pub fn field_code(&self, id: NodeId) -> u8 {
        self.columns.fields.get(id as usize).map_or(u8::MAX, |byte| field_code(*byte))
    }

    /// Whether a node stands in a field.
    pub fn has_field(&self, field: Field) -> bool {
        let (words, rest) = self.columns.fields.as_chunks::<FIELDS_PER_WORD>();
        words.iter().any(|word| rows_in_field(*word, field as u8) != 0)
            || rest.iter().any(|byte| field_code(*byte) == field as u8)
    }

    /// The nodes that stand in a field, ascending.
    pub fn nodes_in(&self, field: Field) -> Vec<NodeId> {
        let mut nodes = Vec::new();
        let (words, rest) = self.columns.fields.as_chunks::<FIELDS_PER_WORD>();
        for (first, word) in (0..).step_by(FIELDS_PER_WORD).zip(words) {
            let mut rows = rows_in_field(*word, field as u8);
            while rows != 0 {
                nodes.push(first + rows.trailing_zeros() / u8::BITS);
                rows &= rows - 1;
            }
        }
        let in_rest = (self.len() - rest.len() as NodeId..).zip(rest);
        nodes.extend(in_rest.filter(|(_, byte)| field_code(**byte) == field as u8).map(|(id, _)| id));
        nodes
    }
}

#[cfg(test)]
mod tests {
    use crate::encoding::Payload;
    use crate::layout::SourceFacts;
    use crate::{Builder, Field, Kind, Tree};

    #[test]
    fn nodes_are_found_by_their_field() -> Result<(), Box<dyn std::error::Error>> {
        let mut builder = Builder::new();
        let module = builder.enter(Kind::Module, Field::Root, 0, 9, Payload::None);
        let expression = builder.enter(Kind::Tuple, Field::Body, 0, 9, Payload::Context(2));
        for name in 0..100_000_u32 {
            let field = if name % 5 < 2 { Field::Elts } else { Field::Values312 };
            builder.leaf(Kind::Name, field, 0, 1, Payload::NameContext { name: name / 3, context: name % 3 });
        }
        builder.leave(expression);
        builder.leave(module);
        let facts = SourceFacts { minimum_python: 11, ..SourceFacts::default() };
        let archive = builder.finish(facts, 0, (&[0; 32], 9), 9)?;
        let tree = Tree::open(archive, None)?;
        for field in [Field::Root, Field::Body, Field::Elts, Field::Values312, Field::Orelse] {
            let expected: Vec<u32> = (0..tree.len()).filter(|id| tree.field(*id) == Ok(field)).collect();
            assert_eq!(tree.has_field(field), !expected.is_empty(), "{field:?}");
            assert_eq!(tree.nodes_in(field), expected, "{field:?}");
        }
        assert_eq!(tree.nodes_in(Field::Elts).len(), 40_000);
        assert!(tree.fields().zip(0..).all(|(code, id)| code == tree.field_code(id)));
        Ok(())
    }
}
