//! How values become numbers in columns. Writer, reader and validation all depend on this module.

mod payload;

pub use payload::{
    AliasRecord, BIG_INT, ConstantSingleton, ConstantTag, ImportFromRecord, InterpolationRecord,
    NameInAnyContext, Payload, PayloadLayout, Record, Stored,
};
