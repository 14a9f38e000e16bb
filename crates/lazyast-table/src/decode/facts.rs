//! [`TreeFacts`]: what columns are made of, decoded once per archive. Memory is reused from archive to archive.

use lazyast_format::read::{ParentTable, TargetPython};
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};

use super::calls::CallParts;
use super::constants::RowConstants;
use super::definitions::Definitions;
use super::names::own_name;
use super::positions::RowPositions;
use crate::relation::ColumnValue;
use crate::spec::TableSpec;

/// What has to be decoded for the chosen columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Requirements {
    pub(crate) names: bool,
    payloads: bool,
    ends: bool,
    structure: bool,
    positions: bool,
    constants: bool,
    calls: bool,
    definitions: bool,
}

impl Requirements {
    pub(crate) fn of(spec: &TableSpec) -> Self {
        use ColumnValue as Value;
        let positions = spec.has(&[Value::Line, Value::Column, Value::EndLine, Value::EndColumn]);
        let structure = spec.has(&[Value::Parent, Value::Index, Value::Depth]);
        let constants = spec.has(&[Value::ConstantType, Value::ConstantValue]);
        let calls =
            spec.has(&[Value::PositionalCount, Value::StarCount, Value::DoubleStarCount, Value::Keywords]);
        let names = spec.has(&[Value::Name, Value::Module, Value::Asname, Value::Callee, Value::Keywords]);
        let payloads = constants || calls || spec.has(&[Value::Callee]) || spec.names.is_some();
        let definitions = spec.has(&[
            Value::Enclosing,
            Value::EnclosingName,
            Value::QualifiedName,
            Value::InFunction,
            Value::InTypeChecking,
            Value::InTry,
        ]);
        let ends = structure || calls || definitions || spec.has(&[Value::Size]);
        Self { names, payloads, ends, structure, positions, constants, calls, definitions }
    }
}

/// Where there is a row for so many nodes, decoding all payloads takes less time than finding those of the rows.
const NODES_PER_ROW: usize = 16;

/// What columns are made of.
#[derive(Default)]
pub(crate) struct TreeFacts {
    /// The nodes of which rows are made, ascending.
    pub(crate) nodes: Vec<NodeId>,
    /// By node, the number of it and of the end of the last one, where some nodes are not visible.
    numbers: Option<Vec<NodeId>>,
    /// The payloads of all nodes, if many of them are needed.
    pub(crate) payloads: Vec<u32>,
    pub(crate) ends: Vec<NodeId>,
    /// The start and the end of each node in the text.
    pub(crate) ranges: [Vec<u32>; 2],
    pub(crate) structure: ParentTable,
    pub(crate) positions: RowPositions,
    pub(crate) constants: RowConstants,
    pub(crate) calls: CallParts,
    pub(crate) definitions: Definitions,
}

impl TreeFacts {
    pub(crate) fn load(
        &mut self,
        tree: &Tree<'_>,
        spec: &TableSpec,
        required: Requirements,
    ) -> Result<(), Damage> {
        check_codes(tree)?;
        self.nodes.clear();
        let names = spec.names.as_ref().map(|names| {
            let found = names.iter().filter_map(|name| tree.find_name(name));
            found.collect::<Vec<u32>>()
        });
        if names.as_ref().is_some_and(Vec::is_empty) {
            return Ok(());
        }
        self.number(tree, spec);
        self.payloads.clear();
        if required.payloads {
            tree.payloads_into(&mut self.payloads)?;
        }
        self.choose(tree, spec, names.as_deref())?;
        if self.nodes.is_empty() {
            return Ok(());
        }
        let are_many = self.nodes.len() > tree.kinds().len() / NODES_PER_ROW;
        if required.names && !required.payloads && are_many {
            tree.payloads_into(&mut self.payloads)?;
        }
        self.decode(tree, spec, required)
    }

    /// The payload of a node.
    #[inline]
    pub(crate) fn payload_bits(&self, tree: &Tree<'_>, node: NodeId) -> Result<u32, Damage> {
        self.payloads.get(node as usize).map_or_else(|| tree.payload_bits(node), |bits| Ok(*bits))
    }

    /// Decodes what is required for the rows.
    fn decode(&mut self, tree: &Tree<'_>, spec: &TableSpec, required: Requirements) -> Result<(), Damage> {
        let Self { nodes, payloads, ends, .. } = self;
        if required.ends {
            tree.subtree_ends_into(ends)?;
        }
        if required.structure {
            self.structure.load(tree, ends, spec.python)?;
        }
        if required.positions {
            let [starts, ends] = &mut self.ranges;
            tree.ranges_into(starts, ends)?;
            self.positions.load(tree, spec.python, nodes)?;
        }
        if required.constants {
            self.constants.load(tree, nodes, payloads);
        }
        if required.calls {
            self.calls.load(tree, nodes, payloads, ends)?;
        }
        if required.definitions {
            self.definitions.load(tree, ends)?;
        }
        Ok(())
    }

    /// Whether there is a row for each node of the archive.
    pub(crate) fn has_every_node(&self, tree: &Tree<'_>) -> bool {
        self.nodes.len() == tree.kinds().len()
    }

    /// The number of a node among the visible ones.
    #[inline]
    pub(crate) fn number_of(&self, node: NodeId) -> i32 {
        self.numbers.as_ref().map_or(node, |numbers| numbers[node as usize]) as i32
    }

    /// Whether the numbers are those of the archive.
    pub(crate) fn keeps_numbers(&self) -> bool {
        self.numbers.is_none()
    }

    /// Numbers the visible nodes, if not all are visible.
    fn number(&mut self, tree: &Tree<'_>, spec: &TableSpec) {
        self.numbers = (hidden_nodes(tree, spec.python) > 0).then(|| {
            let mut numbers = Vec::with_capacity(tree.fields().len() + 1);
            let mut next = 0;
            for field in tree.fields() {
                numbers.push(next);
                next += NodeId::from(field != HIDDEN);
            }
            numbers.push(next);
            numbers
        });
    }

    /// Finds the nodes of which rows are made. `names` are the numbers of the names that are chosen.
    fn choose(&mut self, tree: &Tree<'_>, spec: &TableSpec, names: Option<&[u32]>) -> Result<(), Damage> {
        let Self { nodes, payloads, numbers, .. } = self;
        match &spec.kinds {
            None => return Ok(()),
            Some(scanner) if scanner.kinds().is_all() => nodes.extend(0..tree.len()),
            Some(scanner) => nodes.extend(scanner.all(tree.kinds())),
        }
        if numbers.is_some() {
            nodes.retain(|node| tree.field_code(*node) != HIDDEN);
        }
        let Some(names) = names else { return Ok(()) };
        let mut found = Vec::new();
        for node in nodes.iter().copied() {
            let name = own_name(tree, tree.kind(node)?, payloads[node as usize])?;
            if name.is_some_and(|name| names.contains(&name)) {
                found.push(node);
            }
        }
        *nodes = found;
        Ok(())
    }
}

/// The field of the constants that only some releases of 3.12 have.
const HIDDEN: u8 = Field::Values312 as u8;

/// How many nodes of an archive are not visible to a Python.
pub(crate) fn hidden_nodes(tree: &Tree<'_>, python: TargetPython) -> usize {
    if python.empty_constants { 0 } else { tree.fields().filter(|field| *field == HIDDEN).count() }
}

/// Checks that all codes of kinds and fields are known, so that tables can be indexed with them.
fn check_codes(tree: &Tree<'_>) -> Result<(), Damage> {
    check_known("unknown kind", tree.kinds().iter().copied(), Kind::ALL.len())?;
    check_known("unknown field", tree.fields(), Field::ALL.len())
}

fn check_known(
    what: &'static str,
    codes: impl Iterator<Item = u8> + Clone,
    count: usize,
) -> Result<(), Damage> {
    // The largest code is found with vector instructions; the first unknown one only if there is one.
    if codes.clone().max().map_or(0, usize::from) < count {
        return Ok(());
    }
    match codes.zip(0..).find(|(code, _)| usize::from(*code) >= count) {
        Some((code, node)) => Err(Damage::new(what, node).found(u32::from(code))),
        None => Ok(()),
    }
}
