//! `lazyast dump`: prints the tree of one source.

use std::io::{Read, Write};
use std::path::PathBuf;

use clap::Args;
use lazyast::dump::{DumpError, DumpOptions};
use lazyast::{FileError, MAX_SOURCE_BYTES, OwnedTree};

use crate::cache_arguments::CacheArguments;
use crate::error::CommandError;
use crate::python_version::{PythonVersion, parse_version};

#[derive(Args, Debug)]
pub(crate) struct DumpCommand {
    /// The Python source; - reads standard input
    file: PathBuf,
    /// The Python version whose tree and whose `ast.dump` are printed: 3.X or 3.X.Y
    #[arg(long, default_value = "3.13", value_name = "VERSION", value_parser = parse_version)]
    python: PythonVersion,
    /// Break lines, and indent each level by N spaces
    #[arg(long, value_name = "N")]
    indent: Option<usize>,
    /// Omit positions
    #[arg(long)]
    no_attributes: bool,
    /// Also print fields that are None or [], as show_empty of Python 3.13 does. For older versions this has no
    /// effect
    #[arg(long)]
    show_empty: bool,
    #[command(flatten)]
    cache: CacheArguments,
}

impl DumpCommand {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        let name = self.file.display();
        let source = self.read().map_err(|error| CommandError::new(format!("{name}: {error}")))?;
        let archive = self.cache.open().archive(&source).map_err(|reason| {
            CommandError::new(format!("{name}: {reason}"))
                .hint("CPython may support the source: python -m ast prints its tree")
        })?;
        let opened =
            OwnedTree::open(archive).map_err(|error| CommandError::new(format!("{name}: {error}")))?;
        let tree = opened.tree();
        let minimum = tree.header().facts.minimum_python;
        if minimum > self.python.minor {
            let message = format!(
                "{name}: expected syntax of Python 3.{}, found syntax of Python 3.{minimum}",
                self.python.minor
            );
            return Err(CommandError::new(message).hint(format!("use --python 3.{minimum} or newer")));
        }
        let options = DumpOptions {
            target: self.python.target(),
            include_attributes: !self.no_attributes,
            indent: self.indent,
            show_empty: self.show_empty,
        };
        // Printed as a whole: a part of a tree before an error would look like a tree.
        let mut out = Vec::new();
        options.write(tree, &mut out).map_err(|error| match error {
            DumpError::Io(error) => CommandError::from(error),
            error => CommandError::new(format!("{name}: {error}")),
        })?;
        out.push(b'\n');
        std::io::stdout().write_all(&out)?;
        Ok(())
    }

    fn read(&self) -> Result<Vec<u8>, FileError> {
        let mut source = Vec::new();
        if self.file.as_os_str() == "-" {
            // The parser reports an error for sources that are longer than the limit.
            std::io::stdin().take(MAX_SOURCE_BYTES + 1).read_to_end(&mut source).map_err(FileError::Io)?;
        } else {
            lazyast::read_source(&self.file, &mut source)?;
        }
        Ok(source)
    }
}
