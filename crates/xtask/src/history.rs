//! The revisions of the schema, which `format-spec/history` keeps, and the rule that each only adds to the one before.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::schema::{KindDefinition, Schema};

/// The schema of every revision of the format version, the current one last.
pub(crate) fn revisions(directory: &Path, current: &Schema) -> Result<Vec<Schema>> {
    let mut revisions = Vec::new();
    for revision in 1..current.revision {
        let path = path(directory, current.format, revision);
        let text = fs::read_to_string(&path).with_context(|| format!("no {}", path.display()))?;
        revisions.push(Schema::parse(&text)?);
    }
    // A revision that was published stays as it is.
    if let Ok(published) = fs::read_to_string(path(directory, current.format, current.revision)) {
        ensure!(
            published == current.significant,
            "revision {}.{} is in format-spec/history with another text: raise the revision in format-spec/schema",
            current.format,
            current.revision
        );
    }
    let all: Vec<&Schema> = revisions.iter().chain([current]).collect();
    for pair in all.windows(2) {
        check_additive(pair[0], pair[1]).with_context(|| {
            format!(
                "revision {}.{} is not additive: raise the format version",
                current.format, pair[1].revision
            )
        })?;
    }
    Ok(revisions)
}

/// Where the text of a revision is kept.
pub(crate) fn path(directory: &Path, format: u32, revision: u32) -> PathBuf {
    directory.join(format!("{format}.{revision}.schema"))
}

fn check_additive(old: &Schema, new: &Schema) -> Result<()> {
    ensure!(old.format == new.format, "the format version is another one");
    ensure!(new.fields.starts_with(&old.fields), "a field's code has changed");
    ensure!(new.columns.starts_with(&old.columns), "a column has changed");
    ensure!(new.kinds.len() >= old.kinds.len(), "a kind is missing");
    for (class, names) in &old.singletons {
        let found = new.singletons.iter().find(|(name, _)| name == class);
        ensure!(found.is_some_and(|(_, found)| found.starts_with(names)), "{class}: a code has changed");
    }
    for (old, new) in old.kinds.iter().zip(&new.kinds) {
        check_kind(old, new).with_context(|| format!("kind {}", old.name))?;
    }
    Ok(())
}

/// A kind keeps everything. A new field must be one that old archives can lack: a list, an optional child, a constant.
fn check_kind(old: &KindDefinition, new: &KindDefinition) -> Result<()> {
    let identity = |kind: &KindDefinition| {
        (kind.name.clone(), kind.class.clone(), kind.positions, kind.payload.clone(), kind.since)
    };
    ensure!(identity(old) == identity(new), "it has changed");
    let mut kept = old.fields.iter().peekable();
    for field in &new.fields {
        if kept.next_if(|old| *old == field).is_some() {
            continue;
        }
        let may_be_missing = field.ty.ends_with('*') || field.ty.ends_with('?');
        let is_constant = matches!(field.role.as_str(), "none" | "empty" | "zero");
        ensure!(
            is_constant || field.reads_children() && may_be_missing,
            "the new field {} cannot be missing",
            field.name
        );
    }
    ensure!(kept.next().is_none(), "a field has changed or is missing");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Schema, check_additive};

    const OLD: &str = "format 1\nfields\n  0 root\n  1 body\nsingletons\n  boolop And Or\nkinds mod\n  \
                       0 Module(body: stmt*) none\ncolumns\n  kinds u8\n";

    fn is_additive(change: impl Fn(&str) -> String) -> bool {
        let parse = |text: &str| Schema::parse(text).expect("the text is a schema");
        check_additive(&parse(OLD), &parse(&change(OLD))).is_ok()
    }

    #[test]
    fn what_old_archives_can_lack_is_additive() {
        assert!(is_additive(str::to_owned));
        assert!(is_additive(|old| old.clone_with("  kinds u8\n", "  kinds u8\n  more u32\n")));
        assert!(is_additive(|old| old.clone_with("And Or", "And Or Xor")));
        assert!(is_additive(|old| old.clone_with("  1 body\n", "  1 body\n  2 more\n")));
        assert!(is_additive(|old| old.clone_with("none\ncolumns", "none\n  1 More() none\ncolumns")));
        assert!(is_additive(|old| old.clone_with("(body", "(empty: int* = empty, body")));
    }

    #[test]
    fn any_other_change_is_not() {
        assert!(!is_additive(|old| old.clone_with("kinds u8", "kinds u16")));
        assert!(!is_additive(|old| old.clone_with("  kinds u8\n", "  more u32\n  kinds u8\n")));
        assert!(!is_additive(|old| old.clone_with("And Or", "Or And")));
        assert!(!is_additive(|old| old.clone_with("stmt*) none", "stmt*) flag")));
        assert!(!is_additive(|old| old.clone_with("body: stmt*)", ")")));
        assert!(!is_additive(|old| old.clone_with("(body: stmt*", "(body: stmt*, number: int = flag")));
        assert!(!is_additive(|old| old.clone_with("format 1", "format 2")));
    }

    trait CloneWith {
        fn clone_with(&self, from: &str, to: &str) -> String;
    }

    impl CloneWith for str {
        fn clone_with(&self, from: &str, to: &str) -> String {
            assert!(self.contains(from), "{from:?}");
            self.replacen(from, to, 1)
        }
    }
}
