//! How the values of each column follow from an archive. Each file has the columns of one relation, or those that several
//! share.

mod calls;
mod comments;
mod definitions;
mod files;
mod filled_column;
mod imports;
mod nodes;

pub(crate) use files::append_failure;
pub(crate) use filled_column::{DecodedTree, FilledColumn};
