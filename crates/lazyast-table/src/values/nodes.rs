//! The columns of `nodes`, which other relations share.

use lazyast_format::encoding::ConstantTag;
use lazyast_format::{Field, Kind, Tree};

use super::filled_column::{DecodedTree, FilledColumn};
use crate::column::{ColumnData, Dictionary, NULL};
use crate::constant_text;
use crate::decode::{NAME_BITS, NameCodes, PositionPart, TreeFacts, WITHOUT_POSITIONS, own_name};
use crate::error::TableError;
use crate::relation::ColumnValue as Value;

impl FilledColumn {
    pub(super) fn append_nodes(&mut self, decoded: DecodedTree<'_>) -> Result<(), TableError> {
        let DecodedTree { source, facts, names } = decoded;
        let (tree, nodes) = (source.tree, facts.nodes.as_slice());
        let number = |node: &u32| facts.number_of(*node);
        match (self.spec.value, &mut self.data) {
            (Value::Node, ColumnData::Int32(column)) => column.extend(nodes.iter().map(number)),
            (Value::Parent, ColumnData::Int32(column)) => {
                let parents = facts.structure.parents();
                if facts.keeps_numbers() {
                    extend(column, facts, tree, parents, |parent| parent);
                } else {
                    let renumbered = |parent| u32::try_from(parent).map_or(-1, |parent| number(&parent));
                    extend(column, facts, tree, parents, renumbered);
                }
            }
            (Value::Index, ColumnData::Int32(column)) => {
                extend(column, facts, tree, facts.structure.indices(), |index| index.max(-1));
            }
            (Value::Size, ColumnData::Int32(column)) => {
                let size = |node: &u32| number(&facts.ends[*node as usize]) - number(node);
                column.extend(nodes.iter().map(size));
            }
            (Value::Depth, ColumnData::UInt16(column)) => {
                extend(column, facts, tree, facts.structure.depths(), |depth| depth);
            }
            (Value::Kind, ColumnData::Code(column)) => {
                extend(column, facts, tree, tree.kinds(), |kind| kind as i8);
            }
            (Value::Field, ColumnData::Code(column)) => {
                if facts.has_every_node(tree) {
                    column.extend(tree.fields().map(field_code));
                } else {
                    column.extend(nodes.iter().map(|node| field_code(tree.field_code(*node))));
                }
            }
            (Value::Line, ColumnData::Int32(column)) => append_position(column, PositionPart::Line, decoded),
            (Value::Column, ColumnData::Int32(column)) => {
                append_position(column, PositionPart::Column, decoded);
            }
            (Value::EndLine, ColumnData::Int32(column)) => {
                append_position(column, PositionPart::EndLine, decoded);
            }
            (Value::EndColumn, ColumnData::Int32(column)) => {
                append_position(column, PositionPart::EndColumn, decoded);
            }
            (Value::Name, ColumnData::Dictionary(column)) => {
                self.names.load(names);
                append_names(column, &mut self.names, decoded)?;
            }
            (Value::ConstantType, ColumnData::Code(column)) => {
                let first = column.len();
                column.resize(first + nodes.len(), NULL as i8);
                for constant in &facts.constants.0 {
                    column[first + constant.row] = constant_text::type_code(constant.tag, constant.value)?;
                }
            }
            (Value::ConstantValue, ColumnData::Dictionary(column)) => {
                let codes = &mut self.constants;
                codes.clear();
                let first = column.codes.len();
                column.codes.resize(first + nodes.len(), NULL);
                for constant in &facts.constants.0 {
                    let code = match codes.get(&constant.bits) {
                        Some(code) => *code,
                        None => {
                            let code =
                                constant_code(tree, constant.tag, constant.value, constant.node, column)?;
                            codes.insert(constant.bits, code);
                            code
                        }
                    };
                    column.codes[first + constant.row] = code;
                }
            }
            (Value::Enclosing, ColumnData::Int32(column)) => {
                let definitions = &facts.definitions;
                column.extend(
                    definitions.around(nodes).map(|inside| {
                        definitions.get(inside).map_or(-1, |definition| number(&definition.node))
                    }),
                );
            }
            (Value::EnclosingName, ColumnData::Dictionary(column)) => {
                let definitions = &facts.definitions;
                // Neighbours are mostly in the same definition.
                let mut last = (None, NULL);
                for inside in definitions.around(nodes) {
                    let definition = definitions.get(inside);
                    let node = definition.map(|definition| definition.node);
                    if last.0 != node || node.is_none() {
                        let name = definition.map(|definition| definition.qualified_name.as_str());
                        last = (node, column.optional_code(name)?);
                    }
                    column.codes.push(last.1);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Appends what follows from a number of each row's node. `numbers` has those of all nodes.
fn extend<T: Copy, V>(
    column: &mut Vec<V>,
    facts: &TreeFacts,
    tree: &Tree<'_>,
    numbers: &[T],
    value: impl Fn(T) -> V,
) {
    if facts.has_every_node(tree) {
        column.extend(numbers.iter().map(|number| value(*number)));
    } else {
        column.extend(facts.nodes.iter().map(|node| value(numbers[*node as usize])));
    }
}

/// The code of a field in the column. That of the root's field is 0, and null is -1.
fn field_code(field: u8) -> i8 {
    let shown = if field == Field::Values312 as u8 { Field::Values as u8 } else { field };
    shown.wrapping_sub(1) as i8
}

fn append_position(column: &mut Vec<i32>, part: PositionPart, decoded: DecodedTree<'_>) {
    let DecodedTree { source, facts, .. } = decoded;
    let (tree, positions) = (source.tree, &facts.positions);
    let first = column.len();
    let [starts, ends] = &facts.ranges;
    let offsets = match part {
        PositionPart::Line | PositionPart::Column => starts,
        PositionPart::EndLine | PositionPart::EndColumn => ends,
    };
    match part {
        PositionPart::Line | PositionPart::EndLine => {
            extend(column, facts, tree, offsets, |offset| positions.line(offset));
        }
        PositionPart::Column | PositionPart::EndColumn => {
            extend(column, facts, tree, offsets, |offset| positions.column(offset));
        }
    }
    let without = &*WITHOUT_POSITIONS;
    let (kinds, numbers) = (tree.kinds(), &mut column[first..]);
    if facts.has_every_node(tree) {
        for (number, kind) in numbers.iter_mut().zip(kinds) {
            *number |= without[usize::from(*kind)];
        }
    } else {
        for (number, node) in numbers.iter_mut().zip(&facts.nodes) {
            *number |= without[usize::from(kinds[*node as usize])];
        }
    }
    for (row, span) in &positions.differing {
        numbers[*row] = part.of(*span);
    }
}

fn append_names(
    column: &mut Dictionary,
    codes: &mut NameCodes,
    decoded: DecodedTree<'_>,
) -> Result<(), TableError> {
    let DecodedTree { source, facts, names } = decoded;
    let (tree, kinds) = (source.tree, source.tree.kinds());
    let bits_of = &*NAME_BITS;
    let mut code_of = |kind: u8, bits: u32, strings: &mut Dictionary| -> Result<i32, TableError> {
        let (name_bits, in_extras) = bits_of[usize::from(kind)];
        if in_extras {
            let kind = Kind::ALL[usize::from(kind)];
            return codes.code(names, own_name(tree, kind, bits)?, strings);
        }
        codes.code_at(names, name_bits.number_plus_1(bits), strings)
    };
    let mut rows = std::mem::take(&mut column.codes);
    rows.reserve(facts.nodes.len());
    if facts.has_every_node(tree) {
        for (kind, bits) in kinds.iter().zip(&facts.payloads) {
            rows.push(code_of(*kind, *bits, column)?);
        }
    } else {
        for node in &facts.nodes {
            rows.push(code_of(kinds[*node as usize], facts.payload_bits(tree, *node)?, column)?);
        }
    }
    column.codes = rows;
    Ok(())
}

/// The code of a constant's text; null for an integer that Python does not print.
fn constant_code(
    tree: &Tree<'_>,
    tag: ConstantTag,
    value: u32,
    node: u32,
    column: &mut Dictionary,
) -> Result<i32, TableError> {
    let constant = tree.constant(tag, value, node)?;
    column.optional_code(constant_text::text(&constant)?.as_deref())
}
