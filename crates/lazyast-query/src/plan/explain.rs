//! A plan as text, which `query.explain()` and `lazyast find --explain` show.

use std::fmt;

use super::condition::Condition;
use super::relation::Relation;
use crate::schema::kind_names;

impl fmt::Display for Condition {
    /// One condition per line, in the order of evaluation, with the parts of each condition indented below it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(self, f, 0)
    }
}

fn write(condition: &Condition, f: &mut fmt::Formatter<'_>, level: usize) -> fmt::Result {
    let indent = "  ".repeat(level);
    let write_parts = |f: &mut fmt::Formatter<'_>, title: &str, parts: &[Condition]| {
        writeln!(f, "{indent}{title}:")?;
        parts.iter().try_for_each(|part| write(part, f, level + 1))
    };
    match condition {
        Condition::Kinds(kinds) if kinds.is_all() => writeln!(f, "{indent}any kind"),
        Condition::Kinds(kinds) => writeln!(f, "{indent}kind {}", kind_names(*kinds).join(", ")),
        Condition::Fields(fields) => {
            let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
            writeln!(f, "{indent}in field {}", names.join("."))
        }
        Condition::Attribute(test) => writeln!(f, "{indent}attribute [{test}]"),
        Condition::Pattern(pattern) => {
            writeln!(f, "{indent}pattern `{}`", pattern.text.trim().replace('\n', " / "))
        }
        Condition::ListPosition(position) => {
            let from = if position.from_end { "end" } else { "start" };
            let (step, offset) = (position.step, position.offset);
            writeln!(f, "{indent}position {step}n{offset:+} from the {from} of its list")
        }
        Condition::All(parts) => write_parts(f, "all of", parts),
        Condition::Any(parts) => {
            writeln!(f, "{indent}any of:")?;
            parts.iter().try_for_each(|part| write(&part.condition, f, level + 1))
        }
        Condition::Not(inner) => write_parts(f, "not", std::slice::from_ref(&**inner)),
        Condition::Captured(outer, name, inner) => {
            write(outer, f, level)?;
            write_parts(f, &format!("captured as {name}"), std::slice::from_ref(&**inner))
        }
        Condition::Compared(outer, comparison) => {
            write(outer, f, level)?;
            let operator = if comparison.is_equal { "==" } else { "!=" };
            writeln!(f, "{indent}captures ${} {operator} ${}", comparison.left, comparison.right)
        }
        Condition::AncestorUntil(other, until) => {
            write_parts(f, Relation::Ancestor.name(), std::slice::from_ref(&**other))?;
            write_parts(f, "not beyond", std::slice::from_ref(&**until))
        }
        Condition::Sharing(sharing) => {
            write(&sharing.outer, f, level)?;
            let no = if sharing.is_negated { "no " } else { "" };
            let title = format!("{no}{} with equal captures", sharing.relation.name());
            write_parts(f, &title, std::slice::from_ref(&sharing.other))?;
            sharing
                .until
                .iter()
                .try_for_each(|until| write_parts(f, "not beyond", std::slice::from_ref(until)))
        }
        Condition::Elif => writeln!(f, "{indent}written as elif"),
        Condition::Related(relation, other) => {
            write_parts(f, relation.name(), std::slice::from_ref(&**other))
        }
    }
}

/// Indents every line of a text by one level.
pub(crate) fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}
