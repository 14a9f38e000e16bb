//! Findings for people: the lines of the source, with the finding underlined, or one line for each.

use annotate_snippets::renderer::DEFAULT_TERM_WIDTH;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use lazyast::rules::{RuleSet, Severity};

use crate::check::finding::ReportedFinding;
use crate::workflow_command::annotation;

/// The finding with lines of its source.
pub(in crate::check) fn full(finding: &ReportedFinding, rules: &RuleSet, has_color: bool) -> String {
    let level = match finding.severity(rules) {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
        Severity::Hint => Level::HELP.with_name("hint"),
    };
    let rule = finding.rule(rules);
    let excerpt = &finding.excerpt;
    let mut title = level.primary_title(&finding.message).id(finding.rule_id(rules));
    if let Some(url) = rule.and_then(|rule| rule.url()) {
        title = title.id_url(url);
    }
    let snippet = Snippet::source(&excerpt.text)
        .line_start(excerpt.first_line as usize)
        .path(&finding.path)
        .annotation(AnnotationKind::Primary.span(excerpt.underlined.clone()));
    let mut group: Group<'_> = title.element(snippet);
    if let Some(note) = rule.and_then(|rule| rule.note()) {
        group = group.element(Level::NOTE.message(note));
    }
    if let Some(fix) = rule.and_then(|rule| rule.fix()) {
        group = group.element(Level::HELP.message(format!("write {fix}")));
    }
    let renderer = if has_color { Renderer::styled() } else { Renderer::plain() };
    let mut text = renderer.term_width(DEFAULT_TERM_WIDTH).render(&[group]);
    text.push('\n');
    text
}

/// The finding on one line.
pub(in crate::check) fn concise(finding: &ReportedFinding, rules: &RuleSet) -> String {
    format!(
        "{}:{}:{}: {}[{}] {}\n",
        finding.path,
        finding.start.line,
        finding.start.byte,
        finding.severity(rules),
        finding.rule_id(rules),
        finding.message,
    )
}

/// The finding as an annotation of GitHub Actions.
pub(in crate::check) fn github(finding: &ReportedFinding, rules: &RuleSet) -> String {
    let level = match finding.severity(rules) {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Hint => "notice",
    };
    let title = format!("lazyast ({})", finding.rule_id(rules));
    annotation(level, &finding.path, Some((finding.start, finding.end)), &title, &finding.message)
}
