//! [`Import`]: a name that an `import` statement binds, and the dotted name that it is imported from.

use lazyast_format::encoding::Payload;
use lazyast_format::{Damage, Kind, NodeId, Tree};

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

    /// The name that an import binds, unless it is `import *`. `import a.b` binds `a`.
    pub(crate) fn bound(&self) -> &'a str {
        self.asname.unwrap_or_else(|| self.name.split('.').next().unwrap_or(self.name))
    }

    /// Whether the bound name stands for a dotted name with these parts, as [`dotted`](Self::dotted) writes it.
    pub(crate) fn is_dotted(&self, parts: &[String]) -> bool {
        match self.asname {
            None if self.is_plain => parts.len() == 1 && self.name.split('.').next() == Some(&*parts[0]),
            _ => self.qualifies(self.name, parts),
        }
    }

    /// Whether a name of the module that is imported from has these parts, as [`qualified`](Self::qualified) writes it.
    pub(crate) fn qualifies(&self, name: &str, parts: &[String]) -> bool {
        let dots = std::iter::repeat_n("", self.level as usize);
        let module = self.module.split('.').filter(|part| !part.is_empty());
        dots.chain(module).chain(name.split('.')).eq(parts)
    }

    /// Whether this imports a top-level module or something in it.
    pub(crate) fn is_of_module(&self, module: &str) -> bool {
        let imported = if self.is_plain { self.name } else { self.module };
        self.level == 0 && imported.split('.').next() == Some(module)
    }
}
