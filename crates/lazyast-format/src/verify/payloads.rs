//! V25 to V28: payloads, and that they use up what they refer to.

use super::codes::{context_count, is_big_literal, is_conversion, is_text, singleton_count};
use super::tables::Tables;
use super::{Findings, Full, Rule};
use crate::encoding::{
    AliasRecord, ConstantSingleton, ConstantTag, ImportFromRecord, InterpolationRecord, Payload, Record,
    Stored,
};
use crate::generated::tables::Kind;
use crate::layout::U32;
use crate::read::Tree;

/// Numbers of one table, which are given out in the order of their first use.
struct Numbers {
    what: &'static str,
    next: u32,
    count: usize,
}

impl Numbers {
    fn new(what: &'static str, count: usize) -> Self {
        Self { what, next: 0, count }
    }

    /// V27, for one use.
    fn used(&mut self, id: u32, number: u32, findings: &mut Findings) -> Result<(), Full> {
        if number == self.next && (number as usize) < self.count {
            self.next += 1;
        } else if number >= self.next {
            let expected =
                format_args!("a number up to {} in {}, which has {}", self.next, self.what, self.count);
            return findings.report(Rule::References, "payloads", id, expected, number);
        }
        Ok(())
    }

    /// V27, for all.
    fn finish(&self, findings: &mut Findings) -> Result<(), Full> {
        if (self.next as usize) < self.count {
            return findings.report(
                Rule::References,
                self.what,
                self.next,
                "a use of every number",
                "none of this",
            );
        }
        Ok(())
    }
}

/// What payloads have used so far.
pub(super) struct Payloads<'t, 'a> {
    tree: &'t Tree<'a>,
    strings: &'t [&'a [u8]],
    /// Whether a string has been seen to be text (1) and a literal (2).
    seen: Vec<u8>,
    names: Numbers,
    string_numbers: Numbers,
    floats: Numbers,
    next_extra: usize,
}

const TEXT: u8 = 1;
const LITERAL: u8 = 2;

impl<'t, 'a> Payloads<'t, 'a> {
    pub(super) fn new(tree: &'t Tree<'a>, tables: &'t Tables<'a>) -> Self {
        Self {
            tree,
            strings: &tables.strings,
            seen: vec![0; tables.strings.len()],
            names: Numbers::new("names", tables.names),
            string_numbers: Numbers::new("strings", tables.strings.len()),
            floats: Numbers::new("floats", tree.columns.floats.len()),
            next_extra: 0,
        }
    }

    /// Checks a node's payload; the length of the list that it has, if it has one.
    pub(super) fn check(
        &mut self,
        id: u32,
        kind: Kind,
        bits: u32,
        findings: &mut Findings,
    ) -> Result<u32, Full> {
        match Payload::decode(kind.payload_layout(), bits) {
            Payload::None => code(id, bits, bits == 0, "0", findings)?,
            Payload::Flag(flag) => code(id, bits, flag <= 1, "0 or 1", findings)?,
            Payload::Context(context) => code(id, bits, context < context_count(), "a context", findings)?,
            Payload::Operator(operator) => {
                code(id, bits, operator < singleton_count(kind), "an operator", findings)?
            }
            Payload::Conversion(conversion) => self.conversion(id, bits, conversion, findings)?,
            Payload::Name(name) => self.names.used(id, name, findings)?,
            Payload::OptionalName(name) => self.optional_name(id, name, findings)?,
            Payload::NameContext { name, context } => {
                self.names.used(id, name, findings)?;
                code(id, context, context < context_count(), "a context", findings)?;
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

    /// V26 and V27, for all.
    pub(super) fn finish(self, findings: &mut Findings) -> Result<(), Full> {
        let extras = self.tree.columns.extras.len();
        if self.next_extra != extras {
            findings.report(Rule::Extras, "extras", self.next_extra, "a record", "words that are in none")?;
        }
        self.names.finish(findings)?;
        self.string_numbers.finish(findings)?;
        self.floats.finish(findings)
    }

    fn conversion(&self, id: u32, bits: u32, conversion: i32, findings: &mut Findings) -> Result<(), Full> {
        code(id, bits, is_conversion(conversion), "a conversion plus 1, or 0", findings)
    }

    fn optional_name(&mut self, id: u32, name: Option<u32>, findings: &mut Findings) -> Result<(), Full> {
        match name {
            Some(name) => self.names.used(id, name, findings),
            None => Ok(()),
        }
    }

    fn alias(&mut self, id: u32, alias: Stored<u32>, findings: &mut Findings) -> Result<(), Full> {
        match alias {
            Stored::Inline(name) => self.names.used(id, name, findings),
            Stored::Record(offset) => {
                let record: Option<AliasRecord> = self.record(id, offset, findings)?;
                if let Some(AliasRecord { name, asname }) = record {
                    self.names.used(id, name, findings)?;
                    self.names.used(id, asname, findings)?;
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
    ) -> Result<(), Full> {
        match import {
            Stored::Inline(module) => {
                code(id, bits, module.is_some(), "a module or a level", findings)?;
                self.optional_name(id, module, findings)
            }
            Stored::Record(offset) => {
                let record: Option<ImportFromRecord> = self.record(id, offset, findings)?;
                let Some(ImportFromRecord { module, level }) = record else { return Ok(()) };
                let relative = level >= 1 && i32::try_from(level).is_ok();
                code(id, level, relative, "a level from 1 to 2^31 - 1", findings)?;
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
    ) -> Result<u32, Full> {
        let known = singleton_count(kind);
        let list = match operators {
            Stored::Inline(operator) => {
                code(id, operator, operator < known, "an operator", findings)?;
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
            code(id, operator, operator < known, "an operator", findings)?;
        }
        Ok(count)
    }

    fn name_list(&mut self, id: u32, place: u32, findings: &mut Findings) -> Result<u32, Full> {
        let names = self.list(id, place, findings)?;
        for name in names {
            self.names.used(id, name.to_native(), findings)?;
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
    ) -> Result<(), Full> {
        if kind == Kind::MatchSingleton {
            let singleton = ConstantSingleton::from_code(number).filter(|_| tag == ConstantTag::Singleton);
            let known = singleton.is_some_and(|singleton| singleton != ConstantSingleton::Ellipsis);
            return code(id, bits, known, "None, True or False", findings);
        }
        match tag {
            ConstantTag::Str | ConstantTag::UnicodeStr => self.text(id, number, findings),
            ConstantTag::Bytes => self.string_numbers.used(id, number, findings),
            ConstantTag::Int => Ok(()),
            ConstantTag::BigInt => {
                self.string_numbers.used(id, number, findings)?;
                self.string(id, number, LITERAL, is_big_literal, "an integer literal from 2^29 on", findings)
            }
            ConstantTag::Float | ConstantTag::Imaginary => self.floats.used(id, number, findings),
            ConstantTag::Singleton => {
                let known = ConstantSingleton::from_code(number).is_some();
                code(id, bits, known, "None, True, False or ...", findings)
            }
        }
    }

    fn text(&mut self, id: u32, number: u32, findings: &mut Findings) -> Result<(), Full> {
        self.string_numbers.used(id, number, findings)?;
        self.string(id, number, TEXT, is_text, "WTF-8", findings)
    }

    /// V28, once for each string and use.
    fn string(
        &mut self,
        id: u32,
        number: u32,
        mark: u8,
        valid: impl Fn(&[u8]) -> bool,
        expected: &str,
        findings: &mut Findings,
    ) -> Result<(), Full> {
        let Some(seen) = self.seen.get_mut(number as usize).filter(|seen| **seen & mark == 0) else {
            return Ok(());
        };
        *seen |= mark;
        let string = self.strings[number as usize];
        if valid(string) {
            return Ok(());
        }
        let found = format_args!("{:?}", String::from_utf8_lossy(&string[..string.len().min(40)]));
        findings.report(Rule::Constants, "nodes", id, expected, found)
    }

    /// V26: the record of a node stands behind that of the node before.
    fn record<R: Record>(
        &mut self,
        id: u32,
        offset: u32,
        findings: &mut Findings,
    ) -> Result<Option<R>, Full> {
        Ok(self.words(id, offset, findings)?.map(R::from_words))
    }

    fn words<const N: usize>(
        &mut self,
        id: u32,
        place: u32,
        findings: &mut Findings,
    ) -> Result<Option<[u32; N]>, Full> {
        self.at_next(id, place, findings)?;
        match self.tree.extra::<N>(place) {
            Ok(record) => {
                self.next_extra = place as usize + N;
                Ok(Some(record))
            }
            Err(_) => {
                let extras = self.tree.columns.extras.len();
                findings.report(
                    Rule::Extras,
                    "payloads",
                    id,
                    format_args!("{N} of {extras} words"),
                    place,
                )?;
                Ok(None)
            }
        }
    }

    /// V26 for a counted list; its elements, or none where they are not all there.
    fn list(&mut self, id: u32, place: u32, findings: &mut Findings) -> Result<&'a [U32], Full> {
        let Some([count]) = self.words(id, place, findings)? else { return Ok(&[]) };
        let left = &self.tree.columns.extras[self.next_extra..];
        let Some(list) = left.get(..count as usize) else {
            let expected = format_args!("a count of at most {}", left.len());
            findings.report(Rule::Extras, "extras", place, expected, count)?;
            return Ok(&[]);
        };
        self.next_extra += list.len();
        Ok(list)
    }

    fn at_next(&self, id: u32, place: u32, findings: &mut Findings) -> Result<(), Full> {
        if place as usize == self.next_extra {
            return Ok(());
        }
        findings.report(Rule::Extras, "payloads", id, format_args!("a record at {}", self.next_extra), place)
    }
}

/// V25.
fn code(id: u32, found: u32, known: bool, expected: &str, findings: &mut Findings) -> Result<(), Full> {
    if known { Ok(()) } else { findings.report(Rule::Payload, "payloads", id, expected, found) }
}
