//! V25 to V28: payloads, and that they use up what they refer to.

use super::codes::{context_count, is_big_literal, is_conversion, is_text, singleton_count};
use super::tables::Tables;
use super::{Findings, Full, Rule};
use crate::generated::tables::Kind;
use crate::layout::U32;
use crate::read::Tree;
use crate::shape::{ConstantTag, OPERATOR_LIST, Payload};

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
        payload: u32,
        findings: &mut Findings,
    ) -> Result<u32, Full> {
        match kind.payload() {
            Payload::None => code(id, payload, payload == 0, "0", findings)?,
            Payload::Flag => code(id, payload, payload <= 1, "0 or 1", findings)?,
            Payload::Context => code(id, payload, payload < context_count(), "a context", findings)?,
            Payload::Operator => code(id, payload, payload < singleton_count(kind), "an operator", findings)?,
            Payload::Conversion => {
                code(id, payload, is_conversion(payload), "a conversion plus 1, or 0", findings)?
            }
            Payload::Name => self.names.used(id, payload, findings)?,
            Payload::OptionalName => self.optional_name(id, payload, findings)?,
            Payload::NameContext => {
                self.names.used(id, payload >> 2, findings)?;
                code(id, payload & 3, payload & 3 < context_count(), "a context", findings)?;
            }
            Payload::Operators => return self.operators(id, kind, payload, findings),
            Payload::Alias => self.alias(id, payload, findings)?,
            Payload::ImportFrom => self.import_from(id, payload, findings)?,
            Payload::Names => return self.name_list(id, payload, findings),
            Payload::Constant => self.constant(id, kind, payload, findings)?,
            Payload::Interpolation => {
                if let Some([string, conversion]) = self.record(id, payload, findings)? {
                    self.text(id, string, findings)?;
                    code(id, conversion, is_conversion(conversion), "a conversion plus 1, or 0", findings)?;
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

    fn optional_name(&mut self, id: u32, number: u32, findings: &mut Findings) -> Result<(), Full> {
        match number.checked_sub(1) {
            Some(name) => self.names.used(id, name, findings),
            None => Ok(()),
        }
    }

    fn alias(&mut self, id: u32, payload: u32, findings: &mut Findings) -> Result<(), Full> {
        if payload & 1 == 0 {
            return self.names.used(id, payload >> 1, findings);
        }
        if let Some([name, asname]) = self.record(id, payload >> 1, findings)? {
            self.names.used(id, name, findings)?;
            self.names.used(id, asname, findings)?;
        }
        Ok(())
    }

    fn import_from(&mut self, id: u32, payload: u32, findings: &mut Findings) -> Result<(), Full> {
        if payload & 1 == 0 {
            code(id, payload, payload != 0, "a module or a level", findings)?;
            return self.optional_name(id, payload >> 1, findings);
        }
        if let Some([module, level]) = self.record(id, payload >> 1, findings)? {
            let relative = level >= 1 && i32::try_from(level).is_ok();
            code(id, level, relative, "a level from 1 to 2^31 - 1", findings)?;
            self.optional_name(id, module, findings)?;
        }
        Ok(())
    }

    fn operators(&mut self, id: u32, kind: Kind, payload: u32, findings: &mut Findings) -> Result<u32, Full> {
        let known = singleton_count(kind);
        let Some(place) = payload.checked_sub(OPERATOR_LIST) else {
            code(id, payload, payload < known, "an operator", findings)?;
            return Ok(1);
        };
        let operators = self.list(id, place, findings)?;
        let count = operators.len() as u32;
        if count < 2 {
            findings.report(Rule::Payload, "extras", place, "a list of at least 2 operators", count)?;
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

    fn constant(&mut self, id: u32, kind: Kind, payload: u32, findings: &mut Findings) -> Result<(), Full> {
        let (tag, number) = (ConstantTag::ALL[(payload & 7) as usize], payload >> 3);
        if kind == Kind::MatchSingleton {
            let known = tag == ConstantTag::Singleton && number <= 2;
            return code(id, payload, known, "None, True or False", findings);
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
            ConstantTag::Singleton => code(id, payload, number <= 3, "None, True, False or ...", findings),
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
    fn record<const N: usize>(
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
        let Some([count]) = self.record(id, place, findings)? else { return Ok(&[]) };
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
