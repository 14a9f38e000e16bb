//! The columns of `nodes`, which other relations share.

use lazyast_format::Tree;
use lazyast_format::encoding::{ConstantTag, Payload, PayloadLayout};

use super::filled_column::FilledColumn;
use crate::column::{ColumnData, Dictionary, NULL};
use crate::constant_text;
use crate::decode::{PositionPart, TreeFacts, own_name};
use crate::error::TableError;
use crate::relation::ColumnValue as Value;
use crate::source_tree::SourceTree;

impl FilledColumn {
    pub(super) fn append_nodes(
        &mut self,
        source: &SourceTree<'_>,
        facts: &TreeFacts,
    ) -> Result<(), TableError> {
        let Self { spec, data, names, constants, .. } = self;
        let (tree, nodes) = (source.tree, facts.nodes.as_slice());
        let kinds = tree.kinds();
        let number = |node: &u32| facts.number_of(*node);
        match (spec.value, data) {
            (Value::Node, ColumnData::Int32(column)) => column.extend(nodes.iter().map(number)),
            (Value::Parent, ColumnData::Int32(column)) => {
                let parents = nodes.iter().map(|node| facts.structure.parents[*node as usize]);
                if facts.keeps_numbers() {
                    column.extend(parents);
                } else {
                    column.extend(
                        parents.map(|parent| u32::try_from(parent).map_or(-1, |parent| number(&parent))),
                    );
                }
            }
            (Value::Index, ColumnData::Int32(column)) => {
                column.extend(nodes.iter().map(|node| facts.structure.indexes[*node as usize]));
            }
            (Value::Size, ColumnData::Int32(column)) => {
                let size = |node: &u32| number(&facts.ends[*node as usize]) - number(node);
                column.extend(nodes.iter().map(size));
            }
            (Value::Depth, ColumnData::UInt16(column)) => {
                column.extend(nodes.iter().map(|node| facts.structure.depths[*node as usize]));
            }
            (Value::Kind, ColumnData::Code(column)) => {
                column.extend(nodes.iter().map(|node| kinds[*node as usize] as i8));
            }
            (Value::Field, ColumnData::Code(column)) => {
                // The code of the root's field is 0, and null is -1.
                let fields = tree.fields();
                let values = lazyast_format::Field::Values as u8 - 1;
                let hidden = lazyast_format::Field::Values312 as u8 - 1;
                column.extend(nodes.iter().map(|node| {
                    let code = fields[*node as usize].wrapping_sub(1);
                    (if code == hidden { values } else { code }) as i8
                }));
            }
            (Value::Line, ColumnData::Int32(column)) => column.extend(position(facts, PositionPart::Line)),
            (Value::Column, ColumnData::Int32(column)) => {
                column.extend(position(facts, PositionPart::Column));
            }
            (Value::EndLine, ColumnData::Int32(column)) => {
                column.extend(position(facts, PositionPart::EndLine));
            }
            (Value::EndColumn, ColumnData::Int32(column)) => {
                column.extend(position(facts, PositionPart::EndColumn));
            }
            (Value::Name, ColumnData::Dictionary(column)) => {
                names.load(tree);
                column.codes.reserve(nodes.len());
                for node in nodes {
                    let name = own_name(tree, tree.kind(*node)?, facts.payloads[*node as usize])?;
                    let code = names.code(tree, name, column)?;
                    column.codes.push(code);
                }
            }
            (Value::ConstantType, ColumnData::Code(column)) => {
                for node in nodes {
                    let constant = constant_of(tree, *node, facts)?;
                    column.push(match constant {
                        Some((tag, value)) => constant_text::type_code(tag, value)?,
                        None => -1,
                    });
                }
            }
            (Value::ConstantValue, ColumnData::Dictionary(column)) => {
                constants.clear();
                column.codes.reserve(nodes.len());
                for node in nodes {
                    let code = match constant_of(tree, *node, facts)? {
                        None => NULL,
                        Some((tag, value)) => {
                            let bits = facts.payloads[*node as usize];
                            match constants.get(&bits) {
                                Some(code) => *code,
                                None => {
                                    let code = constant_code(tree, tag, value, *node, column)?;
                                    constants.insert(bits, code);
                                    code
                                }
                            }
                        }
                    };
                    column.codes.push(code);
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

fn position(facts: &TreeFacts, part: PositionPart) -> impl Iterator<Item = i32> {
    facts.positions.parts[part as usize].iter().copied()
}

/// The tag and the value of a `Constant` or a `MatchSingleton`.
#[inline]
fn constant_of(
    tree: &Tree<'_>,
    node: u32,
    facts: &TreeFacts,
) -> Result<Option<(ConstantTag, u32)>, TableError> {
    let layout = tree.kind(node)?.payload_layout();
    if layout != PayloadLayout::Constant {
        return Ok(None);
    }
    Ok(match Payload::decode(layout, facts.payloads[node as usize]) {
        Payload::Constant { tag, value } => Some((tag, value)),
        _ => None,
    })
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
