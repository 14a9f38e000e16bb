//! How values become numbers in columns. Writer, reader and validation all depend on this module.

mod escapes;
mod payload;
mod records;

pub(crate) use escapes::{BLOCK, ESCAPE, PAYLOAD_ESCAPE};
pub use payload::{
    AliasRecord, BIG_INT, ConstantSingleton, ConstantTag, ImportFromRecord, InterpolationRecord, NameBits,
    NameInAnyContext, Payload, PayloadLayout, Record, Stored,
};
pub use records::{NodeId, Position, Span, WarningKind};
pub(crate) use records::{SPAN_RECORD_LEN, SpanRecord};
