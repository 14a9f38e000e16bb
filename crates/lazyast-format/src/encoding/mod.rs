//! How values become numbers in columns. Writer, reader and validation all depend on this module.

mod escapes;
mod field_byte;
mod payload;
mod records;

pub(crate) use escapes::{BLOCK, ESCAPE, column_and_row, later_blocks, overflow_row};
pub(crate) use field_byte::{
    FIELDS_PER_WORD, LONGEST_PAYLOAD, ONES, PayloadWidth, field_byte, field_code, payload_bytes_in_block,
    row_at_payload_byte, rows_in_field,
};
pub use payload::{
    AliasRecord, BIG_INT, ConstantSingleton, ConstantTag, ImportFromRecord, InterpolationRecord, NameBits,
    NameInAnyContext, Payload, PayloadLayout, Record, Stored,
};
pub use records::{NodeId, Position, Span, WarningKind};
pub(crate) use records::{SPAN_RECORD_LEN, SpanRecord};
