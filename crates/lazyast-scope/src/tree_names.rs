//! [`TreeNames`]: answers what single nodes stand for, and resolves the whole tree only if it must.
//!
//! Nothing but imports binds most names that imports bind, and all their imports are outside of functions and classes. Such
//! a name means the same wherever it is used, so its imports alone say what it stands for; so does a name that nothing
//! binds. One scan of the columns finds out how a name is bound; resolving a tree takes many times as long.

use std::cell::{OnceCell, RefCell};

use lazyast_format::encoding::{NameInAnyContext, Payload};
use lazyast_format::read::NameNeedle;
use lazyast_format::schema::expr_context;
use lazyast_format::{Damage, Kind, KindScanner, KindSet, NodeId, Tree};

use crate::builtins::is_builtin;
use crate::dotted::attribute_chain;
use crate::dotted_name::DottedName;
use crate::imports::ImportSource;
use crate::resolution::Resolution;

/// The module of builtins, whose names need no import.
const BUILTINS: &str = "builtins";
/// Names that begin like this are mangled in classes, and `super` uses one of them. Only a resolution knows what they mean.
const PRIVATE: &str = "__";

/// What the names of one tree stand for. Everything is computed when it is first needed.
#[derive(Debug)]
pub struct TreeNames {
    minor: u8,
    /// All `alias` nodes, each with its statement.
    aliases: OnceCell<Vec<(NodeId, NodeId)>>,
    /// The names that were asked about, and how they are bound.
    bindings: RefCell<Vec<(u32, NameBinding)>>,
    resolution: OnceCell<Resolution>,
}

/// How a name is bound in a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NameBinding {
    /// By imports outside of functions and classes alone.
    Imported,
    /// By nothing.
    Unbound,
    /// In any other way: what it means depends on where it is used.
    Other,
}

/// The names of a tree that can stand for a dotted name or for its first parts. This looks at the imports alone, whatever
/// scopes they are in.
#[derive(Clone, Debug, Default)]
pub struct NameCandidates {
    /// The numbers of names that imports bind, and for how many parts each stands.
    imported: Vec<(u32, usize)>,
    /// The same of names that stand for something if nothing binds them: builtins, and what `import *` may bind.
    unbound: Vec<(u32, usize)>,
}

impl NameCandidates {
    /// The numbers of names that can stand for so many parts.
    pub fn of_parts(&self, count: usize) -> impl Iterator<Item = u32> {
        let all = self.imported.iter().chain(&self.unbound);
        all.filter(move |(_, parts)| *parts == count).map(|(number, _)| *number)
    }
}

impl TreeNames {
    /// The names of a tree as a minor version of Python 3 sees them. The methods take that tree.
    pub fn new(minor: u8) -> Self {
        Self { minor, aliases: OnceCell::new(), bindings: RefCell::default(), resolution: OnceCell::new() }
    }

    /// The names that can stand for a dotted name; `None` if the source does not import its top-level module.
    pub fn candidates(&self, tree: &Tree<'_>, dotted: &DottedName) -> Result<Option<NameCandidates>, Damage> {
        let parts = dotted.parts();
        let Some(top_level) = parts.first() else { return Ok(None) };
        let number = |name: &str| tree.find_name(&NameNeedle::new(name));
        let mut candidates = NameCandidates::default();
        let mut is_imported = top_level == BUILTINS;
        if let [module, name, ..] = parts
            && module == BUILTINS
            && is_builtin(name, self.minor)
        {
            candidates.unbound.extend(number(name).map(|number| (number, 2)));
        }
        for source in self.sources(tree)? {
            let source = source?;
            if !source.is_of_module(top_level) {
                continue;
            }
            is_imported = true;
            if source.name == "*" {
                let count = source.module.split('.').count();
                if let Some(name) = parts.get(count)
                    && source.qualifies(name, &parts[..=count])
                {
                    candidates.unbound.extend(number(name).map(|number| (number, count + 1)));
                }
            } else if let Some(count) = (1..=parts.len()).find(|count| source.is_dotted(&parts[..*count])) {
                candidates.imported.extend(number(source.bound()).map(|number| (number, count)));
            }
        }
        Ok(is_imported.then_some(candidates))
    }

    /// Whether a node is known to stand for a dotted name, as by [`Resolution::stands_for`]. `candidates` are those of
    /// the dotted name.
    pub fn stands_for(
        &self,
        tree: &Tree<'_>,
        node: NodeId,
        dotted: &DottedName,
        candidates: &NameCandidates,
    ) -> Result<bool, Damage> {
        let Some((base, attributes)) = attribute_chain(tree, node)? else { return Ok(false) };
        let Some(rest) = dotted.without_attributes(tree, &attributes)? else { return Ok(false) };
        let Some(number) = tree.payload(base, Kind::Name)?.name() else { return Ok(false) };
        if tree.name(number)?.starts_with(PRIVATE) {
            return self.resolution(tree)?.stands_for(tree, node, dotted);
        }
        let candidate = (number, rest.len());
        let (is_imported, is_unbound) =
            (candidates.imported.contains(&candidate), candidates.unbound.contains(&candidate));
        if !is_imported && !is_unbound {
            return Ok(false);
        }
        match self.binding(tree, number)? {
            NameBinding::Imported => Ok(is_imported),
            NameBinding::Unbound => Ok(is_unbound),
            NameBinding::Other => self.resolution(tree)?.stands_for(tree, node, dotted),
        }
    }

    fn resolution(&self, tree: &Tree<'_>) -> Result<&Resolution, Damage> {
        if let Some(resolution) = self.resolution.get() {
            return Ok(resolution);
        }
        let resolution = Resolution::of(tree, self.minor)?;
        Ok(self.resolution.get_or_init(|| resolution))
    }

    fn binding(&self, tree: &Tree<'_>, number: u32) -> Result<NameBinding, Damage> {
        let known = self.bindings.borrow().iter().find(|(known, _)| *known == number).map(|known| known.1);
        if let Some(binding) = known {
            return Ok(binding);
        }
        let binding = self.find_binding(tree, number)?;
        self.bindings.borrow_mut().push((number, binding));
        Ok(binding)
    }

    fn find_binding(&self, tree: &Tree<'_>, number: u32) -> Result<NameBinding, Damage> {
        let name = tree.name(number)?;
        if is_bound_by_others(tree, number)? {
            return Ok(NameBinding::Other);
        }
        let mut binding = NameBinding::Unbound;
        for (statement, alias) in self.aliases(tree)? {
            let source = ImportSource::of(tree, *statement, *alias)?;
            if source.is_some_and(|source| source.name != "*" && source.bound() == name) {
                if !is_in_module_scope(tree, *statement)? {
                    return Ok(NameBinding::Other);
                }
                binding = NameBinding::Imported;
            }
        }
        Ok(binding)
    }

    fn sources<'s, 'a>(
        &'s self,
        tree: &'s Tree<'a>,
    ) -> Result<impl Iterator<Item = Result<ImportSource<'a>, Damage>> + use<'s, 'a>, Damage> {
        let aliases = self.aliases(tree)?.iter();
        Ok(aliases.filter_map(|(statement, alias)| ImportSource::of(tree, *statement, *alias).transpose()))
    }

    fn aliases(&self, tree: &Tree<'_>) -> Result<&[(NodeId, NodeId)], Damage> {
        if let Some(aliases) = self.aliases.get() {
            return Ok(aliases);
        }
        let mut aliases = Vec::new();
        let scanner = KindScanner::new([Kind::Import, Kind::ImportFrom].into_iter().collect());
        for statement in scanner.all(tree.kinds()) {
            let Some(node) = tree.node(statement) else { continue };
            for alias in node.children() {
                aliases.push((statement, alias?.1.id()));
            }
        }
        Ok(self.aliases.get_or_init(|| aliases))
    }
}

/// Whether anything but an import binds a name, or declares it `global` or `nonlocal`.
fn is_bound_by_others(tree: &Tree<'_>, number: u32) -> Result<bool, Damage> {
    let binding = KindSet::from_iter([
        Kind::FunctionDef,
        Kind::AsyncFunctionDef,
        Kind::ClassDef,
        Kind::Arg,
        Kind::ExceptHandler,
        Kind::MatchAs,
        Kind::MatchStar,
        Kind::MatchMapping,
        Kind::TypeVar,
        Kind::ParamSpec,
        Kind::TypeVarTuple,
        Kind::Global,
        Kind::Nonlocal,
    ]);
    let mut binds = [false; 256];
    binding.iter().for_each(|kind| binds[kind as usize] = true);
    let needle = NameInAnyContext::new(number);
    for (node, code) in (0..).zip(tree.kinds()) {
        if *code == Kind::Name as u8 {
            if tree.has_name(node, needle)
                && !matches!(
                    tree.payload(node, Kind::Name)?,
                    Payload::NameContext { context: expr_context::LOAD, .. }
                )
            {
                return Ok(true);
            }
        } else if binds[usize::from(*code)] {
            let is_bound = match tree.payload(node, tree.kind(node)?)? {
                Payload::Names(list) => tree.list(list)?.any(|declared| declared == number),
                payload => payload.name() == Some(number),
            };
            if is_bound {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Whether a statement is in no function and no class.
fn is_in_module_scope(tree: &Tree<'_>, statement: NodeId) -> Result<bool, Damage> {
    let scopes = KindSet::from_iter([Kind::FunctionDef, Kind::AsyncFunctionDef, Kind::ClassDef]);
    let mut node = 0;
    while node < statement {
        let end = tree.subtree_end(node);
        if end <= statement {
            node = end;
            continue;
        }
        if scopes.contains(tree.kind(node)?) {
            return Ok(false);
        }
        node += 1;
    }
    Ok(true)
}
