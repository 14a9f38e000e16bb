//! `[tool.lazyast]` of pyproject.toml, read once.

use std::path::Path;
use std::sync::OnceLock;

use lazyast::store::Configuration;

/// The configuration for the current directory. What is wrong with it is reported when it is read first.
pub(crate) fn configuration() -> &'static Configuration {
    static READ: OnceLock<Configuration> = OnceLock::new();
    READ.get_or_init(|| {
        let configuration = Configuration::read(Path::new("."));
        for problem in &configuration.problems {
            eprintln!("lazyast: warning: {problem}");
        }
        configuration
    })
}
