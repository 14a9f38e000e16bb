//! The parts of the Language Server Protocol 3.17 that the server uses, with the protocol's names of keys and methods.
//!
//! The crates with all types of the protocol take longer to compile than all that uses them here.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The names of methods.
pub(super) mod method {
    pub(crate) const CANCEL: &str = "$/cancelRequest";
    pub(crate) const CODE_ACTION: &str = "textDocument/codeAction";
    pub(crate) const DID_CHANGE: &str = "textDocument/didChange";
    pub(crate) const DID_CHANGE_DIRECTORIES: &str = "workspace/didChangeWorkspaceFolders";
    pub(crate) const DID_CHANGE_FILES: &str = "workspace/didChangeWatchedFiles";
    pub(crate) const DID_CLOSE: &str = "textDocument/didClose";
    pub(crate) const DID_OPEN: &str = "textDocument/didOpen";
    pub(crate) const DID_SAVE: &str = "textDocument/didSave";
    pub(crate) const EXIT: &str = "exit";
    pub(crate) const INITIALIZED: &str = "initialized";
    pub(crate) const LOG: &str = "window/logMessage";
    pub(crate) const PUBLISH: &str = "textDocument/publishDiagnostics";
    pub(crate) const REGISTER: &str = "client/registerCapability";
    pub(crate) const SHOW: &str = "window/showMessage";
    pub(crate) const SHUTDOWN: &str = "shutdown";
}

/// A position in a document: a line, and in it what a [`PositionUnit`](super::positions::PositionUnit) counts. Both from 0.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub(super) struct TextPosition {
    pub(super) line: u32,
    pub(super) character: u32,
}

/// A part of a document.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct TextRange {
    pub(super) start: TextPosition,
    pub(super) end: TextPosition,
}

/// A change of a document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TextEdit {
    pub(super) range: TextRange,
    pub(super) new_text: String,
}

/// Something that was found in a document.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Diagnostic {
    pub(super) range: TextRange,
    /// 1 for an error, 2 for a warning, 3 for an information, 4 for a hint.
    pub(super) severity: u8,
    pub(super) code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code_description: Option<CodeDescription>,
    pub(super) source: &'static str,
    pub(super) message: String,
}

/// Where to read more about a diagnostic.
#[derive(Clone, Debug, Serialize)]
pub(super) struct CodeDescription {
    pub(super) href: String,
}

/// Something that the client can do with a document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CodeAction {
    pub(super) title: String,
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) is_preferred: bool,
    pub(super) edit: Value,
}

/// The edits of one document, as an action has them: for a version of it, if the client takes that.
pub(super) fn document_edit(uri: &str, version: Option<i32>, edits: &[TextEdit]) -> Value {
    match version {
        Some(version) => {
            let document = json!({ "uri": uri, "version": version });
            json!({ "documentChanges": [{ "textDocument": document, "edits": edits }] })
        }
        None => json!({ "changes": { uri: edits } }),
    }
}

/// The parameters of `didOpen`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OpenedDocument {
    pub(super) text_document: TextDocumentItem,
}

/// A document with its text.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TextDocumentItem {
    pub(super) uri: String,
    pub(super) language_id: String,
    pub(super) version: i32,
    pub(super) text: String,
}

/// The parameters of `didChange`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChangedDocument {
    pub(super) text_document: VersionedDocument,
    pub(super) content_changes: Vec<ContentChange>,
}

/// A version of a document.
#[derive(Debug, Deserialize)]
pub(super) struct VersionedDocument {
    pub(super) uri: String,
    pub(super) version: i32,
}

/// A part of a document that has another text; without a range, the whole document has it.
#[derive(Debug, Deserialize)]
pub(super) struct ContentChange {
    pub(super) range: Option<TextRange>,
    pub(super) text: String,
}

/// The parameters of `didSave` and `didClose`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NamedDocument {
    pub(super) text_document: DocumentName,
}

/// The name of a document.
#[derive(Debug, Deserialize)]
pub(super) struct DocumentName {
    pub(super) uri: String,
}

/// The parameters of `didChangeWorkspaceFolders`.
#[derive(Debug, Deserialize)]
pub(super) struct ChangedDirectories {
    pub(super) event: DirectoriesEvent,
}

/// Directories that were opened and closed.
#[derive(Debug, Deserialize)]
pub(super) struct DirectoriesEvent {
    pub(super) added: Vec<DocumentName>,
    pub(super) removed: Vec<DocumentName>,
}

/// The parameters of `codeAction`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CodeActionQuestion {
    pub(super) text_document: DocumentName,
    pub(super) range: TextRange,
    pub(super) context: CodeActionContext,
}

/// Which actions the client asks for.
#[derive(Debug, Deserialize)]
pub(super) struct CodeActionContext {
    /// The kinds; without them, all.
    pub(super) only: Option<Vec<String>>,
}
