//! The second pass: which symbol owns the value of each symbol.
//!
//! It visits the scopes depth first. `visible` says for each name which function around the current scope binds it, so
//! that each symbol takes constant time, and what a scope changes there is undone when the scope is left.

use std::ops::Range;

use crate::collect::Collected;
use crate::scope::{ScopeId, ScopeKind};
use crate::symbol::{Facts, Owner, SymbolId};

/// What a name means to the scopes inside of the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visible {
    Global,
    Symbol(SymbolId),
    ClassCell(ScopeId),
}

/// Sets the owner of every symbol.
pub(crate) fn resolve(collected: &mut Collected, name_count: usize) {
    let children = ScopeChildren::of(collected);
    let by_scope = symbols_by_scope(collected);
    let mut resolver =
        Resolver { collected, visible: vec![Visible::Global; name_count], changes: Vec::new() };
    // The scopes that are entered: the next of their children, and the changes to keep when they are left.
    let mut path = vec![resolver.enter(0, &by_scope, &children)];
    while let Some((next_children, changes)) = path.last_mut() {
        if let Some(child) = next_children.next() {
            let entered = resolver.enter(children.order[child], &by_scope, &children);
            path.push(entered);
        } else {
            resolver.undo(*changes);
            path.pop();
        }
    }
}

/// The scopes inside each scope, as ranges of one list.
struct ScopeChildren {
    order: Vec<ScopeId>,
    starts: Vec<usize>,
}

impl ScopeChildren {
    fn of(collected: &Collected) -> Self {
        let parents = || collected.scopes.iter().map(|scope| scope.parent);
        let (order, starts) = grouped(parents(), collected.scopes.len());
        Self { order, starts }
    }

    fn range(&self, scope: ScopeId) -> Range<usize> {
        self.starts[scope as usize]..self.starts[scope as usize + 1]
    }
}

/// The symbols of each scope: all of them in order, and where each scope's start.
fn symbols_by_scope(collected: &Collected) -> (Vec<SymbolId>, Vec<usize>) {
    let scopes = || collected.symbols.iter().map(|symbol| Some(symbol.scope));
    grouped(scopes(), collected.scopes.len())
}

/// The numbers of items, grouped by key: a counting sort. Items without a key are left out.
pub(crate) fn grouped(
    keys: impl Iterator<Item = Option<u32>> + Clone,
    key_count: usize,
) -> (Vec<u32>, Vec<usize>) {
    let mut starts = vec![0; key_count + 1];
    for key in keys.clone().flatten() {
        starts[key as usize + 1] += 1;
    }
    for index in 0..key_count {
        starts[index + 1] += starts[index];
    }
    let mut next = starts.clone();
    let mut order = vec![0; starts[key_count]];
    for (item, key) in keys.enumerate() {
        if let Some(key) = key {
            order[next[key as usize]] = item as u32;
            next[key as usize] += 1;
        }
    }
    (order, starts)
}

struct Resolver<'c> {
    collected: &'c mut Collected,
    visible: Vec<Visible>,
    changes: Vec<(u32, Visible)>,
}

impl Resolver<'_> {
    /// Decides about the symbols of a scope, and makes its names visible.
    fn enter(
        &mut self,
        scope: ScopeId,
        (symbols, starts): &(Vec<SymbolId>, Vec<usize>),
        children: &ScopeChildren,
    ) -> (Range<usize>, usize) {
        let mark = self.changes.len();
        let kind = self.collected.scopes[scope as usize].kind;
        for symbol in &symbols[starts[scope as usize]..starts[scope as usize + 1]] {
            let owner = self.owner(*symbol);
            let made = &mut self.collected.symbols[*symbol as usize];
            made.owner = owner;
            let name = made.name;
            match owner {
                Owner::Own if kind.is_function_like() => self.set(name, Visible::Symbol(*symbol)),
                Owner::DeclaredGlobal(_) if kind.is_function_like() => self.set(name, Visible::Global),
                _ => {}
            }
        }
        if kind == ScopeKind::Class
            && let Some(name) = self.collected.class_name
        {
            self.set(name, Visible::ClassCell(scope));
        }
        (children.range(scope), mark)
    }

    fn set(&mut self, name: u32, visible: Visible) {
        let old = std::mem::replace(&mut self.visible[name as usize], visible);
        self.changes.push((name, old));
    }

    fn undo(&mut self, mark: usize) {
        for (name, old) in self.changes.drain(mark..).rev() {
            self.visible[name as usize] = old;
        }
    }

    fn owner(&mut self, id: SymbolId) -> Owner {
        let symbol = self.collected.symbols[id as usize];
        if symbol.facts.any(Facts::GLOBAL) {
            return if symbol.scope == 0 {
                Owner::Own
            } else {
                Owner::DeclaredGlobal(self.global(symbol.name))
            };
        }
        if symbol.scope == 0 || symbol.facts.any(Facts::BOUND) && !symbol.facts.any(Facts::NONLOCAL) {
            return Owner::Own;
        }
        if !symbol.facts.any(Facts::NONLOCAL)
            && let Some(owner) = self.owner_in_class(symbol.scope, symbol.name)
        {
            return owner;
        }
        match self.visible[symbol.name as usize] {
            Visible::Symbol(owner) => Owner::Enclosing(owner),
            Visible::ClassCell(class) => Owner::ClassCell(class),
            Visible::Global => Owner::Global(self.global(symbol.name)),
        }
    }

    /// The owner of a name that the class around an annotation binds or declares global.
    fn owner_in_class(&mut self, scope: ScopeId, name: u32) -> Option<Owner> {
        let class = self.seen_class(scope)?;
        let in_class = *self.collected.symbol_of.get(&(class, name))?;
        let facts = self.collected.symbols[in_class as usize].facts;
        if facts.any(Facts::GLOBAL) {
            return Some(Owner::DeclaredGlobal(self.global(name)));
        }
        (facts.any(Facts::BOUND) && !facts.any(Facts::NONLOCAL)).then_some(Owner::Class(in_class))
    }

    /// The class whose names a scope sees.
    fn seen_class(&self, mut scope: ScopeId) -> Option<ScopeId> {
        while self.collected.scopes[scope as usize].sees_class {
            scope = self.collected.scopes[scope as usize].parent?;
            if self.collected.scopes[scope as usize].kind == ScopeKind::Class {
                return Some(scope);
            }
        }
        None
    }

    /// The module's symbol for a name.
    fn global(&mut self, name: u32) -> SymbolId {
        self.collected.module_symbol(name)
    }
}
