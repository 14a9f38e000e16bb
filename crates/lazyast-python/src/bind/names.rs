//! `_native.Names`: the resolution of one tree, which `lazyast.scope` and `lazyast.resolve` read.
//!
//! Scopes, symbols and nodes are numbers here. The Python package makes objects of them.

use std::rc::Rc;

use lazyast::format::{Archive, Damage, Field, NodeId, Tree};
use lazyast::scope::{Resolution, symbol_tables};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::process_cache;
use crate::errors::corrupt;
use crate::nodes::context::TreeContext;
use crate::nodes::registry;
use crate::runtime::interpreter::Interpreter;
use crate::traverse::ancestors::number_in;

/// The resolution of a tree.
#[pyclass(module = "lazyast._native", name = "Names", unsendable)]
struct PyNames {
    context: Rc<TreeContext>,
    interpreter: &'static Interpreter,
    resolution: Resolution,
}

/// The number of a node, its kind, and its line and column.
type LocatedNode = (NodeId, &'static str, Option<(u32, u32)>);

fn checked<T>(result: Result<T, Damage>) -> PyResult<T> {
    result.map_err(|damage| corrupt(&damage))
}

#[pymethods]
impl PyNames {
    /// Resolves the tree of a root. Raises ValueError for a tree that lazyast did not make.
    #[new]
    fn new(root: &Bound<'_, PyAny>) -> PyResult<Self> {
        let not_ours =
            || PyValueError::new_err("lazyast did not make this tree: parse its source with lazyast.parse");
        let interpreter = Interpreter::get(root.py())?.ok_or_else(not_ours)?;
        let context = registry::context_of(root).ok_or_else(not_ours)?;
        let resolution = checked(Resolution::of(context.tree(), interpreter.target.minor))?;
        Ok(Self { context, interpreter, resolution })
    }

    /// The number of a node; `None` if the tree was changed around it.
    fn number(&self, root: &Bound<'_, PyAny>, node: &Bound<'_, PyAny>) -> PyResult<Option<NodeId>> {
        number_in(self.interpreter, &self.context, root, node)
    }

    /// The node that fields, with an index each, lead to from the root: its number, its kind, and its line and column if
    /// nodes of its kind have positions.
    fn number_at(&self, path: Vec<(String, usize)>) -> PyResult<Option<LocatedNode>> {
        let tree = self.context.tree();
        let mut here = 0;
        for (name, index) in path {
            let kind = checked(tree.kind(here))?;
            let field = kind.fields().iter().find(|spec| spec.name == name).and_then(|spec| spec.field);
            let Some(node) = tree.node(here) else { return Ok(None) };
            let mut children = Vec::new();
            for child in node.children() {
                let (of, child) = checked(child)?;
                if Some(of) == field {
                    children.push(child.id());
                }
            }
            match children.get(index) {
                Some(child) => here = *child,
                None => return Ok(None),
            }
        }
        let span = checked(tree.span(here, self.interpreter.target))?;
        let position = span.map(|span| (span.start.line, span.start.column));
        Ok(Some((here, checked(tree.kind(here))?.name(), position)))
    }

    /// The fields, with an index each, that lead from the root to a node.
    fn path(&self, node: NodeId) -> PyResult<Vec<(&'static str, u32)>> {
        let tree = self.context.tree();
        let mut kind = checked(tree.kind(0))?;
        let mut path = Vec::new();
        for step in checked(tree.path_to(node))? {
            let field = if step.field == Field::Values312 { Field::Values } else { step.field };
            let spec = kind.fields().iter().find(|spec| spec.field == Some(field));
            path.push((spec.map_or("", |spec| spec.name), step.index));
            kind = checked(tree.kind(step.id))?;
        }
        Ok(path)
    }

    /// The scope that a node is evaluated in.
    fn scope_of(&self, node: NodeId) -> u32 {
        self.resolution.scope_of(node)
    }

    /// All scopes by number: kind, node and parent of each.
    fn scopes(&self) -> Vec<(&'static str, NodeId, Option<u32>)> {
        let scopes = self.resolution.scopes().iter();
        scopes.map(|scope| (scope.kind.name(), scope.node, scope.parent)).collect()
    }

    /// The symbols that own a value or are the module's, and occur: scope, name and number of each.
    fn symbols(&self) -> PyResult<Vec<(u32, &str, u32)>> {
        let tree = self.context.tree();
        let mut owners = Vec::new();
        for (symbol, id) in self.resolution.symbols().iter().zip(0..) {
            let occurs = self.resolution.occurrences_of(id).next().is_some();
            if occurs && self.resolution.owner(id) == Some(id) {
                owners.push((symbol.scope, checked(self.resolution.name(tree, symbol.name))?, id));
            }
        }
        Ok(owners)
    }

    /// The owner of the symbol of a node that uses or binds a name.
    fn symbol_of(&self, node: NodeId) -> Option<u32> {
        self.resolution.owner(self.resolution.occurrences_at(node).first()?.symbol)
    }

    /// The nodes that use or bind a symbol, each with its role and whether it binds it.
    fn occurrences(&self, symbol: u32) -> Vec<(NodeId, &'static str, bool)> {
        if symbol as usize >= self.resolution.symbols().len() {
            return Vec::new();
        }
        let occurrences = self.resolution.occurrences_of(symbol);
        occurrences.map(|one| (one.node, one.role.name(), one.role.binds())).collect()
    }

    /// Whether nothing binds a symbol although it is no builtin and no variable that every module has.
    fn is_undefined(&self, symbol: u32) -> PyResult<bool> {
        let has_value = self.resolution.is_bound(symbol);
        Ok(!has_value && !checked(self.resolution.is_predefined(self.context.tree(), symbol))?)
    }

    /// Whether the source has an `import *`.
    fn has_star_import(&self) -> bool {
        self.resolution.imports().iter().any(|import| import.symbol.is_none())
    }

    /// The dotted names that a node stands for.
    fn dotted_names(&self, node: NodeId) -> PyResult<Vec<String>> {
        checked(self.resolution.dotted_names(self.context.tree(), node))
    }

    /// The dotted names that a symbol stands for.
    fn names_of_symbol(&self, symbol: u32) -> PyResult<Vec<String>> {
        if symbol as usize >= self.resolution.symbols().len() {
            return Ok(Vec::new());
        }
        checked(self.resolution.names_of_symbol(self.context.tree(), symbol))
    }
}

/// A table of [`symbol_tables`]: the index of the table around it, what makes its scope, its line, and for each name its
/// facts and where its value is, as the numbers of CPython.
type TableRow = (Option<usize>, &'static str, u32, Vec<(String, u16, u8)>);

/// The symbol tables of a source in a minor version of Python, for comparisons with `symtable`. `None` if lazyast does
/// not serve the source.
#[pyfunction]
fn symbol_tables_of(py: Python<'_>, source: &[u8], minor: u8) -> PyResult<Option<Vec<TableRow>>> {
    let cache = process_cache::of_process(py)?;
    let Ok(bytes) = cache.archive(source) else { return Ok(None) };
    let archive = Archive::open(bytes, None).map_err(|error| PyValueError::new_err(error.to_string()))?;
    let tree = archive.tree().map_err(|error| PyValueError::new_err(error.to_string()))?;
    checked(rows_of(&tree, minor)).map(Some)
}

fn rows_of(tree: &Tree<'_>, minor: u8) -> Result<Vec<TableRow>, Damage> {
    let resolution = Resolution::of(tree, minor)?;
    let mut rows = Vec::new();
    for table in symbol_tables(tree, &resolution)? {
        let scope = &resolution.scopes()[table.scope as usize];
        let line = match scope.parent {
            None => 0,
            Some(_) => tree.position(tree.range(scope.node)?.0)?.line,
        };
        let mut symbols = Vec::with_capacity(table.symbols.len());
        for (name, symbol) in table.symbols {
            symbols.push((resolution.name(tree, name)?.to_owned(), symbol.facts.bits(), symbol.scope as u8));
        }
        rows.push((table.parent, scope.kind.name(), line, symbols));
    }
    Ok(rows)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyNames>()?;
    module.add_function(wrap_pyfunction!(symbol_tables_of, module)?)
}
