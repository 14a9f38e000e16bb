//! [`PatternOptions`]: how patterns are compared.

/// How patterns are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PatternOptions {
    /// How dotted names are compared.
    pub names: NameMatching,
    /// Whether constants are compared by value, however they are written: `3600` matches `60 * 60`.
    pub fold_constants: bool,
}

/// How dotted names in patterns are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameMatching {
    /// By what they stand for, in files that import the module: `requests.get` matches `get` after
    /// `from requests import get`.
    #[default]
    Resolved,
    /// As text.
    Literal,
}

impl From<NameMatching> for PatternOptions {
    fn from(names: NameMatching) -> Self {
        Self { names, ..Self::default() }
    }
}
