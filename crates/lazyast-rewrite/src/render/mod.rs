//! The text that takes the place of each hit.
//!
//! Hits inside of captures are replaced as well. They come after the hits around them, so the hits are rendered from the
//! last to the first, and what is rendered already is used where its range is copied.
//!
//! - [`rendered`]: what a rendered part is, and why there may be none.
//! - [`renderer`]: the hits of one source and their texts; copies of the source.
//! - [`run`]: one use of the template. [`expression`], [`list`], [`statements`] and [`parameters`] are its placeholders.
//! - [`hit`]: the text of a hit, and what its place in the source adds.

mod expression;
mod hit;
mod list;
mod parameters;
mod rendered;
mod renderer;
mod run;
mod statements;

pub(crate) use rendered::{RenderError, TemplateCode};
pub(crate) use renderer::Renderer;
