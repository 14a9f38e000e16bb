//! What is printed of a search: the parts for files, which threads make in parallel, and what is around them.

use std::io::{self, Write};

use lazyast::format::Damage;
use serde_json::Value;

use super::arguments::{FormatArgument, OutputArguments};
use super::file_hits::FileHits;
use super::formats::arrow::HitRow;
use super::formats::lines::{LinePrinter, LineStyle};
use super::formats::{arrow, csv, github, json, sarif};
use super::located::locate;
use super::queries::QueryLanguage;

/// What is printed of each file with hits.
#[derive(Clone, Copy)]
pub(super) enum OutputFormat {
    Nothing,
    Paths(LineStyle),
    Counts(LineStyle),
    Lines(LineStyle),
    Matching(LineStyle),
    Context(LineStyle, (usize, usize)),
    Json(QueryLanguage),
    Github,
    Csv,
    Arrow,
    Sarif,
}

/// What is printed of one file.
pub(super) enum FileOutput {
    Text(Vec<u8>),
    /// Results of SARIF, which belong to one document.
    Results(Vec<Value>),
    /// Rows of Arrow, which are written in batches.
    Rows(Vec<HitRow>),
}

impl OutputFormat {
    pub(super) fn new(arguments: &OutputArguments, language: QueryLanguage) -> Self {
        let null = arguments.null;
        let style = LineStyle { color: arguments.has_color(), hyperlinks: arguments.has_hyperlinks(), null };
        let plain = LineStyle { null, ..LineStyle::default() };
        let lines = |style| match arguments.context() {
            Some(context) => Self::Context(style, context),
            None if arguments.only_matching => Self::Matching(style),
            None => Self::Lines(style),
        };
        match arguments.format {
            _ if arguments.json => Self::Json(language),
            _ if arguments.quiet => Self::Nothing,
            _ if arguments.count => Self::Counts(style),
            _ if arguments.files_with_matches => Self::Paths(style),
            None | Some(FormatArgument::Text) => lines(style),
            Some(FormatArgument::Vimgrep) => Self::Lines(plain),
            Some(FormatArgument::Json) => Self::Json(language),
            Some(FormatArgument::Github) => Self::Github,
            Some(FormatArgument::Csv) => Self::Csv,
            Some(FormatArgument::Arrow) => Self::Arrow,
            Some(FormatArgument::Sarif) => Self::Sarif,
        }
    }

    /// The output for one file, or the reason why it cannot be printed.
    pub(super) fn print(self, file: &FileHits<'_>) -> Result<FileOutput, String> {
        let mut out = Vec::new();
        let failed = |error: io::Error| error.to_string();
        match self {
            Self::Nothing => {}
            Self::Paths(style) => style.print_path(&mut out, file.path, b'\n').map_err(failed)?,
            Self::Counts(style) => {
                style.print_path(&mut out, file.path, b':').map_err(failed)?;
                writeln!(out, "{}", file.hits.len()).map_err(failed)?;
            }
            Self::Lines(style) | Self::Matching(style) | Self::Context(style, _) => {
                let part = self.printed_lines(file).map_err(|damage| damage.to_string())?;
                file.with_text(part, |source| {
                    let printer = LinePrinter { file, source, style };
                    let printed = match self {
                        Self::Context(_, context) => printer.print_with_context(context, &mut out),
                        Self::Matching(_) => printer.print_matching(&mut out),
                        _ => printer.print_hits(&mut out),
                    };
                    printed.map_err(|error| error.to_string())
                })?
            }
            Self::Json(language) => {
                file.with_text(file.whole_text(), |source| json::print(language, file, source, &mut out))?
            }
            Self::Github => file.with_text(file.whole_text(), |source| {
                github::print(file.path, &locate(file, source)?, &mut out);
                Ok(())
            })?,
            Self::Csv => file.with_text(file.whole_text(), |source| {
                csv::print(file.path, &locate(file, source)?, &mut out);
                Ok(())
            })?,
            Self::Arrow => {
                let mut rows = Vec::new();
                file.with_text(file.whole_text(), |source| {
                    rows = arrow::rows(file, source)?;
                    Ok(())
                })?;
                return Ok(FileOutput::Rows(rows));
            }
            Self::Sarif => {
                let mut results = Vec::new();
                file.with_text(file.whole_text(), |source| {
                    results = sarif::results(file.path, &locate(file, source)?);
                    Ok(())
                })?;
                return Ok(FileOutput::Results(results));
            }
        }
        Ok(FileOutput::Text(out))
    }

    /// The offsets of the lines that are printed, from the first to the last.
    fn printed_lines(self, file: &FileHits<'_>) -> Result<(u32, u32), Damage> {
        if file.hits.iter().any(|hit| hit.decorator.is_some()) {
            // The `@` of a decorator is found in the text.
            return Ok(file.whole_text());
        }
        let ranges = file.hits.iter().map(|hit| hit.range(file.tree, None));
        match self {
            // The first line of each hit.
            Self::Lines(_) => {
                file.lines_of(ranges.map(|range| range.map(|(start, _)| (start, start + 1))), (0, 0))
            }
            Self::Context(_, (before, after)) => {
                let [before, after] = [before, after].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
                file.lines_of(ranges, (before, after))
            }
            _ => file.lines_of(ranges, (0, 0)),
        }
    }

    /// What comes before the first file.
    pub(super) fn header(self) -> &'static str {
        if matches!(self, Self::Csv) { csv::HEADER } else { "" }
    }

    /// What comes between two files.
    pub(super) fn separator(self) -> &'static str {
        if matches!(self, Self::Context(..)) { "--\n" } else { "" }
    }
}
