//! What names and attributes stand for: `p.join` stands for `os.path.join` after `from os import path as p`.
//!
//! A name can stand for several: each import that binds its symbol gives one. Other bindings of the symbol are not
//! considered, since following values is not what this crate does. A name that nothing binds is a builtin, or may come
//! from any `import *`.

use lazyast_format::encoding::Payload;
use lazyast_format::schema::expr_context;
use lazyast_format::{Damage, Kind, NodeId, Tree};

use crate::builtins::is_builtin;
use crate::dotted_name::DottedName;
use crate::imports::ImportSource;
use crate::resolution::Resolution;
use crate::symbol::SymbolId;

impl Resolution {
    /// The dotted names that a `Name` or an `Attribute` is known to stand for; of any other node none. Those of
    /// relative imports begin with their dots.
    pub fn dotted_names(&self, tree: &Tree<'_>, node: NodeId) -> Result<Vec<String>, Damage> {
        let Some((base, attributes)) = attribute_chain(tree, node)? else { return Ok(Vec::new()) };
        let mut names = self.names_of_base(tree, base)?;
        for name in &mut names {
            for attribute in attributes.iter().rev() {
                name.push('.');
                name.push_str(tree.name(*attribute)?);
            }
        }
        Ok(names)
    }

    /// Whether a node is known to stand for a dotted name.
    pub fn stands_for(&self, tree: &Tree<'_>, node: NodeId, name: &DottedName) -> Result<bool, Damage> {
        let Some((base, attributes)) = attribute_chain(tree, node)? else { return Ok(false) };
        let Some(rest) = name.without_attributes(tree, &attributes)? else { return Ok(false) };
        let expected = rest.join(".");
        Ok(self.names_of_base(tree, base)?.contains(&expected))
    }

    /// The dotted names that a `Name` stands for.
    fn names_of_base(&self, tree: &Tree<'_>, node: NodeId) -> Result<Vec<String>, Damage> {
        match self.occurrences_at(node).first().and_then(|occurrence| self.owner(occurrence.symbol)) {
            Some(owner) => self.names_of_symbol(tree, owner),
            None => Ok(Vec::new()),
        }
    }

    /// The dotted names that a symbol stands for, each once.
    pub fn names_of_symbol(&self, tree: &Tree<'_>, owner: SymbolId) -> Result<Vec<String>, Damage> {
        let mut names: Vec<String> = Vec::new();
        let mut add = |name: String| {
            if !names.contains(&name) {
                names.push(name);
            }
        };
        for import in self.imports_of(owner) {
            if let Some(source) = ImportSource::of(tree, import.statement, import.node)? {
                add(source.dotted());
            }
        }
        let symbol = self.symbols()[owner as usize];
        if symbol.scope == 0 && !self.is_bound(owner) {
            let name = self.name(tree, symbol.name)?;
            if is_builtin(name, self.minor()) {
                add(format!("builtins.{name}"));
            }
            for import in self.imports().iter().filter(|import| import.symbol.is_none()) {
                if let Some(source) = ImportSource::of(tree, import.statement, import.node)? {
                    add(source.qualified(name));
                }
            }
        }
        Ok(names)
    }
}

/// The `Name` that a chain of attributes starts with, and the numbers of the attributes' names, the last first.
pub(crate) type AttributeChain = (NodeId, Vec<u32>);

/// The chain that a `Name` or an `Attribute` is; `None` for any other node, and if the name is not read.
pub(crate) fn attribute_chain(tree: &Tree<'_>, node: NodeId) -> Result<Option<AttributeChain>, Damage> {
    let chain = any_chain(tree, node)?;
    Ok(match chain {
        Some((base, _)) => match tree.payload(base, Kind::Name)? {
            Payload::NameContext { context: expr_context::LOAD, .. } => chain,
            _ => None,
        },
        None => None,
    })
}

/// Whether a node is a dotted name as a text: these very attributes of this very name, whatever it stands for.
pub fn is_spelled(tree: &Tree<'_>, node: NodeId, name: &DottedName) -> Result<bool, Damage> {
    let Some((base, attributes)) = any_chain(tree, node)? else { return Ok(false) };
    let Some(base) = tree.payload(base, Kind::Name)?.name() else { return Ok(false) };
    if attributes.len() + 1 != name.parts().len() {
        return Ok(false);
    }
    for (number, part) in attributes.iter().chain([&base]).zip(name.parts().iter().rev()) {
        if tree.name(*number)? != part {
            return Ok(false);
        }
    }
    Ok(true)
}

/// As [`attribute_chain`], whatever is done with the name.
fn any_chain(tree: &Tree<'_>, mut node: NodeId) -> Result<Option<AttributeChain>, Damage> {
    let mut attributes = Vec::new();
    loop {
        let kind = tree.kind(node)?;
        match (kind, tree.payload(node, kind)?) {
            (Kind::Name, _) => return Ok(Some((node, attributes))),
            (Kind::Attribute, Payload::NameContext { name, .. }) => {
                attributes.push(name);
                // The value is the only child, and nodes are in preorder.
                node += 1;
            }
            _ => return Ok(None),
        }
    }
}
