//! [`Resolution`]: the scopes, symbols and occurrences of one tree.

use lazyast_format::{Damage, NodeId, Tree};

use crate::builtins::{is_builtin, is_module_variable};
use crate::collect::{Collected, collect};
use crate::imports::Import;
use crate::occurrence::Occurrence;
use crate::resolve::{grouped, resolve};
use crate::scope::{Scope, ScopeId};
use crate::symbol::{Owner, Symbol, SymbolId};

/// What the names of a tree mean.
#[derive(Debug)]
pub struct Resolution {
    collected: Collected,
    minor: u8,
    /// The number of names of the tree.
    name_count: u32,
    /// The occurrences of the symbols that each symbol owns: their indexes, and where each symbol's start.
    occurrences_of: (Vec<u32>, Vec<usize>),
    /// The imports of each symbol, in the same way.
    imports_of: (Vec<u32>, Vec<usize>),
}

impl Resolution {
    /// Resolves the names of a tree as a minor version of Python 3 does.
    pub fn of(tree: &Tree<'_>, minor: u8) -> Result<Self, Damage> {
        let mut collected = collect(tree, minor)?;
        let name_count = tree.name_count();
        let all_names = name_count as usize + collected.added_names.len();
        // Damaged archives refer to names that they do not have.
        if let Some(symbol) = collected.symbols.iter().find(|symbol| symbol.name as usize >= all_names) {
            return Err(Damage::new("a node's name is not in the table of names", 0).found(symbol.name));
        }
        resolve(&mut collected, all_names);
        let symbol_count = collected.symbols.len();
        let owners = collected.occurrences.iter().map(|one| collected.owner(one.symbol));
        let occurrences_of = grouped(owners, symbol_count);
        let owners = collected.imports.iter().map(|import| collected.owner(import.symbol?));
        let imports_of = grouped(owners, symbol_count);
        Ok(Self { minor, name_count, occurrences_of, imports_of, collected })
    }

    /// The minor version that it follows.
    pub fn minor(&self) -> u8 {
        self.minor
    }

    /// All scopes, by number.
    pub fn scopes(&self) -> &[Scope] {
        &self.collected.scopes
    }

    /// All symbols, by number.
    pub fn symbols(&self) -> &[Symbol] {
        &self.collected.symbols
    }

    /// All occurrences of names, in the order of nodes.
    pub fn occurrences(&self) -> &[Occurrence] {
        &self.collected.occurrences
    }

    /// All imported names, in the order of nodes.
    pub fn imports(&self) -> &[Import] {
        &self.collected.imports
    }

    /// A name by number.
    pub fn name<'s>(&'s self, tree: &Tree<'s>, number: u32) -> Result<&'s str, Damage> {
        let added = number.checked_sub(self.name_count);
        match added.and_then(|index| self.collected.added_names.get(index as usize)) {
            Some(name) => Ok(name),
            None => tree.name(number),
        }
    }

    /// The scope in which a node is evaluated. A function belongs to the scope around it, its body to its own.
    pub fn scope_of(&self, node: NodeId) -> ScopeId {
        let changes = &self.collected.scope_changes;
        let index = changes.partition_point(|(first, _)| *first <= node);
        index.checked_sub(1).map_or(0, |index| changes[index].1)
    }

    /// The occurrences of a node. There is more than one in a `global` with several names.
    pub fn occurrences_at(&self, node: NodeId) -> &[Occurrence] {
        let all = &self.collected.occurrences;
        let start = all.partition_point(|occurrence| occurrence.node < node);
        let count = all[start..].partition_point(|occurrence| occurrence.node == node);
        &all[start..start + count]
    }

    /// The symbol of a name in a scope.
    pub fn symbol(&self, scope: ScopeId, name: u32) -> Option<SymbolId> {
        self.collected.symbol_of.get(&(scope, name)).copied()
    }

    /// The symbol that owns the value of a symbol: where it is bound, or the module's symbol of a name that nothing
    /// binds. `None` for `__class__` in a method.
    pub fn owner(&self, symbol: SymbolId) -> Option<SymbolId> {
        self.collected.owner(symbol)
    }

    /// Every occurrence of the symbols that a symbol owns, in the order of nodes.
    pub fn occurrences_of(&self, owner: SymbolId) -> impl Iterator<Item = Occurrence> {
        let (order, starts) = &self.occurrences_of;
        let range = starts[owner as usize]..starts[owner as usize + 1];
        order[range].iter().map(|index| self.collected.occurrences[*index as usize])
    }

    /// The imports that bind a symbol.
    pub fn imports_of(&self, owner: SymbolId) -> impl Iterator<Item = Import> {
        let (order, starts) = &self.imports_of;
        let range = starts[owner as usize]..starts[owner as usize + 1];
        order[range].iter().map(|index| self.collected.imports[*index as usize])
    }

    /// Whether anything in the source gives a symbol a value.
    pub fn is_bound(&self, owner: SymbolId) -> bool {
        self.occurrences_of(owner).any(|occurrence| occurrence.role.binds())
    }

    /// Whether a name that nothing binds is a builtin or one that every module has.
    pub fn is_predefined(&self, tree: &Tree<'_>, owner: SymbolId) -> Result<bool, Damage> {
        let name = self.name(tree, self.collected.symbols[owner as usize].name)?;
        Ok(is_builtin(name, self.minor) || is_module_variable(name))
    }
}

impl Collected {
    /// The symbol that owns the value of a symbol.
    pub(crate) fn owner(&self, symbol: SymbolId) -> Option<SymbolId> {
        match self.symbols[symbol as usize].owner {
            Owner::Own => Some(symbol),
            Owner::Enclosing(owner)
            | Owner::DeclaredGlobal(owner)
            | Owner::Global(owner)
            | Owner::Class(owner) => Some(owner),
            Owner::ClassCell(_) => None,
        }
    }

    /// The module's symbol for a name, which is made if the module has none.
    pub(crate) fn module_symbol(&mut self, name: u32) -> SymbolId {
        let symbols = &mut self.symbols;
        *self.symbol_of.entry((0, name)).or_insert_with(|| {
            let facts = crate::symbol::Facts::NONE;
            symbols.push(Symbol { scope: 0, name, facts, owner: Owner::Own });
            (symbols.len() - 1) as SymbolId
        })
    }
}
