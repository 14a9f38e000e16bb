//! [`Rendered`]: the text of a replacement or of a capture.

use lazyast_format::{Damage, Tree};

use crate::layout::Layout;
use crate::precedence::Shape;
use crate::skip::SkipReason;
use crate::template::Template;

/// Why there is no text.
pub(crate) enum RenderError {
    Skip(SkipReason),
    Damage(Damage),
}

impl From<Damage> for RenderError {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

impl From<SkipReason> for RenderError {
    fn from(reason: SkipReason) -> Self {
        Self::Skip(reason)
    }
}

pub(crate) type RenderResult<T> = Result<T, RenderError>;

/// The text of a replacement or of a capture.
#[derive(Clone, Debug)]
pub(crate) struct Rendered {
    pub(crate) text: String,
    /// For an expression.
    pub(crate) shape: Shape,
    /// Whether there is a line end that needs brackets around it.
    pub(crate) is_open: bool,
    /// Whether there are compound statements.
    pub(crate) is_compound: bool,
}

/// A template with the layout of its code.
pub(crate) struct TemplateCode<'r, B> {
    pub(crate) template: &'r Template<B>,
    pub(crate) tree: &'r Tree<'r>,
    pub(crate) layout: Layout<'r>,
}

/// The error for a capture that cannot stand where the template has it.
pub(crate) fn wrong(name: &str, expected: &'static str) -> RenderError {
    SkipReason::WrongCapture { name: name.to_owned(), expected }.into()
}
