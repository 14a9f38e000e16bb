//! What is printed of a file with hits.

use super::file_hits::FileHits;
use super::json;
use super::lines::LinePrinter;
use super::queries::QueryLanguage;

/// What is printed of each file with hits.
#[derive(Clone, Copy)]
pub(super) enum OutputFormat {
    Nothing,
    Paths,
    Counts,
    Lines { context: Option<usize>, color: bool },
    Json(QueryLanguage),
}

impl OutputFormat {
    /// The output for one file, or the reason why it cannot be printed.
    pub(super) fn print(self, file: &FileHits<'_>) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        match self {
            Self::Nothing => {}
            Self::Paths => {
                out.extend_from_slice(file.path_bytes());
                out.push(b'\n');
            }
            Self::Counts => {
                out.extend_from_slice(file.path_bytes());
                out.extend_from_slice(format!(":{}\n", file.hits.len()).as_bytes());
            }
            Self::Lines { context, color } => file.with_text(|text| {
                let printer = LinePrinter { file, text, color };
                let printed = match context {
                    None => printer.print_hits(&mut out),
                    Some(count) => printer.print_with_context(count, &mut out),
                };
                printed.map_err(|error| error.to_string())
            })?,
            Self::Json(language) => file.with_text(|text| json::print(language, file, text, &mut out))?,
        }
        Ok(out)
    }
}
