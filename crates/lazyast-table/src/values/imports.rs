//! The columns of `imports`.

use lazyast_format::encoding::{ImportFromRecord, Payload};
use lazyast_format::{Damage, Kind, NodeId, Tree};

use super::filled_column::{DecodedTree, FilledColumn};
use crate::column::ColumnData;
use crate::error::TableError;
use crate::relation::ColumnValue as Value;
use crate::source_tree::ModuleName;

impl FilledColumn {
    pub(super) fn append_imports(&mut self, decoded: DecodedTree<'_>) -> Result<(), TableError> {
        let DecodedTree { source, facts, names } = decoded;
        let Self { spec, data, names: codes, .. } = self;
        let tree = source.tree;
        if let ColumnData::Bool(column) = data {
            column.extend(facts.definitions.around(&facts.nodes).map(|inside| {
                Some(match spec.value {
                    Value::InFunction => inside.in_function,
                    Value::InTypeChecking => inside.in_type_checking,
                    _ => inside.in_try,
                })
            }));
            return Ok(());
        }
        codes.load(names);
        for import in imports(tree, &facts.nodes) {
            let ImportedName { name, asname, from } = import?;
            let module = from.and_then(|from| from.module);
            match (spec.value, &mut *data) {
                (Value::Module, ColumnData::Dictionary(column)) => {
                    let code = codes.code(names, module, column)?;
                    column.codes.push(code);
                }
                (Value::Asname, ColumnData::Dictionary(column)) => {
                    let code = codes.code(names, asname, column)?;
                    column.codes.push(code);
                }
                (Value::Level, ColumnData::Int32(column)) => {
                    column.push(from.map_or(0, |from| from.level as i32));
                }
                (Value::Resolved, ColumnData::Dictionary(column)) => {
                    let name = tree.name(name)?;
                    let module = module.map(|module| tree.name(module)).transpose()?;
                    let resolved = match from {
                        None => Some(name.to_owned()),
                        Some(from) => resolve(source.module, from.level, module, name),
                    };
                    let code = column.optional_code(resolved.as_deref())?;
                    column.codes.push(code);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// A name that is imported, by the numbers of names.
#[derive(Clone, Copy)]
struct ImportedName {
    name: u32,
    asname: Option<u32>,
    /// `None` for an `Import`.
    from: Option<ImportFromRecord>,
}

/// The imports that some aliases are. The node before an alias is its statement, or another alias of it.
fn imports(tree: &Tree<'_>, aliases: &[NodeId]) -> impl Iterator<Item = Result<ImportedName, Damage>> {
    let mut last: Option<(NodeId, Option<ImportFromRecord>)> = None;
    aliases.iter().map(move |alias| {
        let from = match last {
            Some((previous, from)) if previous + 1 == *alias => from,
            // Other aliases of the statement may have been left out.
            _ => statement(tree, *alias)?,
        };
        last = Some((*alias, from));
        match tree.payload(*alias, Kind::Alias)? {
            Payload::Alias(stored) => {
                let (name, asname) = tree.alias(stored)?;
                Ok(ImportedName { name, asname, from })
            }
            _ => Err(Damage::new("alias has no name", *alias)),
        }
    })
}

/// What the statement of an alias imports from.
fn statement(tree: &Tree<'_>, alias: NodeId) -> Result<Option<ImportFromRecord>, Damage> {
    let mut statement = alias;
    while tree.kind(statement)? == Kind::Alias {
        statement = statement.checked_sub(1).ok_or_else(|| Damage::new("alias without import", alias))?;
    }
    match tree.payload(statement, tree.kind(statement)?)? {
        Payload::ImportFrom(import) => tree.import_from(import).map(Some),
        _ => Ok(None),
    }
}

/// The absolute name of what `from module import name` imports: that of the module, if all names are imported.
fn resolve(importer: Option<ModuleName<'_>>, level: u32, module: Option<&str>, name: &str) -> Option<String> {
    let package = if level == 0 { None } else { Some(importer?.package(level)?) };
    let parts = [package, module, (name != "*").then_some(name)];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join("."))
}

#[cfg(test)]
mod tests {
    use super::{ModuleName, resolve};

    #[test]
    fn relative_imports_start_at_the_package() {
        let module = Some(ModuleName { name: "a.b.c", is_package: false });
        assert_eq!(resolve(module, 0, Some("os"), "path").as_deref(), Some("os.path"));
        assert_eq!(resolve(module, 1, None, "d").as_deref(), Some("a.b.d"));
        assert_eq!(resolve(module, 2, Some("e.f"), "*").as_deref(), Some("a.e.f"));
        assert_eq!(resolve(module, 3, None, "d"), None);
        assert_eq!(resolve(None, 1, None, "d"), None);
    }
}
