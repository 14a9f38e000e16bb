//! The oldest Python whose grammar has all that a source uses.

use ruff_python_parser::{UnsupportedSyntaxError, UnsupportedSyntaxErrorKind};

use crate::Unsupported;

/// The minor version of the oldest Python that is served.
pub(crate) const OLDEST: u8 = 11;

/// The newest minor version whose syntax is served.
const NEWEST: u8 = 13;

/// From what ruff finds missing in [`OLDEST`].
pub(crate) fn minimum(errors: &[UnsupportedSyntaxError]) -> Result<u8, Unsupported> {
    let mut minimum = OLDEST;
    for error in errors {
        let since = since(error.kind);
        if since > NEWEST {
            return Err(Unsupported::Construct("syntax that is newer than Python 3.13"));
        }
        minimum = minimum.max(since);
    }
    Ok(minimum)
}

/// The version that brought a syntax, where it is newer than [`OLDEST`].
fn since(kind: UnsupportedSyntaxErrorKind) -> u8 {
    use UnsupportedSyntaxErrorKind as Syntax;
    match kind {
        Syntax::TypeParameterList | Syntax::TypeAliasStatement | Syntax::Pep701FString(_) => 12,
        Syntax::TypeParamDefault => 13,
        Syntax::UnparenthesizedExceptionTypes | Syntax::TemplateStrings => 14,
        Syntax::LazyImportStatement | Syntax::UnpackingInComprehension(_) => 15,
        // Removed before 3.11 or a change that is not a matter of one version: the interpreter decides.
        _ => u8::MAX,
    }
}
