//! [`PythonVersion`]: the value of `--python`.

use lazyast::dump::{TargetPython, VERSIONS};

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
