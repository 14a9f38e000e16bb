//! What only IPython understands in a cell: magics (`%time`), commands of the shell (`!ls`) and questions (`open?`).
//!
//! Such lines become blank, so that all other lines keep their numbers. In an indented block, which may have no other
//! statement, the line becomes `pass`.

/// The characters with which a line begins that only IPython understands. No statement of Python begins with them.
const ESCAPES: &[u8] = b"%!?,;/";

/// Cells that begin with `%%` and one of these words have Python code in their other lines (ruff's list).
const PYTHON_CELLS: [&str; 9] =
    ["capture", "debug", "ipytest", "prun", "pypy", "python", "python3", "time", "timeit"];

/// Appends the Python code of a cell; each line ends with `\n`. A cell in another language appends nothing.
pub(super) fn append_python(cell: &str, out: &mut String) {
    let mut rest = cell;
    let first = cell.trim_start();
    if let Some(magic) = first.strip_prefix("%%") {
        let is_word = |character: char| character.is_alphanumeric() || character == '_';
        let name = magic.split(|character| !is_word(character)).next().unwrap_or_default();
        if !PYTHON_CELLS.contains(&name) {
            return;
        }
        let end = cell.len() - first.len() + continued_line(first);
        out.extend(std::iter::repeat_n('\n', line_count(&cell[..end])));
        rest = &cell[end..];
    }
    while !rest.is_empty() {
        let line = LogicalLine::first_of(rest);
        let (text, after) = rest.split_at(line.end);
        if line.is_magic {
            blank(text, out);
        } else {
            out.push_str(text);
        }
        rest = after;
    }
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

/// Appends as many blank lines as a magic has, or `pass` if it is indented.
fn blank(magic: &str, out: &mut String) {
    let indentation = &magic[..magic.len() - magic.trim_start_matches([' ', '\t']).len()];
    if !indentation.is_empty() {
        out.push_str(indentation);
        out.push_str("pass");
    }
    out.extend(std::iter::repeat_n('\n', line_count(magic)));
}

/// The number of lines of a text that is not empty.
fn line_count(text: &str) -> usize {
    memchr::memchr_iter(b'\n', text.as_bytes()).count() + usize::from(!text.ends_with('\n'))
}

/// A statement with its line end, which can be in brackets, in a string, or after a backslash.
struct LogicalLine {
    end: usize,
    is_magic: bool,
}

impl LogicalLine {
    fn first_of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let start = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let magic = Self { end: continued_line(text), is_magic: true };
        if bytes.get(start).is_some_and(|byte| ESCAPES.contains(byte)) {
            return magic;
        }
        let (mut at, mut depth, mut last) = (start, 0_usize, b' ');
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'\n' if depth == 0 => {
                    at += 1;
                    break;
                }
                b'#' => at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at) - 1,
                b'\\' => at += 1,
                b'"' | b'\'' => at = string_end(bytes, at) - 1,
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b'=' if depth == 0 && !b"=!<>+-*/%&|^@:~".contains(&last) => {
                    let value = bytes[at + 1..].iter().find(|byte| **byte != b' ');
                    if matches!(value, Some(b'!' | b'%')) {
                        return Self { end: at + continued_line(&text[at..]), is_magic: true };
                    }
                }
                _ => {}
            }
            if !byte.is_ascii_whitespace() && *byte != b'#' {
                last = *byte;
            }
            at += 1;
        }
        Self { end: at.min(bytes.len()), is_magic: last == b'?' }
    }
}

/// The length of the first line, with those that continue it after a backslash.
fn continued_line(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ends = memchr::memchr_iter(b'\n', bytes).map(|at| at + 1);
    { ends }.find(|end| !bytes[..*end - 1].ends_with(b"\\")).unwrap_or(bytes.len())
}

/// The end of the string that begins with the quote at an offset, as far as it goes.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let is_triple = bytes[start..].starts_with(&[quote; 3]);
    let mut at = start + if is_triple { 3 } else { 1 };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' if !is_triple => return at,
            byte if *byte == quote && !is_triple => return at + 1,
            byte if *byte == quote && bytes[at..].starts_with(&[quote; 3]) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::append_python;

    #[test]
    fn what_only_ipython_understands_becomes_blank() {
        let cases = [
            ("x = 1", "x = 1\n"),
            ("%matplotlib inline\nx = 1\n", "\nx = 1\n"),
            ("!pip install \\\n    numpy\nx", "\n\nx\n"),
            ("if x:\n    !ls\n", "if x:\n    pass\n"),
            ("files = !ls *.py\nt = %time f()\n", "\n\n"),
            ("open?\nopen??\n?open\nx = '?'\ny = 1 # why?\n", "\n\n\nx = '?'\ny = 1 # why?\n"),
            ("x %= 3\nx != 3\ny = x % 2\n", "x %= 3\nx != 3\ny = x % 2\n"),
            ("s = '''\n%no magic\n!'''\nf(a,\n  %b)\n", "s = '''\n%no magic\n!'''\nf(a,\n  %b)\n"),
            ("x = 1 + \\\n  2\n", "x = 1 + \\\n  2\n"),
            ("%%time\nf()\n", "\nf()\n"),
            ("\n%%capture out --no-stderr\nf()", "\n\nf()\n"),
            ("%%bash\nls\n", ""),
            ("x = 'a", "x = 'a\n"),
            ("x = '''a", "x = '''a\n"),
            ("'\\", "'\\\n"),
            ("f'{x!r}'\n", "f'{x!r}'\n"),
            ("", ""),
            ("\n", "\n"),
        ];
        for (cell, expected) in cases {
            let mut out = String::new();
            append_python(cell, &mut out);
            assert_eq!(out, expected, "{cell:?}");
        }
    }

    /// Any cell gives lines, and as many as it has.
    #[test]
    fn lines_keep_their_numbers() {
        let pieces = ["%", "!", "?", "'", "\"\"\"", "\\", "\n", "(", "]", "=", " ", "#", "x", "é"];
        for first in pieces {
            for second in pieces {
                for third in pieces {
                    let cell = [first, second, third, second, first].concat();
                    let mut out = String::new();
                    append_python(&cell, &mut out);
                    let lines = |text: &str| text.strip_suffix('\n').unwrap_or(text).matches('\n').count();
                    assert!(out.is_empty() || lines(&out) == lines(&cell), "{cell:?} {out:?}");
                }
            }
        }
    }
}
