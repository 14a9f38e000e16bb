//! V25 to V28, and V24 of fields in payloads: payloads, and the tables that they refer to, of which everything must be
//! used.

use super::codes::{context_count, is_big_literal, is_conversion, is_text, singleton_count};
use super::findings::{Findings, LimitReached};
use super::rule::Rule;
use super::tables::CheckedTables;
use crate::encoding::{
    AliasRecord, ConstantSingleton, ConstantTag, ImportFromRecord, InterpolationRecord, Payload, Record,
    Stored,
};
use crate::layout::{LittleEndian as _, U32};
use crate::read::Tree;
use crate::schema::{Kind, OLDEST_PYTHON, Role};

/// V27: the rows of one table are numbered in the order of their first use.
struct FirstUses {
    table: &'static str,
    /// The number that the next first use must have.
    next: u32,
    count: usize,
}

impl FirstUses {
    fn new(table: &'static str, count: usize) -> Self {
        Self { table, next: 0, count }
    }

    /// Checks one use.
    fn check(&mut self, id: u32, number: u32, findings: &mut Findings) -> Result<(), LimitReached> {
        if number == self.next && (number as usize) < self.count {
            self.next += 1;
        } else if number >= self.next {
            let expected =
                format_args!("a number up to {} in {} with {} rows", self.next, self.table, self.count);
            return findings.report(Rule::References, "payloads", id, expected, number);
        }
        Ok(())
    }

    /// Checks that every row is used.
    fn finish(&self, findings: &mut Findings) -> Result<(), LimitReached> {
        if (self.next as usize) < self.count {
            return findings.report(
                Rule::References,
                self.table,
                self.next,
                "a use of every row",
                "no use of this row",
            );
        }
        Ok(())
    }
}

/// Checks payloads in the order of nodes.
pub(super) struct PayloadChecker<'t, 'a> {
    tree: &'t Tree<'a>,
    strings: &'t [&'a [u8]],
    /// Whether each string was checked as text (1) and as an integer literal (2).
    checked: Vec<u8>,
    names: FirstUses,
    string_numbers: FirstUses,
    floats: FirstUses,
    /// The offset of the next record in the extras.
    next_extra: usize,
}

const TEXT: u8 = 1;
const LITERAL: u8 = 2;

impl<'t, 'a> PayloadChecker<'t, 'a> {
    pub(super) fn new(tree: &'t Tree<'a>, tables: &'t CheckedTables<'a>) -> Self {
        Self {
            tree,
            strings: &tables.strings,
            checked: vec![0; tables.strings.len()],
            names: FirstUses::new("names", tables.names),
            string_numbers: FirstUses::new("strings", tables.strings.len()),
            floats: FirstUses::new("floats", tree.columns.floats.len()),
            next_extra: 0,
        }
    }

    /// Checks the payload of a node. Returns the length of the list that the payload refers to, or 0.
    pub(super) fn check(
        &mut self,
        id: u32,
        kind: Kind,
        bits: u32,
        findings: &mut Findings,
    ) -> Result<u32, LimitReached> {
        match Payload::decode(kind.payload_layout(), bits) {
            Payload::None => check_code(id, bits, bits == 0, "0", findings)?,
            Payload::Flag(flag) => {
                check_code(id, bits, flag <= 1, "0 or 1", findings)?;
                self.since(id, kind, Role::Flag, flag != 0, findings)?;
            }
            Payload::Context(context) => {
                check_code(id, bits, context < context_count(), "a context", findings)?
            }
            Payload::Operator(operator) => {
                check_code(id, bits, operator < singleton_count(kind), "an operator", findings)?
            }
            Payload::Conversion(conversion) => self.conversion(id, bits, conversion, findings)?,
            Payload::Name(name) => self.names.check(id, name, findings)?,
            Payload::OptionalName(name) => self.optional_name(id, name, findings)?,
            Payload::NameContext { name, context } => {
                self.names.check(id, name, findings)?;
                check_code(id, context, context < context_count(), "a context", findings)?;
            }
            Payload::Operators(operators) => return self.operators(id, kind, operators, findings),
            Payload::Alias(alias) => self.alias(id, alias, findings)?,
            Payload::ImportFrom(import) => self.import_from(id, bits, import, findings)?,
            Payload::Names(list) => return self.name_list(id, list, findings),
            Payload::Constant { tag, value } => self.constant(id, kind, bits, (tag, value), findings)?,
            Payload::Interpolation(record) => {
                let record: Option<InterpolationRecord> = self.record(id, record, findings)?;
                if let Some(record) = record {
                    self.text(id, record.text, findings)?;
                    self.conversion(id, record.to_words()[1], record.conversion, findings)?;
                }
            }
        }
        Ok(0)
    }

    /// V26 and V27: everything in the tables is used.
    pub(super) fn finish(self, findings: &mut Findings) -> Result<(), LimitReached> {
        let extras = self.tree.columns.extras.len();
        if self.next_extra != extras {
            findings.report(
                Rule::Extras,
                "extras",
                self.next_extra,
                "a record",
                "words that are in no record",
            )?;
        }
        self.names.finish(findings)?;
        self.string_numbers.finish(findings)?;
        self.floats.finish(findings)
    }

    /// V24: a part of the payload that is set belongs to a field that the minimum Python has.
    fn since(
        &self,
        id: u32,
        kind: Kind,
        role: Role,
        is_set: bool,
        findings: &mut Findings,
    ) -> Result<(), LimitReached> {
        let spec = kind.fields().iter().find(|spec| is_set && spec.role == role);
        spec.map_or(Ok(()), |spec| check_since(self.tree, id, "payloads", spec.since, findings))
    }

    fn conversion(
        &self,
        id: u32,
        bits: u32,
        conversion: i32,
        findings: &mut Findings,
    ) -> Result<(), LimitReached> {
        check_code(id, bits, is_conversion(conversion), "a conversion plus 1, or 0", findings)
    }

    fn optional_name(
        &mut self,
        id: u32,
        name: Option<u32>,
        findings: &mut Findings,
    ) -> Result<(), LimitReached> {
        match name {
            Some(name) => self.names.check(id, name, findings),
            None => Ok(()),
        }
    }

    fn alias(&mut self, id: u32, alias: Stored<u32>, findings: &mut Findings) -> Result<(), LimitReached> {
        match alias {
            Stored::Inline(name) => self.names.check(id, name, findings),
            Stored::Record(offset) => {
                let record: Option<AliasRecord> = self.record(id, offset, findings)?;
                if let Some(AliasRecord { name, asname }) = record {
                    self.names.check(id, name, findings)?;
                    self.names.check(id, asname, findings)?;
                }
                Ok(())
            }
        }
    }

    fn import_from(
        &mut self,
        id: u32,
        bits: u32,
        import: Stored<Option<u32>>,
        findings: &mut Findings,
    ) -> Result<(), LimitReached> {
        match import {
            Stored::Inline(module) => {
                check_code(id, bits, module.is_some(), "a module or a level", findings)?;
                self.optional_name(id, module, findings)
            }
            Stored::Record(offset) => {
                let record: Option<ImportFromRecord> = self.record(id, offset, findings)?;
                let Some(record) = record else { return Ok(()) };
                let ImportFromRecord { module, level, is_lazy } = record;
                let word = record.to_words()[1];
                check_code(id, word, level >= 1 || is_lazy, "a level of at least 1, or lazy", findings)?;
                check_code(id, word, level >= 1 || module.is_some(), "a module or a level", findings)?;
                self.since(id, Kind::ImportFrom, Role::IsLazy, is_lazy, findings)?;
                self.optional_name(id, module, findings)
            }
        }
    }

    fn operators(
        &mut self,
        id: u32,
        kind: Kind,
        operators: Stored<u32>,
        findings: &mut Findings,
    ) -> Result<u32, LimitReached> {
        let known = singleton_count(kind);
        let list = match operators {
            Stored::Inline(operator) => {
                check_code(id, operator, operator < known, "an operator", findings)?;
                return Ok(1);
            }
            Stored::Record(list) => list,
        };
        let operators = self.list(id, list, findings)?;
        let count = operators.len() as u32;
        if count < 2 {
            findings.report(Rule::Payload, "extras", list, "a list of at least 2 operators", count)?;
        }
        for operator in operators.iter().map(|operator| operator.to_native()) {
            check_code(id, operator, operator < known, "an operator", findings)?;
        }
        Ok(count)
    }

    fn name_list(&mut self, id: u32, offset: u32, findings: &mut Findings) -> Result<u32, LimitReached> {
        let names = self.list(id, offset, findings)?;
        for name in names {
            self.names.check(id, name.to_native(), findings)?;
        }
        Ok(names.len() as u32)
    }

    fn constant(
        &mut self,
        id: u32,
        kind: Kind,
        bits: u32,
        (tag, number): (ConstantTag, u32),
        findings: &mut Findings,
    ) -> Result<(), LimitReached> {
        if kind == Kind::MatchSingleton {
            let singleton = ConstantSingleton::from_code(number).filter(|_| tag == ConstantTag::Singleton);
            let known = singleton.is_some_and(|singleton| singleton != ConstantSingleton::Ellipsis);
            return check_code(id, bits, known, "None, True or False", findings);
        }
        match tag {
            ConstantTag::Str | ConstantTag::UnicodeStr => self.text(id, number, findings),
            ConstantTag::Bytes => self.string_numbers.check(id, number, findings),
            ConstantTag::Int => Ok(()),
            ConstantTag::BigInt => {
                self.string_numbers.check(id, number, findings)?;
                self.string(id, number, LITERAL, is_big_literal, "an integer literal from 2^29 on", findings)
            }
            ConstantTag::Float | ConstantTag::Imaginary => self.floats.check(id, number, findings),
            ConstantTag::Singleton => {
                let known = ConstantSingleton::from_code(number).is_some();
                check_code(id, bits, known, "None, True, False or ...", findings)
            }
        }
    }

    fn text(&mut self, id: u32, number: u32, findings: &mut Findings) -> Result<(), LimitReached> {
        self.string_numbers.check(id, number, findings)?;
        self.string(id, number, TEXT, is_text, "WTF-8", findings)
    }

    /// V28: the value of a string. Each string is checked once for each way in which it is used.
    fn string(
        &mut self,
        id: u32,
        number: u32,
        mark: u8,
        valid: impl Fn(&[u8]) -> bool,
        expected: &str,
        findings: &mut Findings,
    ) -> Result<(), LimitReached> {
        let Some(checked) = self.checked.get_mut(number as usize).filter(|checked| **checked & mark == 0)
        else {
            return Ok(());
        };
        *checked |= mark;
        let string = self.strings[number as usize];
        if valid(string) {
            return Ok(());
        }
        let found = format_args!("{:?}", String::from_utf8_lossy(&string[..string.len().min(40)]));
        findings.report(Rule::Constants, "nodes", id, expected, found)
    }

    /// V26: a record stands directly after the record of the previous node.
    fn record<R: Record>(
        &mut self,
        id: u32,
        offset: u32,
        findings: &mut Findings,
    ) -> Result<Option<R>, LimitReached> {
        Ok(self.words(id, offset, findings)?.map(R::from_words))
    }

    fn words<const N: usize>(
        &mut self,
        id: u32,
        offset: u32,
        findings: &mut Findings,
    ) -> Result<Option<[u32; N]>, LimitReached> {
        self.check_next(id, offset, findings)?;
        match self.tree.words::<N>(offset) {
            Ok(record) => {
                self.next_extra = offset as usize + N;
                Ok(Some(record))
            }
            Err(_) => {
                let extras = self.tree.columns.extras.len();
                findings.report(
                    Rule::Extras,
                    "payloads",
                    id,
                    format_args!("{N} of {extras} words"),
                    offset,
                )?;
                Ok(None)
            }
        }
    }

    /// V26 for a counted list. Returns its elements, or none if the list is longer than the column.
    fn list(&mut self, id: u32, offset: u32, findings: &mut Findings) -> Result<&'a [U32], LimitReached> {
        let Some([count]) = self.words(id, offset, findings)? else { return Ok(&[]) };
        let rest = &self.tree.columns.extras[self.next_extra..];
        let Some(list) = rest.get(..count as usize) else {
            let expected = format_args!("a count of at most {}", rest.len());
            findings.report(Rule::Extras, "extras", offset, expected, count)?;
            return Ok(&[]);
        };
        self.next_extra += list.len();
        Ok(list)
    }

    fn check_next(&self, id: u32, offset: u32, findings: &mut Findings) -> Result<(), LimitReached> {
        if offset as usize == self.next_extra {
            return Ok(());
        }
        findings.report(Rule::Extras, "payloads", id, format_args!("a record at {}", self.next_extra), offset)
    }
}

/// V25: a code is known.
/// V24: nothing is newer than the minimum Python.
pub(super) fn check_since(
    tree: &Tree<'_>,
    id: u32,
    what: &'static str,
    since: u8,
    findings: &mut Findings,
) -> Result<(), LimitReached> {
    let minimum = tree.header().facts.minimum_python.max(OLDEST_PYTHON);
    if since <= minimum {
        return Ok(());
    }
    findings.report(
        Rule::Since,
        what,
        id,
        format_args!("nothing newer than 3.{minimum}"),
        format_args!("3.{since}"),
    )
}

fn check_code(
    id: u32,
    found: u32,
    is_known: bool,
    expected: &str,
    findings: &mut Findings,
) -> Result<(), LimitReached> {
    if is_known { Ok(()) } else { findings.report(Rule::Payload, "payloads", id, expected, found) }
}
