//! [`NameMatching`]: how the dotted names of a pattern are compared.

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
