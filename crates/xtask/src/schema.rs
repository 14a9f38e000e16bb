//! [`Schema`]: `format-spec/schema` as plain data. The comments of that file describe its syntax.

use anyhow::{Context, Result, bail, ensure};

/// The content of the schema.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    pub format: u32,
    pub revision: u32,
    /// The text without comments and blank lines.
    pub significant: String,
    /// The first eight bytes, little-endian, of the blake3 hash of the schema's significant text.
    pub fingerprint: u64,
    pub fields: Vec<(u8, String)>,
    pub singletons: Vec<(String, Vec<String>)>,
    pub kinds: Vec<KindDefinition>,
    pub columns: Vec<(String, String)>,
}

/// One node kind.
#[derive(Debug)]
pub(crate) struct KindDefinition {
    pub code: u8,
    pub name: String,
    pub class: String,
    pub positions: bool,
    pub fields: Vec<FieldDefinition>,
    pub payload: String,
    pub since: u8,
}

/// One field of a kind, in CPython's order.
#[derive(Debug, PartialEq)]
pub(crate) struct FieldDefinition {
    pub name: String,
    /// The type as CPython's grammar writes it, with `?` and `*`.
    pub ty: String,
    pub role: String,
    pub since: u8,
}

/// The minor version of the oldest supported Python. It is the version of everything without a mark.
pub(crate) const OLDEST: u8 = 11;

impl Schema {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut schema = Self { revision: 1, ..Self::default() };
        let mut significant = String::new();
        let mut section = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim_end();
            if line.is_empty() {
                continue;
            }
            significant.push_str(line);
            significant.push('\n');
            if line.starts_with(' ') {
                schema
                    .entry(&section, line.trim())
                    .with_context(|| format!("format-spec/schema:{}", number + 1))?;
            } else {
                section = line.split_whitespace().map(str::to_owned).collect();
                match section[0].as_str() {
                    "format" => schema.format = section[1].parse()?,
                    "revision" => schema.revision = section[1].parse()?,
                    _ => {}
                }
            }
        }
        let hash = blake3::hash(significant.as_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&hash.as_bytes()[..8]);
        schema.fingerprint = u64::from_le_bytes(first);
        schema.significant = significant;
        schema.check()?;
        Ok(schema)
    }

    fn entry(&mut self, section: &[String], line: &str) -> Result<()> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match section[0].as_str() {
            "fields" => self.fields.push((words[0].parse()?, words[1].to_owned())),
            "columns" => self.columns.push((words[0].to_owned(), words[1].to_owned())),
            "singletons" => self
                .singletons
                .push((words[0].to_owned(), words[1..].iter().map(|word| (*word).to_owned()).collect())),
            "kinds" => {
                let positions = section.iter().any(|word| word == "positions");
                let since = version(section.last().map(String::as_str))?;
                self.kinds.push(KindDefinition::parse(line, &section[1], positions, since)?);
            }
            other => bail!("unknown section {other:?}"),
        }
        Ok(())
    }

    /// The columns whose values may be in the overflow table.
    pub(crate) fn narrow_columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter(|(_, ty)| is_narrow(ty)).map(|(name, _)| name.as_str())
    }

    /// Codes are dense and in order, and every child role names a field that has a code. Codes of fields have six bits
    /// in the archive, codes of narrow columns four.
    fn check(&self) -> Result<()> {
        ensure!(self.fields.len() <= 64, "{} fields do not fit into six bits", self.fields.len());
        ensure!(self.narrow_columns().count() <= 16, "the codes of narrow columns do not fit into four bits");
        for (index, (code, name)) in self.fields.iter().enumerate() {
            ensure!(index == usize::from(*code), "field {name}: code {code} at index {index}");
        }
        for (index, kind) in self.kinds.iter().enumerate() {
            ensure!(index == usize::from(kind.code), "kind {}: code out of order", kind.name);
            for field in &kind.fields {
                ensure!(
                    !field.reads_children() || self.fields.iter().any(|(_, name)| *name == field.name),
                    "{}.{}: no code in the section `fields`",
                    kind.name,
                    field.name
                );
            }
        }
        Ok(())
    }
}

impl KindDefinition {
    fn parse(line: &str, class: &str, positions: bool, class_since: u8) -> Result<Self> {
        let (code, rest) = line.split_once(' ').context("expected `code Kind(...)`")?;
        let (name, rest) = rest.split_once('(').context("expected `Kind(`")?;
        let (fields, rest) = rest.rsplit_once(')').context("expected `)`")?;
        let mut tail = rest.split_whitespace();
        let payload = tail.next().context("expected a payload layout")?.to_owned();
        Ok(Self {
            code: code.parse()?,
            name: name.to_owned(),
            class: class.to_owned(),
            positions,
            fields: fields
                .split(", ")
                .filter(|field| !field.is_empty())
                .map(FieldDefinition::parse)
                .collect::<Result<_>>()?,
            payload,
            since: version(tail.next())?.max(class_since),
        })
    }
}

impl FieldDefinition {
    fn parse(text: &str) -> Result<Self> {
        let (name, rest) = text.split_once(": ").with_context(|| format!("field {text:?}"))?;
        let mut words = rest.split_whitespace();
        let ty = words.next().context("expected a type")?.to_owned();
        let mut role = if ty.ends_with('*') { "children" } else { "child" }.to_owned();
        let mut since = OLDEST;
        while let Some(word) = words.next() {
            if word == "=" {
                role = words.next().context("expected a role after `=`")?.to_owned();
            } else {
                since = version(Some(word))?;
            }
        }
        Ok(Self { name: name.to_owned(), ty, role, since })
    }

    /// Whether the value is made of child nodes.
    pub(crate) fn reads_children(&self) -> bool {
        matches!(self.role.as_str(), "child" | "children" | "keys" | "kw_defaults" | "values")
    }
}

/// Whether the values of a column of some type may be in the overflow table.
pub(crate) fn is_narrow(ty: &str) -> bool {
    matches!(ty, "narrow" | "runs")
}

/// The minor version in the mark `@3.x`. Without a mark, it is the oldest supported version.
fn version(word: Option<&str>) -> Result<u8> {
    match word.and_then(|word| word.strip_prefix("@3.")) {
        Some(minor) => Ok(minor.parse()?),
        None => Ok(OLDEST),
    }
}
