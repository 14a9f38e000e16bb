//! [`TableRelation`]: the relations, their columns and the columns' types. The order of columns here is that of tables.

use arrow_schema::{DataType, Field as ArrowField};

use crate::error::SpecError;

/// A relation: rows with named columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TableRelation {
    /// One row for each node.
    Nodes,
    /// One row for each source, also for those without an archive.
    Files,
    /// One row for each `FunctionDef`, `AsyncFunctionDef` and `ClassDef`.
    Definitions,
    /// One row for each `Call`.
    Calls,
    /// One row for each name that is imported, which is an `alias`.
    Imports,
    /// One row for each `Constant`.
    Constants,
    /// One row for each comment.
    Comments,
}

/// A column of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnSpec {
    /// The name.
    pub name: &'static str,
    /// What the column holds.
    pub(crate) value: ColumnValue,
}

/// What a column holds. Relations share those that mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnValue {
    // Of any row.
    File,
    Source,
    // Of nodes.
    Node,
    Kind,
    Parent,
    Field,
    Index,
    Depth,
    Size,
    Line,
    Column,
    EndLine,
    EndColumn,
    Name,
    ConstantType,
    ConstantValue,
    Enclosing,
    EnclosingName,
    // Of definitions.
    QualifiedName,
    IsAsync,
    Decorators,
    Parameters,
    AnnotatedParameters,
    HasReturns,
    Docstring,
    // Of calls.
    Callee,
    PositionalCount,
    StarCount,
    Keywords,
    DoubleStarCount,
    // Of imports.
    Module,
    Asname,
    Level,
    Resolved,
    InFunction,
    InTypeChecking,
    InTry,
    // Of comments.
    CommentLine,
    CommentColumn,
    CommentEndColumn,
    CommentText,
    // Of files.
    Hash,
    Bytes,
    Lines,
    Nodes,
    MinimumPython,
    Reason,
}

/// How the values of a column are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    Int32,
    UInt16,
    Bool,
    /// One byte that refers to a list of strings which is always the same.
    Code,
    /// Four bytes that refer to the strings of the batch.
    Dictionary,
    Utf8,
    Utf8List,
}

impl Storage {
    pub(crate) fn data_type(self) -> DataType {
        let dictionary = |key| DataType::Dictionary(Box::new(key), Box::new(DataType::Utf8));
        match self {
            Self::Int32 => DataType::Int32,
            Self::UInt16 => DataType::UInt16,
            Self::Bool => DataType::Boolean,
            Self::Code => dictionary(DataType::Int8),
            Self::Dictionary => dictionary(DataType::Int32),
            Self::Utf8 => DataType::Utf8,
            Self::Utf8List => DataType::new_list(DataType::Utf8, true),
        }
    }
}

impl ColumnValue {
    pub(crate) fn storage(self) -> Storage {
        match self {
            Self::Depth => Storage::UInt16,
            Self::Kind | Self::Field | Self::ConstantType => Storage::Code,
            Self::File | Self::Name | Self::ConstantValue | Self::EnclosingName | Self::QualifiedName => {
                Storage::Dictionary
            }
            Self::Callee | Self::Module | Self::Asname | Self::Resolved => Storage::Dictionary,
            Self::IsAsync | Self::HasReturns => Storage::Bool,
            Self::InFunction | Self::InTypeChecking | Self::InTry => Storage::Bool,
            Self::Decorators | Self::Parameters | Self::Keywords => Storage::Utf8List,
            Self::Docstring | Self::CommentText | Self::Hash | Self::Reason => Storage::Utf8,
            _ => Storage::Int32,
        }
    }
}

impl ColumnSpec {
    /// The column as Arrow describes it.
    pub fn arrow_field(&self) -> ArrowField {
        ArrowField::new(self.name, self.value.storage().data_type(), true)
    }
}

const fn column(name: &'static str, value: ColumnValue) -> ColumnSpec {
    ColumnSpec { name, value }
}

const FILE: ColumnSpec = column("file", ColumnValue::File);
const SOURCE: ColumnSpec = column("source", ColumnValue::Source);
const NODE: ColumnSpec = column("node", ColumnValue::Node);
const LINENO: ColumnSpec = column("lineno", ColumnValue::Line);
const COL_OFFSET: ColumnSpec = column("col_offset", ColumnValue::Column);
const END_LINENO: ColumnSpec = column("end_lineno", ColumnValue::EndLine);
const END_COL_OFFSET: ColumnSpec = column("end_col_offset", ColumnValue::EndColumn);
const ENCLOSING: ColumnSpec = column("enclosing", ColumnValue::Enclosing);
const ENCLOSING_NAME: ColumnSpec = column("enclosing_name", ColumnValue::EnclosingName);

const NODES: &[ColumnSpec] = &[
    FILE,
    NODE,
    column("kind", ColumnValue::Kind),
    column("parent", ColumnValue::Parent),
    column("field", ColumnValue::Field),
    column("index", ColumnValue::Index),
    column("depth", ColumnValue::Depth),
    column("size", ColumnValue::Size),
    LINENO,
    COL_OFFSET,
    END_LINENO,
    END_COL_OFFSET,
    column("name", ColumnValue::Name),
    column("constant_type", ColumnValue::ConstantType),
    column("constant_value", ColumnValue::ConstantValue),
];

const FILES: &[ColumnSpec] = &[
    FILE,
    column("hash", ColumnValue::Hash),
    column("bytes", ColumnValue::Bytes),
    column("lines", ColumnValue::Lines),
    column("nodes", ColumnValue::Nodes),
    column("minimum_python", ColumnValue::MinimumPython),
    column("reason", ColumnValue::Reason),
];

const DEFINITIONS: &[ColumnSpec] = &[
    FILE,
    NODE,
    column("name", ColumnValue::Name),
    column("qualified_name", ColumnValue::QualifiedName),
    column("kind", ColumnValue::Kind),
    column("is_async", ColumnValue::IsAsync),
    column("decorators", ColumnValue::Decorators),
    column("parameters", ColumnValue::Parameters),
    column("annotated_parameters", ColumnValue::AnnotatedParameters),
    column("has_returns", ColumnValue::HasReturns),
    column("docstring", ColumnValue::Docstring),
    LINENO,
    COL_OFFSET,
    END_LINENO,
    END_COL_OFFSET,
    ENCLOSING,
    ENCLOSING_NAME,
];

const CALLS: &[ColumnSpec] = &[
    FILE,
    NODE,
    column("callee", ColumnValue::Callee),
    column("positional", ColumnValue::PositionalCount),
    column("stars", ColumnValue::StarCount),
    column("keywords", ColumnValue::Keywords),
    column("double_stars", ColumnValue::DoubleStarCount),
    LINENO,
    COL_OFFSET,
    END_LINENO,
    END_COL_OFFSET,
    ENCLOSING,
    ENCLOSING_NAME,
];

const IMPORTS: &[ColumnSpec] = &[
    FILE,
    NODE,
    column("module", ColumnValue::Module),
    column("name", ColumnValue::Name),
    column("asname", ColumnValue::Asname),
    column("level", ColumnValue::Level),
    column("resolved", ColumnValue::Resolved),
    column("in_function", ColumnValue::InFunction),
    column("in_type_checking", ColumnValue::InTypeChecking),
    column("in_try", ColumnValue::InTry),
    LINENO,
    COL_OFFSET,
    END_LINENO,
    END_COL_OFFSET,
    ENCLOSING,
    ENCLOSING_NAME,
];

const CONSTANTS: &[ColumnSpec] = &[
    FILE,
    NODE,
    column("type", ColumnValue::ConstantType),
    column("value", ColumnValue::ConstantValue),
    LINENO,
    COL_OFFSET,
    END_LINENO,
    END_COL_OFFSET,
    ENCLOSING,
    ENCLOSING_NAME,
];

const COMMENTS: &[ColumnSpec] = &[
    FILE,
    column("lineno", ColumnValue::CommentLine),
    column("col_offset", ColumnValue::CommentColumn),
    column("end_col_offset", ColumnValue::CommentEndColumn),
    column("text", ColumnValue::CommentText),
];

impl TableRelation {
    /// Every relation.
    pub const ALL: [Self; 7] = [
        Self::Nodes,
        Self::Files,
        Self::Definitions,
        Self::Calls,
        Self::Imports,
        Self::Constants,
        Self::Comments,
    ];

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nodes => "nodes",
            Self::Files => "files",
            Self::Definitions => "definitions",
            Self::Calls => "calls",
            Self::Imports => "imports",
            Self::Constants => "constants",
            Self::Comments => "comments",
        }
    }

    /// The relation with a name.
    pub fn from_name(name: &str) -> Result<Self, SpecError> {
        let found = Self::ALL.into_iter().find(|relation| relation.name() == name);
        found.ok_or_else(|| SpecError::Relation {
            found: name.to_owned(),
            expected: Self::ALL.iter().map(|relation| relation.name()).collect(),
        })
    }

    /// The columns of a table of sources that are no files: `source` is a number, and stands for `file`.
    pub fn columns_of_sources(self) -> Vec<ColumnSpec> {
        let column = |column: &ColumnSpec| if *column == FILE { SOURCE } else { *column };
        self.columns().iter().map(column).collect()
    }

    /// The columns.
    pub fn columns(self) -> &'static [ColumnSpec] {
        match self {
            Self::Nodes => NODES,
            Self::Files => FILES,
            Self::Definitions => DEFINITIONS,
            Self::Calls => CALLS,
            Self::Imports => IMPORTS,
            Self::Constants => CONSTANTS,
            Self::Comments => COMMENTS,
        }
    }
}
