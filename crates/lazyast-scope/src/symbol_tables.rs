//! The symbol tables that CPython's `symtable` module shows, made from a [`Resolution`].
//!
//! They add to it what the compiler needs: through which scopes a closure passes, which variables are cells, and what
//! comprehensions that are compiled in place (PEP 709) add to the scope around them. The compiler's own names, such as
//! `.0` and `__classdict__`, are not in them.

use std::collections::{BTreeMap, BTreeSet};

use lazyast_format::{Damage, Tree};

use crate::resolution::Resolution;
use crate::scope::{ScopeId, ScopeKind};
use crate::symbol::{Facts, Owner, SymbolId};

/// The first minor version that compiles comprehensions in place.
const FIRST_WITH_INLINED_COMPREHENSIONS: u8 = 12;

/// The first minor version that adds the uses in such a comprehension to the variables around it; its first releases do
/// not.
const FIRST_WITH_USES_OF_COMPREHENSIONS: u8 = 14;

/// The first minor version in which `FREE_CLASS` also marks names that the class does not bind.
const FIRST_WITH_ANY_FREE_CLASS: u8 = 12;

/// Where a symbol's value is, as CPython's compiler decides it. The discriminants are CPython's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum SymbolScope {
    /// A local variable.
    Local = 1,
    /// A global one, by a `global` statement.
    GlobalExplicit = 2,
    /// A global one or a builtin.
    GlobalImplicit = 3,
    /// A variable of a function around it.
    Free = 4,
    /// A local variable that functions inside refer to.
    Cell = 5,
}

/// A symbol of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableSymbol {
    /// What the scope says about the name.
    pub facts: Facts,
    /// Where its value is.
    pub scope: SymbolScope,
}

/// The table of a scope.
#[derive(Clone, Debug)]
pub struct SymbolTable {
    /// The scope.
    pub scope: ScopeId,
    /// The index of the table around it.
    pub parent: Option<usize>,
    /// The symbols by the numbers of their names.
    pub symbols: BTreeMap<u32, TableSymbol>,
}

/// What is known about a scope while the tables are made.
#[derive(Debug, Default)]
struct Draft {
    symbols: BTreeMap<u32, TableSymbol>,
    /// The names that are free in the scope or in one inside, and that it does not bind.
    free: BTreeSet<u32>,
    /// The scopes inside, with those of comprehensions that were compiled in place.
    children: Vec<ScopeId>,
}

/// The tables of all scopes. A table comes after the one around it.
pub fn symbol_tables(tree: &Tree<'_>, resolution: &Resolution) -> Result<Vec<SymbolTable>, Damage> {
    let mut drafts: Vec<Draft> = resolution.scopes().iter().map(|_| Draft::default()).collect();
    for (id, scope) in resolution.scopes().iter().enumerate() {
        if let Some(parent) = scope.parent.filter(|_| !scope.is_hidden) {
            drafts[parent as usize].children.push(id as ScopeId);
        }
    }
    for (id, symbol) in resolution.symbols().iter().enumerate() {
        if symbol.facts != Facts::NONE {
            let scope = scope_of_symbol(resolution, id as SymbolId);
            let entry = TableSymbol { facts: symbol.facts, scope };
            let draft = &mut drafts[symbol.scope as usize];
            draft.symbols.insert(symbol.name, entry);
            if scope == SymbolScope::Free {
                draft.free.insert(symbol.name);
            }
        }
    }
    let class_name = class_name(tree, resolution)?;
    // Scopes inside have higher numbers.
    for id in (0..drafts.len()).rev() {
        if !resolution.scopes()[id].is_hidden {
            finish(resolution, &mut drafts, id as ScopeId, class_name);
        }
    }
    Ok(tables(drafts))
}

fn class_name(tree: &Tree<'_>, resolution: &Resolution) -> Result<Option<u32>, Damage> {
    for symbol in resolution.symbols() {
        if resolution.name(tree, symbol.name)? == "__class__" {
            return Ok(Some(symbol.name));
        }
    }
    Ok(None)
}

fn scope_of_symbol(resolution: &Resolution, id: SymbolId) -> SymbolScope {
    let symbol = resolution.symbols()[id as usize];
    match symbol.owner {
        Owner::Own if symbol.scope == 0 && symbol.facts.any(Facts::GLOBAL) => SymbolScope::GlobalExplicit,
        Owner::Own if symbol.facts.any(Facts::BOUND) => SymbolScope::Local,
        Owner::Own | Owner::Global(_) | Owner::Class(_) => SymbolScope::GlobalImplicit,
        Owner::DeclaredGlobal(_) => SymbolScope::GlobalExplicit,
        Owner::Enclosing(_) | Owner::ClassCell(_) => SymbolScope::Free,
    }
}

/// Finishes the table of a scope, when those inside are finished.
fn finish(resolution: &Resolution, drafts: &mut [Draft], id: ScopeId, class_name: Option<u32>) {
    let scope = &resolution.scopes()[id as usize];
    let mut draft = std::mem::take(&mut drafts[id as usize]);
    // Names that are free here; `free` is for those of the scopes inside.
    let own_free = std::mem::take(&mut draft.free);
    let mut free = BTreeSet::new();
    let mut cells = BTreeSet::new();
    let mut children = Vec::new();
    for child in std::mem::take(&mut draft.children) {
        let is_inlined = resolution.minor() >= FIRST_WITH_INLINED_COMPREHENSIONS
            && resolution.scopes()[child as usize].kind == ScopeKind::Comprehension
            && (resolution.minor() < 13 || !scope.sees_class);
        if is_inlined {
            inline(resolution.minor(), &mut draft, scope.kind, drafts, child, &mut cells, class_name);
            children.append(&mut drafts[child as usize].children);
        } else {
            children.push(child);
        }
        free.extend(&drafts[child as usize].free);
    }
    draft.children = children;
    if scope.kind.is_function_like() {
        for (name, symbol) in &mut draft.symbols {
            if symbol.scope == SymbolScope::Local && (free.contains(name) || cells.contains(name)) {
                symbol.scope = SymbolScope::Cell;
                free.remove(name);
            }
        }
    } else if scope.kind == ScopeKind::Class
        && let Some(name) = class_name
    {
        free.remove(&name);
    }
    for name in &cells {
        if let Some(symbol) = draft.symbols.get_mut(name) {
            symbol.facts |= Facts::COMPREHENSION_CELL;
        }
    }
    for name in &free {
        match draft.symbols.get_mut(name) {
            Some(symbol) if scope.kind == ScopeKind::Class || scope.sees_class => {
                let has_own = symbol.facts.any(Facts::BOUND | Facts::GLOBAL);
                if has_own || resolution.minor() >= FIRST_WITH_ANY_FREE_CLASS {
                    symbol.facts |= Facts::FREE_CLASS;
                }
            }
            Some(_) => {}
            None => {
                draft.symbols.insert(*name, TableSymbol { facts: Facts::NONE, scope: SymbolScope::Free });
            }
        }
    }
    free.extend(own_free);
    draft.free = free;
    drafts[id as usize] = draft;
}

/// Adds the symbols of a comprehension that is compiled in place to the scope around it.
fn inline(
    minor: u8,
    draft: &mut Draft,
    kind: ScopeKind,
    drafts: &mut [Draft],
    comprehension: ScopeId,
    cells: &mut BTreeSet<u32>,
    class_name: Option<u32>,
) {
    let symbols = drafts[comprehension as usize].symbols.clone();
    for (name, mut symbol) in symbols {
        if symbol.scope == SymbolScope::Cell || symbol.facts.any(Facts::COMPREHENSION_CELL) {
            cells.insert(name);
        }
        if symbol.scope == SymbolScope::Free && kind == ScopeKind::Class && Some(name) == class_name {
            symbol.scope = SymbolScope::GlobalImplicit;
            drafts[comprehension as usize].free.remove(&name);
        }
        match draft.symbols.get_mut(&name) {
            None => {
                draft.symbols.insert(name, symbol);
            }
            Some(existing) if existing.facts.any(Facts::BOUND) && kind != ScopeKind::Class => {
                if minor >= FIRST_WITH_USES_OF_COMPREHENSIONS
                    && symbol.scope == SymbolScope::Free
                    && symbol.facts.any(Facts::USE)
                {
                    existing.facts |= Facts::USE;
                }
                let children = &drafts[comprehension as usize].children;
                let is_free_inside = children.iter().any(|child| {
                    let symbol = drafts[*child as usize].symbols.get(&name);
                    symbol.is_some_and(|symbol| symbol.scope == SymbolScope::Free)
                });
                if !is_free_inside {
                    drafts[comprehension as usize].free.remove(&name);
                }
            }
            Some(_) => {}
        }
    }
}

/// The tables in preorder.
fn tables(mut drafts: Vec<Draft>) -> Vec<SymbolTable> {
    let mut tables = Vec::new();
    let mut pending = vec![(0, None)];
    while let Some((id, parent)) = pending.pop() {
        let draft = std::mem::take(&mut drafts[id as usize]);
        let index = tables.len();
        tables.push(SymbolTable { scope: id, parent, symbols: draft.symbols });
        pending.extend(draft.children.into_iter().rev().map(|child| (child, Some(index))));
    }
    tables
}
