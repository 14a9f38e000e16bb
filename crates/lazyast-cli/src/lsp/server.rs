//! The server: it receives messages, answers them, and checks documents when no message is left.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::actions::{ActionMaker, FIX_ALL, QUICK_FIX};
use super::arguments::LspArguments;
use super::diagnostics::diagnostic;
use super::document::Document;
use super::positions::PositionUnit;
use super::protocol::{
    ChangedDirectories, ChangedDocument, CodeActionQuestion, Diagnostic, DocumentName, NamedDocument,
    OpenedDocument, method,
};
use super::settings::SettingsProblem;
use super::uri::path_of;
use super::workspace::Workspace;
use crate::error::CommandError;

/// The files whose changes the client reports: those that may have rules or other settings.
const WATCHED: &str = "**/*.{toml,yaml,yml,json}";
/// The types of messages.
const ERROR: u8 = 1;
const INFO: u8 = 3;

/// Serves the client at standard input and output, until it ends the session.
pub(crate) fn serve(arguments: LspArguments) -> Result<(), CommandError> {
    let (connection, threads) = Connection::stdio();
    let code = match connection.initialize_start() {
        Ok((id, parameters)) => {
            let server = Server::new(arguments, connection, &parameters);
            server.send(Response::new_ok(id, server.capabilities()));
            server.run()
        }
        Err(error) if error.channel_is_disconnected() => {
            // The thread that writes ends with it.
            drop(connection);
            1
        }
        Err(error) => return Err(CommandError::new(error.to_string())),
    };
    threads.join()?;
    CommandError::of_exit_code(code)
}

/// A session with one client.
struct Server {
    connection: Connection,
    unit: PositionUnit,
    /// Whether the client takes edits for a version of a document.
    has_versions: bool,
    /// Whether the client reports changes of files to a server that asks it to.
    has_watchers: bool,
    workspace: Workspace,
    documents: BTreeMap<String, Document>,
    /// Messages that were received and not answered yet.
    queue: VecDeque<Message>,
    /// Whether the client has asked to end the session.
    is_shut_down: bool,
}

impl Server {
    /// A session, from the parameters of `initialize`.
    fn new(arguments: LspArguments, connection: Connection, parameters: &Value) -> Self {
        let is_supported = |capability: &str| {
            let value = parameters.pointer(&format!("/capabilities/workspace/{capability}"));
            value.and_then(Value::as_bool).unwrap_or(false)
        };
        let listed: Vec<DocumentName> = read(&parameters["workspaceFolders"]).unwrap_or_default();
        let mut directories = directories_of(&listed);
        if directories.is_empty() {
            // Older clients have one directory.
            let root = parameters["rootUri"].as_str();
            directories.extend(root.and_then(path_of));
        }
        Self {
            connection,
            unit: PositionUnit::negotiated(parameters),
            has_versions: is_supported("workspaceEdit/documentChanges"),
            has_watchers: is_supported("didChangeWatchedFiles/dynamicRegistration"),
            workspace: Workspace::new(arguments, directories),
            documents: BTreeMap::new(),
            queue: VecDeque::new(),
            is_shut_down: false,
        }
    }

    /// The answer to `initialize`.
    fn capabilities(&self) -> Value {
        json!({
            "serverInfo": { "name": "lazyast", "version": env!("CARGO_PKG_VERSION") },
            "capabilities": {
                "positionEncoding": self.unit.name(),
                // Changes come as edits.
                "textDocumentSync": { "openClose": true, "change": 2, "save": true },
                "codeActionProvider": { "codeActionKinds": [QUICK_FIX, FIX_ALL] },
                "workspace": { "workspaceFolders": { "supported": true, "changeNotifications": true } },
            },
        })
    }

    /// Answers messages until the session ends, and returns the exit code.
    fn run(mut self) -> u8 {
        // The connection hands over one message at a time. A thread takes them at once, so that all that have come during
        // a check are seen together: of many changes only the last is checked, and cancelled requests are dropped.
        let (sender, messages) = mpsc::channel();
        let receiver = self.connection.receiver.clone();
        thread::spawn(move || receiver.iter().try_for_each(|message| sender.send(message)));
        loop {
            messages.try_iter().for_each(|message| self.receive(message));
            if let Some(message) = self.queue.pop_front() {
                if let Some(code) = self.handle(message) {
                    return code;
                }
            } else if let Some(uri) = self.stale_document() {
                self.check(&uri);
            } else if let Ok(message) = messages.recv() {
                self.receive(message);
            } else {
                // The client has gone without saying so.
                return 1;
            }
        }
    }

    /// Puts a message into the queue. A request that it cancels is answered.
    fn receive(&mut self, message: Message) {
        let Some(cancelled) = cancelled_request(&message) else { return self.queue.push_back(message) };
        let is_meant =
            |message: &Message| matches!(message, Message::Request(request) if request.id == cancelled);
        if let Some(index) = self.queue.iter().position(is_meant) {
            self.queue.remove(index);
            let code = ErrorCode::RequestCanceled as i32;
            self.send(Response::new_err(cancelled, code, "the request was cancelled".to_owned()));
        }
    }

    /// Handles a message. Returns the exit code if the session ends.
    fn handle(&mut self, message: Message) -> Option<u8> {
        match message {
            Message::Request(request) => {
                let answer = self.answer(request);
                self.send(answer);
            }
            Message::Notification(notification) if notification.method == method::EXIT => {
                return Some(u8::from(!self.is_shut_down));
            }
            Message::Notification(notification) if !self.is_shut_down => self.take(notification),
            Message::Notification(_) | Message::Response(_) => {}
        }
        None
    }

    fn answer(&mut self, request: Request) -> Response {
        let Request { id, method, params } = request;
        let error = |code: ErrorCode, message: String| Response::new_err(id.clone(), code as i32, message);
        match method.as_str() {
            _ if self.is_shut_down => error(ErrorCode::InvalidRequest, "the server was shut down".to_owned()),
            method::SHUTDOWN => {
                self.is_shut_down = true;
                Response::new_ok(id, Value::Null)
            }
            method::CODE_ACTION => match serde_json::from_value::<CodeActionQuestion>(params) {
                Ok(question) => Response::new_ok(id, self.actions(&question)),
                Err(problem) => error(ErrorCode::InvalidParams, problem.to_string()),
            },
            _ => error(ErrorCode::MethodNotFound, format!("{method} is not supported")),
        }
    }

    /// Takes what the client tells.
    fn take(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        let taken = match method.as_str() {
            method::INITIALIZED => {
                self.watch_files();
                Ok(())
            }
            method::DID_OPEN => parsed(params).map(|it| self.open(it)),
            method::DID_CHANGE => parsed(params).map(|it| self.change(it)),
            method::DID_SAVE => parsed(params).map(|it| self.save(&it)),
            method::DID_CLOSE => parsed(params).map(|it| self.close(&it)),
            method::DID_CHANGE_DIRECTORIES => parsed(params).map(|it| self.change_directories(&it)),
            method::DID_CHANGE_FILES => {
                self.refresh();
                Ok(())
            }
            // What this server does not know may be ignored.
            _ => Ok(()),
        };
        if let Err(error) = taken {
            self.log(ERROR, format!("{method}: {error}"));
        }
    }

    fn open(&mut self, opened: OpenedDocument) {
        self.refresh();
        if let Some(document) = Document::new(opened.text_document) {
            self.documents.insert(document.uri.clone(), document);
        }
    }

    fn change(&mut self, changed: ChangedDocument) {
        let ChangedDocument { text_document, content_changes } = changed;
        if let Some(document) = self.documents.get_mut(&text_document.uri) {
            document.change(text_document.version, content_changes, self.unit);
        }
    }

    fn save(&mut self, saved: &NamedDocument) {
        self.refresh();
        if let Some(document) = self.documents.get_mut(&saved.text_document.uri) {
            // A file that is new may be one that is passed over.
            document.forget_settings();
        }
    }

    fn close(&mut self, closed: &NamedDocument) {
        if let Some(document) = self.documents.remove(&closed.text_document.uri) {
            self.publish(&document.uri, &[], None);
        }
    }

    fn change_directories(&mut self, changed: &ChangedDirectories) {
        let event = &changed.event;
        self.workspace.change(directories_of(&event.added), &directories_of(&event.removed));
        self.documents.values_mut().for_each(Document::forget_settings);
    }

    /// Reads settings again whose files have changed.
    fn refresh(&mut self) {
        if self.workspace.forget_changed() {
            self.documents.values_mut().for_each(Document::forget_settings);
        }
    }

    /// Asks the client to report changes of files. Clients that cannot do that have theirs noticed when documents are
    /// opened and saved.
    fn watch_files(&self) {
        if self.has_watchers {
            let registration = json!({
                "id": "settings",
                "method": method::DID_CHANGE_FILES,
                "registerOptions": { "watchers": [{ "globPattern": WATCHED }] },
            });
            let parameters = json!({ "registrations": [registration] });
            let id = RequestId::from("watch".to_owned());
            self.send(Request::new(id, method::REGISTER.to_owned(), parameters));
        }
    }

    /// A document that has to be checked.
    fn stale_document(&self) -> Option<String> {
        let stale = self.documents.values().find(|document| document.is_stale);
        stale.map(|document| document.uri.clone())
    }

    /// Checks a document and publishes what was found. While it cannot be parsed, nothing is published: the client keeps
    /// the last findings, and moves them with the text.
    fn check(&mut self, uri: &str) {
        let Some(mut document) = self.documents.remove(uri) else { return };
        let path = document.path.clone().unwrap_or_else(|| self.workspace.path_of_unsaved());
        let mut problems = Vec::new();
        let settings = self.workspace.settings_of(&path, |problem| problems.push(message_of(problem)));
        problems.into_iter().for_each(|(kind, message)| self.tell(kind, message));
        let Some(settings) = settings else {
            document.is_stale = false;
            self.publish(uri, &[], Some(document.version));
            self.documents.insert(uri.to_owned(), document);
            return;
        };
        let failed = document.check(&settings, &path).err();
        let mut diagnostics = Vec::new();
        let mut told: Vec<String> = failed.iter().map(|reason| format!("not checked: {reason}")).collect();
        if let Some(checked) = &document.checked {
            told.extend(checked.errors.iter().cloned());
            if let Ok(text) = lazyast::text(&checked.source) {
                let positions = checked.positions(&text, self.unit);
                let found = checked.findings.iter();
                diagnostics.extend(found.map(|finding| diagnostic(finding, &settings.rules, &positions)));
            }
        }
        if failed.is_none() {
            self.publish(uri, &diagnostics, Some(document.version));
        }
        // While somebody types, the reason changes with each letter.
        if document.told.is_empty() {
            told.iter().for_each(|line| self.log(INFO, format!("{}: {line}", path.display())));
        }
        document.told = told;
        self.documents.insert(uri.to_owned(), document);
    }

    /// The code actions for a part of a document.
    fn actions(&mut self, question: &CodeActionQuestion) -> Value {
        let uri = &question.text_document.uri;
        if self.documents.get(uri).is_some_and(|document| document.is_stale) {
            self.check(uri);
        }
        let Some(document) = self.documents.get(uri) else { return json!([]) };
        let path = document.path.clone().unwrap_or_else(|| self.workspace.path_of_unsaved());
        let settings = self.workspace.settings_of(&path, |_| ());
        let (Some(settings), Some(checked)) = (settings, &document.checked) else { return json!([]) };
        let Ok(text) = lazyast::text(&checked.source) else { return json!([]) };
        let maker = ActionMaker {
            settings: &settings,
            document,
            path: &path,
            checked,
            text: &text,
            unit: self.unit,
            has_versions: self.has_versions,
        };
        json!(maker.actions(question))
    }

    fn publish(&self, uri: &str, diagnostics: &[Diagnostic], version: Option<i32>) {
        let mut parameters = json!({ "uri": uri, "diagnostics": diagnostics });
        if let Some(version) = version {
            parameters["version"] = version.into();
        }
        self.notify(method::PUBLISH, parameters);
    }

    /// Shows a message to the user, if it is an error, and logs it.
    fn tell(&self, kind: u8, message: String) {
        if kind == ERROR {
            let message = format!("lazyast: {message}");
            self.notify(method::SHOW, json!({ "type": kind, "message": message }));
        }
        self.log(kind, message);
    }

    fn log(&self, kind: u8, message: String) {
        self.notify(method::LOG, json!({ "type": kind, "message": message }));
    }

    fn notify(&self, method: &str, parameters: Value) {
        self.send(Notification::new(method.to_owned(), parameters));
    }

    fn send(&self, message: impl Into<Message>) {
        // If the client has gone, the end of its messages ends the session.
        let _ = self.connection.sender.send(message.into());
    }
}

/// The request that a message cancels.
fn cancelled_request(message: &Message) -> Option<RequestId> {
    let Message::Notification(notification) = message else { return None };
    if notification.method != method::CANCEL {
        return None;
    }
    read(&notification.params["id"])
}

fn message_of(problem: &SettingsProblem) -> (u8, String) {
    let kind = if problem.is_error { ERROR } else { INFO };
    (kind, problem.message.clone())
}

fn directories_of(listed: &[DocumentName]) -> Vec<PathBuf> {
    listed.iter().filter_map(|directory| path_of(&directory.uri)).collect()
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

fn parsed<T: DeserializeOwned>(parameters: Value) -> Result<T, serde_json::Error> {
    serde_json::from_value(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancelled_request_is_answered_at_once() {
        let (server, client) = Connection::memory();
        let mut server = Server::new(LspArguments::default(), server, &json!({ "capabilities": {} }));
        let request = |id: i32| Request::new(id.into(), method::CODE_ACTION.to_owned(), json!({}));
        let cancel = |id: Value| Notification::new(method::CANCEL.to_owned(), json!({ "id": id }));
        server.receive(request(1).into());
        server.receive(request(2).into());
        server.receive(cancel(json!(1)).into());
        server.receive(cancel(json!("2")).into());
        server.receive(request(1).into());
        let Ok(Message::Response(response)) = client.receiver.try_recv() else { panic!("no response") };
        assert_eq!(response.id, 1.into());
        let code = response.response_result.map_err(|error| error.code);
        assert_eq!(code, Err(ErrorCode::RequestCanceled as i32));
        assert!(client.receiver.is_empty());
        assert_eq!(server.queue.len(), 2);
    }
}
