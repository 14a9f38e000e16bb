//! `lazyast dump`: prints the tree of one source.

use std::io::{Read, Write};
use std::path::PathBuf;

use clap::Args;
use lazyast::dump::{DumpError, DumpOptions, TargetPython, VERSIONS};
use lazyast::{FileError, MAX_SOURCE_BYTES, OwnedTree};

use crate::cache_arguments::CacheArguments;
use crate::error::CommandError;

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

/// A Python version as the user wrote it.
#[derive(Clone, Copy, Debug)]
struct PythonVersion {
    minor: u8,
    micro: Option<u8>,
}

fn parse_version(text: &str) -> Result<PythonVersion, String> {
    let mut numbers = text.split('.').map(str::parse::<u8>);
    let parsed = match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(3)), Some(Ok(minor)), None, None) => Some(PythonVersion { minor, micro: None }),
        (Some(Ok(3)), Some(Ok(minor)), Some(Ok(micro)), None) => {
            Some(PythonVersion { minor, micro: Some(micro) })
        }
        _ => None,
    };
    parsed.filter(|version| VERSIONS.contains(&version.minor)).ok_or_else(|| {
        format!(
            "expected a version from 3.{} to 3.{}, such as 3.12 or 3.12.1",
            VERSIONS.start(),
            VERSIONS.end()
        )
    })
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
            target: TargetPython::new(self.python.minor, self.python.micro.unwrap_or(u8::MAX)),
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
