//! [`Import`]: a name that an `import` statement binds, and the dotted name that it is imported from.

use lazyast_format::encoding::Payload;
use lazyast_format::{Damage, Kind, KindScanner, NodeId, Tree};

use crate::dotted_name::DottedName;
use crate::symbol::SymbolId;

/// An imported name: an `alias` node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Import {
    /// The `alias`.
    pub node: NodeId,
    /// The `Import` or `ImportFrom` that it stands in.
    pub statement: NodeId,
    /// The symbol that it binds; `import *` binds none that is known.
    pub symbol: Option<SymbolId>,
}

/// From where an `alias` imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImportSource<'a> {
    /// The number of leading dots.
    pub(crate) level: u32,
    /// The module after `from`; empty in `import a` and `from . import a`.
    pub(crate) module: &'a str,
    /// The imported name: after `import`.
    pub(crate) name: &'a str,
    /// The name after `as`.
    pub(crate) asname: Option<&'a str>,
    /// Whether it is an `import` without `from`.
    pub(crate) is_plain: bool,
}

impl<'a> ImportSource<'a> {
    /// What an `alias` in a statement imports.
    pub(crate) fn of(tree: &Tree<'a>, statement: NodeId, alias: NodeId) -> Result<Option<Self>, Damage> {
        let Payload::Alias(alias) = tree.payload(alias, Kind::Alias)? else { return Ok(None) };
        let (name, asname) = tree.alias(alias)?;
        let (name, asname) = (tree.name(name)?, asname.map(|asname| tree.name(asname)).transpose()?);
        let kind = tree.kind(statement)?;
        if kind != Kind::ImportFrom {
            return Ok(Some(Self { level: 0, module: "", name, asname, is_plain: true }));
        }
        let Payload::ImportFrom(import) = tree.payload(statement, kind)? else { return Ok(None) };
        let import = tree.import_from(import)?;
        let module = import.module.map_or(Ok(""), |module| tree.name(module))?;
        Ok(Some(Self { level: import.level, module, name, asname, is_plain: false }))
    }

    /// The dotted name that the bound name stands for. `import a.b` binds `a`. A relative name begins with dots.
    pub(crate) fn dotted(&self) -> String {
        match self.asname {
            None if self.is_plain => self.name.split('.').next().unwrap_or_default().to_owned(),
            _ => self.qualified(self.name),
        }
    }

    /// A name of the module that is imported from.
    pub(crate) fn qualified(&self, name: &str) -> String {
        let mut dotted = ".".repeat(self.level as usize);
        dotted.push_str(self.module);
        if !self.module.is_empty() {
            dotted.push('.');
        }
        dotted.push_str(name);
        dotted
    }

    /// Whether this imports a top-level module or something in it.
    fn is_of_module(&self, module: &str) -> bool {
        let imported = if self.is_plain { self.name } else { self.module };
        self.level == 0 && imported.split('.').next() == Some(module)
    }
}

/// The module of builtins, whose names need no import.
const BUILTINS: &str = "builtins";

/// The names by which a source can refer to a dotted name without a dot; `None` if it does not import the top-level
/// module of it. This looks at the imports alone, whatever scopes they are in.
pub fn local_names(tree: &Tree<'_>, dotted: &DottedName) -> Result<Option<Vec<String>>, Damage> {
    let Some((last, module)) = dotted.parts().split_last() else { return Ok(None) };
    let top_level = module.first().unwrap_or(last);
    let is_builtin = top_level == BUILTINS;
    let mut names = if is_builtin { vec![last.clone()] } else { Vec::new() };
    let mut is_imported = is_builtin;
    let scanner = KindScanner::new([Kind::Import, Kind::ImportFrom].into_iter().collect());
    for statement in scanner.all(tree.kinds()) {
        let Some(node) = tree.node(statement) else { continue };
        for alias in node.children() {
            let Some(source) = ImportSource::of(tree, statement, alias?.1.id())? else { continue };
            if !source.is_of_module(top_level) {
                continue;
            }
            is_imported = true;
            let bound = match source.name {
                "*" if source.module.split('.').eq(module) => last,
                "*" => continue,
                _ if !source.dotted().split('.').eq(dotted.parts()) => continue,
                name => source.asname.unwrap_or_else(|| name.split('.').next().unwrap_or(name)),
            };
            if !names.iter().any(|name| name == bound) {
                names.push(bound.to_owned());
            }
        }
    }
    Ok(is_imported.then_some(names))
}
