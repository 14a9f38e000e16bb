//! Code actions: the fixes of findings, one by one and all at once, and comments that suppress findings.

use std::collections::BTreeSet;
use std::path::Path;

use lazyast::rewrite::RewrittenSource;
use serde_json::Value;

use super::diagnostics::diagnostic;
use super::document::Document;
use super::edits::edits_between;
use super::positions::PositionUnit;
use super::protocol::{CodeAction, CodeActionQuestion, Diagnostic, TextRange, document_edit};
use super::settings::{CheckedText, DirectorySettings};
use crate::check::ReportedFinding;

/// The kind of the action that fixes all findings of a document.
pub(super) const FIX_ALL: &str = "source.fixAll.lazyast";
/// The kind of the actions for one finding.
pub(super) const QUICK_FIX: &str = "quickfix";
/// How many findings get actions of their own at once. Each new text is parsed and compared, or checked.
const MAX_QUICK_FIXES: usize = 32;
/// A longer replacement is not shown in a title, in characters.
const MAX_TITLE_CODE: usize = 60;

/// What the actions of one document are made from.
pub(super) struct ActionMaker<'a> {
    pub(super) settings: &'a DirectorySettings,
    pub(super) document: &'a Document,
    /// The path that the document has, or counts as.
    pub(super) path: &'a Path,
    pub(super) checked: &'a CheckedText,
    /// The text of the checked tree.
    pub(super) text: &'a str,
    pub(super) unit: PositionUnit,
    /// Whether the client takes edits for a version of a document.
    pub(super) has_versions: bool,
}

impl ActionMaker<'_> {
    /// The actions that a client asks for.
    pub(super) fn actions(&self, question: &CodeActionQuestion) -> Vec<CodeAction> {
        let wants = |kind: &str| match &question.context.only {
            None => true,
            Some(only) => only.iter().any(|wanted| includes(wanted, kind)),
        };
        let mut actions = Vec::new();
        if wants(QUICK_FIX) {
            actions.extend(self.quick_fixes(question.range));
        }
        if wants(FIX_ALL) {
            actions.extend(self.fix_all());
        }
        actions
    }

    /// The fixes of the findings in a range, and then the comments that suppress them.
    fn quick_fixes(&self, range: TextRange) -> Vec<CodeAction> {
        let positions = self.checked.positions(self.text, self.unit);
        let shown = self.checked.findings.iter().map(|finding| {
            let diagnostic = diagnostic(finding, &self.settings.rules, &positions);
            (finding, diagnostic)
        });
        let is_in_range = |marked: &TextRange| marked.start <= range.end && range.start <= marked.end;
        let shown = shown.filter(|(_, diagnostic)| is_in_range(&diagnostic.range));
        let (mut fixes, mut comments) = (Vec::new(), Vec::new());
        for (finding, diagnostic) in shown.take(MAX_QUICK_FIXES) {
            fixes.extend(self.quick_fix(finding, &diagnostic));
            comments.extend(self.suppression(finding, diagnostic));
        }
        fixes.append(&mut comments);
        fixes
    }

    /// The fix of a finding; `None` if it has none, or if it is not valid there.
    fn quick_fix(&self, finding: &ReportedFinding, diagnostic: &Diagnostic) -> Option<CodeAction> {
        let CheckedText { source, module, .. } = self.checked;
        let rewritten =
            self.settings.fixes.fix_hit(finding.rule?, finding.hit?, source, module.tree())?.ok()?;
        let title = title(&rewritten, finding.rule_id(&self.settings.rules));
        let edit = self.edit(&lazyast::text(&rewritten.source).ok()?)?;
        let diagnostics = vec![diagnostic.clone()];
        Some(CodeAction { title, kind: QUICK_FIX, diagnostics, is_preferred: true, edit })
    }

    /// The comment that suppresses a finding; `None` if none can stand at the end of its line, as in a string.
    fn suppression(&self, finding: &ReportedFinding, diagnostic: Diagnostic) -> Option<CodeAction> {
        finding.rule?;
        let id = finding.rule_id(&self.settings.rules);
        let comment = format!("  # lazyast: ignore[{id}]");
        let next_line = self.checked.module.tree().line_start(finding.last_line + 1);
        let line = self.text.get(..next_line.map_or(self.text.len(), |start| start as usize))?;
        let start = line.strip_suffix('\n').unwrap_or(line).len();
        let new = format!("{}{comment}{}", &self.text[..start], &self.text[start..]);
        let suppressed = self.settings.check(self.path, &new).ok()?;
        let number_in =
            |checked: &CheckedText| checked.findings.iter().filter(|it| it.rule == finding.rule).count();
        let end = start + comment.len();
        let mut comments = suppressed.module.tree().comments();
        let is_comment = comments.any(|comment| comment.0 as usize <= start + 2 && end <= comment.1 as usize);
        if !is_comment || number_in(&suppressed) >= number_in(self.checked) {
            return None;
        }
        let title = format!("Suppress {id} on this line");
        let (diagnostics, edit) = (vec![diagnostic], self.edit(&new)?);
        Some(CodeAction { title, kind: QUICK_FIX, diagnostics, is_preferred: false, edit })
    }

    /// The action that fixes all findings; `None` if this changes nothing.
    fn fix_all(&self) -> Option<CodeAction> {
        let DirectorySettings { rules, fixes, .. } = self.settings;
        let CheckedText { source, module, findings, .. } = self.checked;
        let found: BTreeSet<usize> = findings.iter().filter_map(|finding| finding.rule).collect();
        let fixed = fixes.fix(rules, found, source, module.tree()).ok()?;
        let title = "Fix all findings of lazyast".to_owned();
        let edit = self.edit(&lazyast::text(&fixed.source).ok()?)?;
        Some(CodeAction { title, kind: FIX_ALL, diagnostics: Vec::new(), is_preferred: false, edit })
    }

    /// The edits that make a new text of the document; `None` if there are none.
    fn edit(&self, new: &str) -> Option<Value> {
        let mark = if self.checked.has_byte_order_mark { "\u{feff}" } else { "" };
        let [old, new] = [self.text, new].map(|text| format!("{mark}{text}"));
        let edits = edits_between(&old, &new, self.unit, self.document.line_end());
        let version = self.has_versions.then_some(self.document.version);
        (!edits.is_empty()).then(|| document_edit(&self.document.uri, version, &edits))
    }
}

/// Whether a kind is another one, or below it: `source` includes `source.fixAll`.
fn includes(wanted: &str, kind: &str) -> bool {
    let rest = kind.strip_prefix(wanted);
    rest.is_some_and(|rest| wanted.is_empty() || rest.is_empty() || rest.starts_with('.'))
}

/// What a fix does, for a menu.
fn title(rewritten: &RewrittenSource, rule: &str) -> String {
    match &rewritten.edits[..] {
        [edit] if edit.text.trim().is_empty() => format!("Delete this ({rule})"),
        [edit] if !edit.text.contains('\n') && edit.text.chars().count() <= MAX_TITLE_CODE => {
            format!("Write `{}` ({rule})", edit.text.trim())
        }
        _ => format!("Fix this ({rule})"),
    }
}
