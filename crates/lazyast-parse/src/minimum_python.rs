//! The oldest Python whose grammar has everything that a source uses.

use ruff_python_parser::{UnsupportedSyntaxError, UnsupportedSyntaxErrorKind};

use crate::unsupported::Unsupported;

/// The minor version of the oldest Python that is served.
const OLDEST: u8 = 11;

/// The newest minor version whose syntax is served.
const NEWEST: u8 = 15;

/// The minor version, from what ruff finds that [`OLDEST`] lacks.
pub(crate) fn of_syntax(errors: &[UnsupportedSyntaxError]) -> Result<u8, Unsupported> {
    let mut minimum = OLDEST;
    for error in errors {
        let introduced = introduced(error.kind);
        if introduced > NEWEST {
            return Err(Unsupported::Construct("syntax whose Python version is unknown"));
        }
        minimum = minimum.max(introduced);
    }
    Ok(minimum)
}

/// The minor version that introduced a syntax, where it is newer than [`OLDEST`].
fn introduced(kind: UnsupportedSyntaxErrorKind) -> u8 {
    use UnsupportedSyntaxErrorKind as Syntax;
    match kind {
        Syntax::TypeParameterList | Syntax::TypeAliasStatement | Syntax::Pep701FString(_) => 12,
        Syntax::TypeParamDefault => 13,
        Syntax::UnparenthesizedExceptionTypes | Syntax::TemplateStrings => 14,
        Syntax::LazyImportStatement | Syntax::UnpackingInComprehension(_) => 15,
        // Removed before 3.11, or changed in more than one version: the interpreter decides.
        _ => u8::MAX,
    }
}
