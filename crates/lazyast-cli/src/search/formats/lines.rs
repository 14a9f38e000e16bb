//! Printing hits as lines of text, in the manner of `grep`.

use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};

use crate::search::file_hits::FileHits;

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
    pub(in crate::search) text: &'p str,
    pub(in crate::search) style: LineStyle,
}

type PrintResult = Result<(), Box<dyn std::error::Error>>;

impl LinePrinter<'_> {
    /// Prints `path:line:column:` and the first line of each hit. The column counts bytes from 1.
    pub(in crate::search) fn print_hits(&self, out: &mut Vec<u8>) -> PrintResult {
        for hit in &self.file.hits {
            let (start, end) = hit.range(self.file.tree, Some(self.text))?;
            let line = self.file.tree.line(start)?;
            self.print_start(out, line.number, start - line.start + 1)?;
            self.print_line(out, self.line_from(line.start as usize), line.start, &[(start, end)])?;
            out.push(b'\n');
        }
        Ok(())
    }

    /// Prints the lines of each hit without what is before and after it, each line after its own position.
    pub(in crate::search) fn print_matching(&self, out: &mut Vec<u8>) -> PrintResult {
        for hit in &self.file.hits {
            let (start, end) = hit.range(self.file.tree, Some(self.text))?;
            let line = self.file.tree.line(start)?;
            let text = self.text.get(start as usize..end as usize).unwrap_or_default();
            for (index, piece) in text.split('\n').enumerate() {
                let column = if index == 0 { start - line.start + 1 } else { 1 };
                self.print_start(out, line.number + index as u32, column)?;
                self.style.print(out, HIT, piece.as_bytes())?;
                out.push(b'\n');
            }
        }
        Ok(())
    }

    fn print_start(&self, out: &mut Vec<u8>, line: u32, column: u32) -> io::Result<()> {
        self.style.print_path(out, self.file.path, b':')?;
        self.style.print(out, NUMBER, line.to_string().as_bytes())?;
        write!(out, ":{column}:")
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
            let (start, end) = hit.range(tree, Some(self.text))?;
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
                let is_hit = blocks.iter().any(|(first, last)| (*first..=*last).contains(&number));
                let mark = if is_hit { b':' } else { b'-' };
                self.style.print_path(out, self.file.path, mark)?;
                self.style.print(out, NUMBER, number.to_string().as_bytes())?;
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
        for (from, to) in overlapping.filter(|_| self.style.color) {
            let (from, to) = ((*from).max(printed_to), (*to).min(end));
            if from >= to {
                continue;
            }
            let piece =
                |from: u32, to: u32| line.get((from - start) as usize..(to - start) as usize).unwrap_or("");
            out.extend_from_slice(piece(printed_to, from).as_bytes());
            self.style.print(out, HIT, piece(from, to).as_bytes())?;
            printed_to = to;
        }
        out.extend_from_slice(line.get((printed_to - start) as usize..).unwrap_or_default().as_bytes());
        Ok(())
    }
}
