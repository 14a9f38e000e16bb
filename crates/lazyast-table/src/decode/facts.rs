//! [`TreeFacts`]: what columns are made of, decoded once per archive. Memory is reused from archive to archive.

use lazyast_format::read::TargetPython;
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};

use super::definitions::Definitions;
use super::names::own_name;
use super::positions::RowPositions;
use super::structure::Structure;
use crate::relation::ColumnValue;
use crate::spec::TableSpec;

/// What has to be decoded for the chosen columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Requirements {
    ranges: bool,
    payloads: bool,
    ends: bool,
    structure: bool,
    positions: bool,
    definitions: bool,
}

impl Requirements {
    pub(crate) fn of(spec: &TableSpec) -> Self {
        use ColumnValue as Value;
        let positions = spec.has(&[Value::Line, Value::Column, Value::EndLine, Value::EndColumn]);
        let structure = spec.has(&[Value::Parent, Value::Index, Value::Depth]);
        let payloads = spec.names.is_some()
            || spec.has(&[
                Value::Name,
                Value::ConstantType,
                Value::ConstantValue,
                Value::Module,
                Value::Asname,
                Value::Level,
            ]);
        let definitions = spec.has(&[
            Value::Enclosing,
            Value::EnclosingName,
            Value::QualifiedName,
            Value::InFunction,
            Value::InTypeChecking,
            Value::InTry,
        ]);
        let ends = structure || spec.has(&[Value::Size]);
        Self { ranges: positions, payloads, ends, structure, positions, definitions }
    }
}

/// What columns are made of.
#[derive(Default)]
pub(crate) struct TreeFacts {
    /// The nodes of which rows are made, ascending.
    pub(crate) nodes: Vec<NodeId>,
    /// By node, the number of it and of the end of the last one, where some nodes are not visible.
    numbers: Option<Vec<NodeId>>,
    pub(crate) payloads: Vec<u32>,
    pub(crate) ends: Vec<NodeId>,
    pub(crate) structure: Structure,
    pub(crate) positions: RowPositions,
    pub(crate) definitions: Definitions,
    ranges: Vec<(u32, u32)>,
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
        self.decode(tree, required)?;
        self.choose(tree, spec, names.as_deref())?;
        if self.nodes.is_empty() {
            return Ok(());
        }
        if required.structure {
            self.structure.load(tree, &self.ends);
        }
        if required.definitions {
            self.definitions.load(tree)?;
        }
        if required.positions {
            self.positions.load(tree, spec.python, self.nodes.iter().copied(), &self.ranges)?;
        }
        Ok(())
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
                next += NodeId::from(*field != HIDDEN);
            }
            numbers.push(next);
            numbers
        });
    }

    /// Decodes ranges, payloads and ends in one pass.
    fn decode(&mut self, tree: &Tree<'_>, required: Requirements) -> Result<(), Damage> {
        let Self { ranges, payloads, ends, .. } = self;
        ranges.clear();
        payloads.clear();
        ends.clear();
        if !(required.ranges || required.payloads || required.ends) {
            return Ok(());
        }
        for row in tree.rows() {
            let row = row?;
            if required.ranges {
                ranges.push((row.start, row.end));
            }
            if required.payloads {
                payloads.push(row.payload_bits);
            }
            if required.ends {
                ends.push(row.subtree_end);
            }
        }
        Ok(())
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
            nodes.retain(|node| tree.fields()[*node as usize] != HIDDEN);
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
    if python.empty_constants { 0 } else { memchr::memchr_iter(HIDDEN, tree.fields()).count() }
}

/// Checks that all codes of kinds and fields are known, so that tables can be indexed with them.
fn check_codes(tree: &Tree<'_>) -> Result<(), Damage> {
    let known = |codes: &[u8], count: usize| {
        // The largest code is found with vector instructions; the first unknown one only if there is one.
        let largest = codes.iter().copied().max().map_or(0, usize::from);
        if largest < count { None } else { codes.iter().position(|code| usize::from(*code) >= count) }
    };
    if let Some(node) = known(tree.kinds(), Kind::ALL.len()) {
        return Err(Damage::new("unknown kind", node as u32).found(u32::from(tree.kinds()[node])));
    }
    if let Some(node) = known(tree.fields(), Field::ALL.len()) {
        return Err(Damage::new("unknown field", node as u32).found(u32::from(tree.fields()[node])));
    }
    Ok(())
}
