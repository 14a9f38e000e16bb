//! Printing hits as lines of text, in the manner of `grep`.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::file_hits::FileHits;

/// Colours of paths, line numbers and hits.
const PATH: Style = AnsiColor::Magenta.on_default();
const NUMBER: Style = AnsiColor::Green.on_default();
const HIT: Style = AnsiColor::Red.on_default().bold();

/// Prints the hits of one file as lines of text.
pub(super) struct LinePrinter<'p> {
    pub(super) file: &'p FileHits<'p>,
    pub(super) text: &'p str,
    pub(super) color: bool,
}

type PrintResult = Result<(), Box<dyn std::error::Error>>;

impl LinePrinter<'_> {
    fn print_styled(&self, out: &mut Vec<u8>, style: Style, text: &[u8]) -> io::Result<()> {
        if !self.color {
            return out.write_all(text);
        }
        write!(out, "{style}")?;
        out.write_all(text)?;
        write!(out, "{style:#}")
    }

    /// Prints `path:line:column:` and the first line of each hit.
    pub(super) fn print_hits(&self, out: &mut Vec<u8>) -> PrintResult {
        for hit in &self.file.hits {
            let (start, end) = hit.range(self.file.tree)?;
            let line = self.file.tree.line(start)?;
            let text = self.line_from(line.start as usize);
            let column =
                text.get(..start.saturating_sub(line.start) as usize).unwrap_or(text).chars().count() + 1;
            self.print_styled(out, PATH, self.file.path_bytes())?;
            out.push(b':');
            self.print_styled(out, NUMBER, line.number.to_string().as_bytes())?;
            write!(out, ":{column}:")?;
            self.print_line(out, text, line.start, &[(start, end)])?;
            out.push(b'\n');
        }
        Ok(())
    }

    /// Prints all lines of hits and `count` lines around them. Lines outside of hits have `-` instead of `:`.
    pub(super) fn print_with_context(&self, count: usize, out: &mut Vec<u8>) -> PrintResult {
        let tree = self.file.tree;
        let mut ranges = Vec::new();
        // The first and the last line of each hit.
        let mut blocks: Vec<(u32, u32)> = Vec::new();
        for hit in &self.file.hits {
            let (start, end) = hit.range(tree)?;
            ranges.push((start, end));
            blocks.push((tree.line(start)?.number, tree.line(end.saturating_sub(1).max(start))?.number));
        }
        let last_line = tree.line_count();
        let around = |block: &(u32, u32)| {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            (block.0.saturating_sub(count).max(1), block.1.saturating_add(count).min(last_line))
        };
        let mut printed = 0;
        for block in &blocks {
            let (first, last) = around(block);
            if printed > 0 && first > printed + 1 {
                out.extend_from_slice("--\n".as_bytes());
            }
            for number in first.max(printed + 1)..=last {
                let start = tree.line_start(number).unwrap_or_default();
                let is_hit = blocks.iter().any(|(first, last)| (*first..=*last).contains(&number));
                let mark = if is_hit { b':' } else { b'-' };
                self.print_styled(out, PATH, self.file.path_bytes())?;
                out.push(mark);
                self.print_styled(out, NUMBER, number.to_string().as_bytes())?;
                out.push(mark);
                self.print_line(out, self.line_from(start as usize), start, &ranges)?;
                out.push(b'\n');
                printed = number;
            }
        }
        Ok(())
    }

    fn line_from(&self, start: usize) -> &str {
        let rest = self.text.get(start..).unwrap_or_default();
        &rest[..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())]
    }

    /// Prints a line. Parts of it that belong to hits are coloured.
    fn print_line(&self, out: &mut Vec<u8>, line: &str, start: u32, ranges: &[(u32, u32)]) -> io::Result<()> {
        let end = start.saturating_add(line.len() as u32);
        let mut printed_to = start;
        let overlapping = ranges.iter().filter(|(from, to)| *from < end && *to > start);
        for (from, to) in overlapping.filter(|_| self.color) {
            let (from, to) = ((*from).max(printed_to), (*to).min(end));
            if from >= to {
                continue;
            }
            let piece =
                |from: u32, to: u32| line.get((from - start) as usize..(to - start) as usize).unwrap_or("");
            out.extend_from_slice(piece(printed_to, from).as_bytes());
            self.print_styled(out, HIT, piece(from, to).as_bytes())?;
            printed_to = to;
        }
        out.extend_from_slice(line.get((printed_to - start) as usize..).unwrap_or_default().as_bytes());
        Ok(())
    }
}
