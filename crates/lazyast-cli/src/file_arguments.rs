//! The options that select files. They are the same for every subcommand that reads sources.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use lazyast::{FileSelection, FileType, InvalidGlob};

use crate::changed;
use crate::configuration::configuration;
use crate::error::CommandError;
use crate::path_bytes::path_of_bytes;

#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Files")]
pub(crate) struct FileArguments {
    /// Only files that match this glob; with a leading !, only files that do not. Can be given more than once, and the
    /// last one that matches counts
    #[arg(long, short, value_name = "GLOB", allow_hyphen_values = true)]
    glob: Vec<String>,
    /// Pass over files and directories that match this pattern, as in .gitignore
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<String>,
    /// Only files of this type. Can be given more than once [default: py and pyi]
    #[arg(long = "type", short = 't', value_name = "TYPE")]
    types: Vec<TypeArgument>,
    /// Hidden files and directories, too
    #[arg(long)]
    hidden: bool,
    /// Also files that .gitignore and similar files exclude, and directories such as build, dist, node_modules,
    /// site-packages and venv
    #[arg(long)]
    no_ignore: bool,
    /// The paths in this file, one on each line, instead of paths in arguments; - reads standard input. Only files of
    /// the selected types count. Paths with NUL between them can have any name
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    files_from: Option<PathBuf>,
    /// Only files that have changed since the current branch left REF, according to git, and new files that git does
    /// not ignore [default REF: HEAD]
    #[arg(
        long,
        value_name = "REF",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "HEAD",
        conflicts_with = "files_from"
    )]
    changed: Option<String>,
}

/// A type of files, as users name it.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum TypeArgument {
    /// *.py
    Py,
    /// *.pyi
    Pyi,
    /// *.ipynb: the code cells of notebooks
    Ipynb,
}

impl TypeArgument {
    fn file_type(self) -> FileType {
        match self {
            Self::Py => FileType::Source,
            Self::Pyi => FileType::Stub,
            Self::Ipynb => FileType::Notebook,
        }
    }
}

/// The paths that a command reads.
pub(crate) struct SelectedPaths {
    pub(crate) paths: Vec<PathBuf>,
    /// Which files below directories count.
    pub(crate) selection: FileSelection,
    /// Whether the user named no path, so that printed paths are those below the current directory.
    pub(crate) in_current_directory: bool,
    /// Whether the paths come from a list, which can be empty.
    pub(crate) is_list: bool,
}

impl FileArguments {
    /// Whether any of the options is given.
    pub(crate) fn is_given(&self) -> bool {
        let Self { glob, exclude, types, hidden, no_ignore, files_from, changed } = self;
        *hidden
            || *no_ignore
            || files_from.is_some()
            || changed.is_some()
            || !(glob.is_empty() && exclude.is_empty() && types.is_empty())
    }

    /// Selects the files under the paths that the user named.
    pub(crate) fn select(&self, paths: Vec<PathBuf>) -> Result<SelectedPaths, CommandError> {
        let selection = self.selection()?;
        let in_current_directory = paths.is_empty();
        if let Some(list) = &self.files_from {
            if !in_current_directory {
                return Err(CommandError::new("paths are given as arguments and by --files-from"));
            }
            let paths =
                read_list(list).map_err(|error| CommandError::new(format!("{}: {error}", list.display())))?;
            let paths = paths.into_iter().filter(|path| path.is_dir() || selection.selects(path)).collect();
            return existing(SelectedPaths { paths, selection, in_current_directory: false, is_list: true });
        }
        if let Some(reference) = &self.changed {
            let paths = changed::files(reference, &paths)?;
            let paths = paths.into_iter().filter(|path| selection.selects_found(path)).collect();
            return Ok(SelectedPaths { paths, selection, in_current_directory: false, is_list: true });
        }
        let paths = if in_current_directory { vec![PathBuf::from(".")] } else { paths };
        existing(SelectedPaths { paths, selection, in_current_directory, is_list: false })
    }

    fn selection(&self) -> Result<FileSelection, CommandError> {
        let here = Path::new(".");
        let types: Vec<FileType> = self.types.iter().map(|kind| kind.file_type()).collect();
        let mut selection = FileSelection::new()
            .with_hidden(self.hidden)
            .without_ignore_files(self.no_ignore)
            .with_types(&types)
            .with_configuration(configuration())
            .map_err(invalid)?;
        if !self.glob.is_empty() {
            selection = selection.with_globs(here, &self.glob).map_err(invalid)?;
        }
        if !self.exclude.is_empty() {
            selection = selection.with_excluded(here, &self.exclude).map_err(invalid)?;
        }
        Ok(selection)
    }
}

fn invalid(error: InvalidGlob) -> CommandError {
    CommandError::new(error.to_string())
}

/// Checks that all paths exist. A path that is gone must not look like one without hits.
fn existing(selected: SelectedPaths) -> Result<SelectedPaths, CommandError> {
    // Standard input is a path that is read elsewhere.
    match selected.paths.iter().find(|path| path.as_os_str() != "-" && !path.exists()) {
        None => Ok(selected),
        Some(missing) => Err(CommandError::new(format!("{}: no such file or directory", missing.display()))),
    }
}

fn read_list(list: &Path) -> io::Result<Vec<PathBuf>> {
    let mut text = Vec::new();
    if list.as_os_str() == "-" {
        io::stdin().read_to_end(&mut text)?;
    } else {
        text = fs::read(list)?;
    }
    let end = if text.contains(&0) { 0 } else { b'\n' };
    let names = text.split(|byte| *byte == end).map(|name| name.strip_suffix(b"\r").unwrap_or(name));
    names.filter(|name| !name.is_empty()).map(path_of_bytes).collect()
}
