//! [`PythonVersion`]: the value of `--python`, and [`SyntaxArguments`]: the option of commands that search.

use clap::Args;
use lazyast::dump::{TargetPython, VERSIONS};
use lazyast::store::Configuration;
use lazyast::{FailureReason, Tree};

use crate::configuration::configuration;

/// The variable with the version of the interpreter that has started the command. `python -m lazyast` sets it.
const VARIABLE: &str = "LAZYAST_PYTHON_VERSION";

/// A Python version as the user wrote it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PythonVersion {
    /// 13 in 3.13.
    pub(crate) minor: u8,
    micro: Option<u8>,
}

/// Parses a version such as 3.12 or 3.12.1.
pub(crate) fn parse_version(text: &str) -> Result<PythonVersion, String> {
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

impl PythonVersion {
    /// The version for readers of trees: without a micro version, the last one.
    pub(crate) fn target(self) -> TargetPython {
        TargetPython::new(self.minor, self.micro.unwrap_or(u8::MAX))
    }
}

/// The option that leaves out files with newer syntax.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct SyntaxArguments {
    /// Leave out files with syntax that this Python version lacks: 3.X [default: python in [tool.lazyast] of
    /// pyproject.toml; for `python -m lazyast`, the version of that interpreter; else none is left out]
    #[arg(long, value_name = "VERSION", value_parser = parse_version)]
    python: Option<PythonVersion>,
}

impl SyntaxArguments {
    /// The minor version of the Python whose syntax files may have. Without one they may have any.
    pub(crate) fn newest_syntax(&self) -> Option<u8> {
        self.newest_syntax_in(configuration())
    }

    /// The same where another configuration counts than that of the current directory.
    pub(crate) fn newest_syntax_in(&self, configuration: &Configuration) -> Option<u8> {
        let of_interpreter = || std::env::var(VARIABLE).ok()?.strip_prefix("3.")?.parse().ok();
        self.python.map(|python| python.minor).or(configuration.python).or_else(of_interpreter)
    }
}

/// Why a source is left out, if it has newer syntax than a minor version has.
pub(crate) fn newer_syntax(tree: &Tree<'_>, newest: Option<u8>) -> Option<String> {
    let minimum_python = tree.header().facts.minimum_python;
    let is_newer = newest.is_some_and(|newest| minimum_python > newest);
    is_newer.then(|| FailureReason::NewerSyntax { minimum_python }.to_string())
}
