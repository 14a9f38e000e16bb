//! Printing hits as lines of text, in the manner of `grep`.

use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};

use crate::search::file_hits::{FileHits, HitText};

/// Colours of paths, line numbers and hits.
const PATH: Style = AnsiColor::Magenta.on_default();
const NUMBER: Style = AnsiColor::Green.on_default();
const HIT: Style = AnsiColor::Red.on_default().bold();

/// How lines and paths are printed.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::search) struct LineStyle {
    pub(in crate::search) color: bool,
    /// Whether paths are links, which terminals can open.
    pub(in crate::search) hyperlinks: bool,
    /// Whether a NUL byte follows each path.
    pub(in crate::search) null: bool,
}

impl LineStyle {
    /// Prints a path, and what follows it.
    pub(in crate::search) fn print_path(self, out: &mut Vec<u8>, path: &Path, mark: u8) -> io::Result<()> {
        if self.hyperlinks {
            let absolute = std::path::absolute(path)?;
            write!(out, "\x1b]8;;file://{}\x1b\\", escaped(&absolute.to_string_lossy()))?;
        }
        self.print(out, PATH, path.as_os_str().as_encoded_bytes())?;
        if self.hyperlinks {
            out.extend_from_slice(b"\x1b]8;;\x1b\\");
        }
        out.push(if self.null { 0 } else { mark });
        Ok(())
    }

    fn print(self, out: &mut Vec<u8>, style: Style, text: &[u8]) -> io::Result<()> {
        if !self.color {
            return out.write_all(text);
        }
        write!(out, "{style}")?;
        out.write_all(text)?;
        write!(out, "{style:#}")
    }
}

/// A path in a link. Bytes that could end the link are escaped.
fn escaped(path: &str) -> String {
    let mut escaped = String::new();
    for byte in path.bytes() {
        match byte {
            b'!'..=b'~' if byte != b'%' => escaped.push(char::from(byte)),
            _ => escaped += &format!("%{byte:02X}"),
        }
    }
    escaped
}

/// Prints the hits of one file as lines of text.
pub(in crate::search) struct LinePrinter<'p> {
    pub(in crate::search) file: &'p FileHits<'p>,
    pub(in crate::search) source: &'p HitText<'p>,
    pub(in crate::search) style: LineStyle,
}

type PrintResult = Result<(), Box<dyn std::error::Error>>;

impl LinePrinter<'_> {
    /// Prints `path:line:column:` and the first line of each hit. The column counts bytes from 1.
    pub(in crate::search) fn print_hits(&self, out: &mut Vec<u8>) -> PrintResult {
        for hit in &self.file.hits {
            let (start, end) = self.source.range(self.file.tree, *hit)?;
            let line = self.file.tree.line(start)?;
            self.print_start(out, line.number, start - line.start + 1)?;
            self.print_line(out, self.source.line(line), line.start, &[(start, end)])?;
            out.push(b'\n');
        }
        Ok(())
    }

    /// Prints the lines of each hit without what is before and after it, each line after its own position.
    pub(in crate::search) fn print_matching(&self, out: &mut Vec<u8>) -> PrintResult {
        for hit in &self.file.hits {
            let (start, end) = self.source.range(self.file.tree, *hit)?;
            let line = self.file.tree.line(start)?;
            for (index, piece) in self.source.bytes(start, end).split(|byte| *byte == b'\n').enumerate() {
                let column = if index == 0 { start - line.start + 1 } else { 1 };
                self.print_start(out, line.number + index as u32, column)?;
                self.style.print(out, HIT, piece)?;
                out.push(b'\n');
            }
        }
        Ok(())
    }

    fn print_start(&self, out: &mut Vec<u8>, line: u32, column: u32) -> io::Result<()> {
        self.print_line_number(out, line, b':')?;
        out.extend_from_slice(decimal(column, &mut [0; MAX_DIGITS]));
        out.push(b':');
        Ok(())
    }

    /// Prints the path, the cell of a notebook, and the number of a line, each with a mark after it.
    fn print_line_number(&self, out: &mut Vec<u8>, line: u32, mark: u8) -> io::Result<()> {
        self.style.print_path(out, self.file.path, mark)?;
        let (cell, before) = self.source.cell_of(line);
        if let Some(cell) = cell {
            write!(out, "cell {cell}{}", char::from(mark))?;
        }
        let mut digits = [0; MAX_DIGITS];
        self.style.print(out, NUMBER, decimal(line - before, &mut digits))?;
        out.push(mark);
        Ok(())
    }

    /// Prints all lines of hits, and lines before and after them. Lines outside of hits have `-` instead of `:`.
    pub(in crate::search) fn print_with_context(
        &self,
        (before, after): (usize, usize),
        out: &mut Vec<u8>,
    ) -> PrintResult {
        let tree = self.file.tree;
        let mut ranges = Vec::new();
        // The first and the last line of each hit.
        let mut blocks: Vec<(u32, u32)> = Vec::new();
        for hit in &self.file.hits {
            let (start, end) = self.source.range(tree, *hit)?;
            ranges.push((start, end));
            blocks.push((tree.line(start)?.number, tree.line(end.saturating_sub(1).max(start))?.number));
        }
        let last_line = tree.line_count();
        let [before, after] = [before, after].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        let around = |block: &(u32, u32)| {
            (block.0.saturating_sub(before).max(1), block.1.saturating_add(after).min(last_line))
        };
        let mut printed = 0;
        for block in &blocks {
            let (first, last) = around(block);
            if printed > 0 && first > printed + 1 {
                out.extend_from_slice("--\n".as_bytes());
            }
            for number in first.max(printed + 1)..=last {
                let start = tree.line_start(number).unwrap_or_default();
                let line = tree.line(start)?;
                let is_hit = blocks.iter().any(|(first, last)| (*first..=*last).contains(&number));
                let mark = if is_hit { b':' } else { b'-' };
                self.print_line_number(out, number, mark)?;
                self.print_line(out, self.source.line(line), start, &ranges)?;
                out.push(b'\n');
                printed = number;
            }
        }
        Ok(())
    }

    /// Prints a line. Parts of it that belong to hits are coloured.
    fn print_line(
        &self,
        out: &mut Vec<u8>,
        line: &[u8],
        start: u32,
        ranges: &[(u32, u32)],
    ) -> io::Result<()> {
        if !self.style.color {
            return out.write_all(line);
        }
        let end = start.saturating_add(line.len() as u32);
        let mut printed_to = start;
        for (from, to) in ranges.iter().filter(|(from, to)| *from < end && *to > start) {
            let (from, to) = ((*from).max(printed_to), (*to).min(end));
            if from >= to {
                continue;
            }
            let piece = |from: u32, to: u32| &line[(from - start) as usize..(to - start) as usize];
            out.extend_from_slice(piece(printed_to, from));
            self.style.print(out, HIT, piece(from, to))?;
            printed_to = to;
        }
        out.extend_from_slice(&line[(printed_to - start) as usize..]);
        Ok(())
    }
}

/// The number of digits of the largest number.
const MAX_DIGITS: usize = 10;

/// A number as decimal digits. `write!` takes several times as long, which counts for thousands of lines.
fn decimal(mut number: u32, digits: &mut [u8; MAX_DIGITS]) -> &[u8] {
    let mut first = MAX_DIGITS;
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return &digits[first..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_DIGITS, decimal};

    #[test]
    fn numbers_are_decimal() {
        for number in [0, 7, 10, 999, 1_000, u32::MAX] {
            assert_eq!(decimal(number, &mut [0; MAX_DIGITS]), number.to_string().as_bytes());
        }
    }
}
