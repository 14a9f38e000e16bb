//! The tables inside `format-spec/FORMAT.md`, between `<!-- generated: NAME -->` and `<!-- end -->`.

use anyhow::{Context, Result, bail};

use crate::rust::ENTRY_LEN;
use crate::schema::{Schema, is_narrow};

/// Replaces every generated part of the document.
pub(crate) fn update(document: &str, schema: &Schema) -> Result<String> {
    const OPEN: &str = "<!-- generated: ";
    const CLOSE: &str = "<!-- end -->";
    let mut out = String::new();
    let mut rest = document;
    while let Some(start) = rest.find(OPEN) {
        let (before, after) = rest.split_at(start);
        let (name, body) = after[OPEN.len()..].split_once(" -->").context("unclosed marker")?;
        let end = body.find(CLOSE).with_context(|| format!("no {CLOSE} after {name}"))?;
        out += before;
        out += &format!("{OPEN}{name} -->\n{}{CLOSE}", part(name, schema)?);
        rest = &body[end + CLOSE.len()..];
    }
    Ok(out + rest)
}

fn part(name: &str, schema: &Schema) -> Result<String> {
    Ok(match name {
        "fingerprint" => {
            format!(
                "Format version {}, schema revision {} with the fingerprint `{:#018x}`.\n",
                schema.format, schema.revision, schema.fingerprint
            )
        }
        "columns" => columns(schema),
        "kinds" => kinds(schema),
        "fields" => {
            let cells: Vec<String> =
                schema.fields.iter().map(|(code, name)| format!("{code} `{name}`")).collect();
            format!("{}.\n", cells.join(", "))
        }
        "singletons" => {
            let mut out = String::from("| class | codes |\n|---|---|\n");
            for (class, names) in &schema.singletons {
                let cells: Vec<String> =
                    names.iter().enumerate().map(|(code, name)| format!("{code} `{name}`")).collect();
                out += &format!("| `{class}` | {} |\n", cells.join(", "));
            }
            out
        }
        other => bail!("unknown generated part {other:?}"),
    })
}

fn columns(schema: &Schema) -> String {
    let mut out = String::from("| offset in the root | column | type | code |\n|---|---|---|---|\n");
    let mut codes = 0..;
    for (index, (name, ty)) in schema.columns.iter().enumerate() {
        let code = if is_narrow(ty) {
            codes.next().map_or_else(String::new, |code| code.to_string())
        } else {
            String::new()
        };
        out += &format!("| {} | `{name}` | `{ty}` | {code} |\n", index * ENTRY_LEN);
    }
    out + &format!("| {} | *end of the root* | | |\n", schema.columns.len() * ENTRY_LEN)
}

fn kinds(schema: &Schema) -> String {
    let mut out = String::from(
        "| code | kind | class | positions | payload | since | fields |\n|---|---|---|---|---|---|---|\n",
    );
    for kind in &schema.kinds {
        let fields: Vec<String> = kind
            .fields
            .iter()
            .map(|field| {
                let role = if matches!(field.role.as_str(), "child" | "children") {
                    String::new()
                } else {
                    format!(" = {}", field.role)
                };
                let since = if field.since > crate::schema::OLDEST {
                    format!(" @3.{}", field.since)
                } else {
                    String::new()
                };
                format!("{}: {}{role}{since}", field.name, field.ty)
            })
            .collect();
        let positions = if kind.positions { "yes" } else { "no" };
        out += &format!(
            "| {} | `{}` | {} | {positions} | {} | 3.{} | {} |\n",
            kind.code,
            kind.name,
            kind.class,
            kind.payload,
            kind.since,
            fields.join("; ")
        );
    }
    out
}
