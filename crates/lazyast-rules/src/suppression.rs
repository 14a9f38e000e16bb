//! Suppressions: comments that say which findings are meant.
//!
//! `# noqa` and `# lazyast: ignore` suppress all rules, `# noqa: ID` and `# lazyast: ignore[ID, ID]` these rules. A comment
//! counts for a finding if it stands on one of its lines; of a statement with a block, only the lines before the block
//! count.

use std::cell::Cell;
use std::ops::RangeInclusive;

use lazyast_format::{Damage, Field, Tree};
use lazyast_query::Hit;

/// The comments of a source that suppress findings.
#[derive(Debug, Default)]
pub struct Suppressions<'t> {
    comments: Vec<Suppression<'t>>,
}

/// A comment that suppresses findings.
#[derive(Debug)]
pub struct Suppression<'t> {
    /// The line, counted from 1.
    pub line: u32,
    /// The start and the end of the directive in the text, in bytes.
    pub range: (u32, u32),
    /// The directive, without what stands before it.
    pub text: &'t str,
    /// Whether it is a `noqa`, which other programs read as well.
    pub is_noqa: bool,
    /// The rules, and whether each suppressed something. Without any, all rules are meant.
    rules: Vec<(&'t str, Cell<bool>)>,
    is_used: Cell<bool>,
}

impl<'t> Suppressions<'t> {
    /// Finds the comments of a source that suppress findings.
    pub fn of(tree: &Tree<'_>, text: &'t str) -> Result<Self, Damage> {
        let mut comments = Vec::new();
        for (start, end) in tree.comments() {
            let Some(comment) = text.get(start as usize..end as usize) else { continue };
            if let Some((offset, mut suppression)) = parse(comment) {
                let first = start + offset as u32;
                suppression.range = (first, first + suppression.text.len() as u32);
                suppression.line = tree.position(start)?.line;
                comments.push(suppression);
            }
        }
        Ok(Self { comments })
    }

    /// Whether a comment on one of the lines suppresses a rule. The comment counts as used.
    pub fn suppress(&self, lines: RangeInclusive<u32>, rule: &str) -> bool {
        let first = self.comments.partition_point(|comment| comment.line < *lines.start());
        let on_lines = self.comments[first..].iter().take_while(|comment| comment.line <= *lines.end());
        let mut is_suppressed = false;
        for comment in on_lines {
            if comment.rules.is_empty() {
                comment.is_used.set(true);
                is_suppressed = true;
            }
            for (_, is_used) in comment.rules.iter().filter(|(id, _)| *id == rule) {
                is_used.set(true);
                comment.is_used.set(true);
                is_suppressed = true;
            }
        }
        is_suppressed
    }

    /// The comments that suppressed nothing so far, each with the rules among `ids` that it names in vain. A `noqa` is for
    /// other programs as well, so it counts only for the rules among `ids`.
    pub fn unused(&self, is_rule: impl Fn(&str) -> bool) -> Vec<(&Suppression<'t>, Vec<&'t str>)> {
        let mut unused = Vec::new();
        for comment in &self.comments {
            let in_vain = comment
                .rules
                .iter()
                .filter(|(id, is_used)| !is_used.get() && (!comment.is_noqa || is_rule(id)));
            let in_vain: Vec<&str> = in_vain.map(|(id, _)| *id).collect();
            let is_empty_and_ours = comment.rules.is_empty() && !comment.is_noqa;
            if !in_vain.is_empty() || is_empty_and_ours && !comment.is_used.get() {
                unused.push((comment, in_vain));
            }
        }
        unused
    }
}

/// The suppression in the text of a comment, and where in the comment it starts.
fn parse(comment: &str) -> Option<(usize, Suppression<'_>)> {
    let mut from = 0;
    while let Some(hash) = comment[from..].find('#').map(|at| at + from) {
        let after = comment[hash + 1..].trim_start();
        let offset = comment.len() - after.len();
        if let Some((length, rules)) = parse_ignore(after) {
            return Some((hash, suppression(&comment[hash..offset + length], false, rules)));
        }
        if let Some((length, rules)) = parse_noqa(after) {
            return Some((hash, suppression(&comment[hash..offset + length], true, rules)));
        }
        from = hash + 1;
    }
    None
}

fn suppression<'t>(text: &'t str, is_noqa: bool, rules: Vec<&'t str>) -> Suppression<'t> {
    let rules = rules.into_iter().map(|rule| (rule, Cell::new(false))).collect();
    Suppression { line: 0, range: (0, 0), text, is_noqa, rules, is_used: Cell::new(false) }
}

/// `lazyast: ignore` and `lazyast: ignore[ID, ID]`: the length, and the rules.
fn parse_ignore(text: &str) -> Option<(usize, Vec<&str>)> {
    let after = text.strip_prefix("lazyast:")?.trim_start().strip_prefix("ignore")?;
    let length = text.len() - after.len();
    let Some(list) = after.strip_prefix('[') else {
        // `ignore-file` and the like mean something else, or nothing.
        let goes_on = after.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '-' | '_'));
        return (!goes_on).then(|| (length, Vec::new()));
    };
    let (list, _) = list.split_once(']')?;
    let rules: Vec<&str> = list.split(',').map(str::trim).filter(|rule| !rule.is_empty()).collect();
    (!rules.is_empty()).then_some((length + list.len() + 2, rules))
}

/// `noqa` and `noqa: ID, ID` in any case: the length, and the rules.
fn parse_noqa(text: &str) -> Option<(usize, Vec<&str>)> {
    let (word, after) = text.split_at_checked("noqa".len())?;
    if !word.eq_ignore_ascii_case("noqa")
        || after.starts_with(|next: char| next.is_alphanumeric() || next == '_')
    {
        return None;
    }
    let Some(list) = after.strip_prefix(':') else { return Some((word.len(), Vec::new())) };
    let (list, _) = list.split_once('#').unwrap_or((list, ""));
    let rules: Vec<&str> = list.split([',', ' ', '\t']).filter(|rule| !rule.is_empty()).collect();
    // `# noqa: ` without identifiers is a `noqa` for programs that know it.
    let length = text.len() - after.len() + 1 + list.trim_end().len();
    Some((if rules.is_empty() { word.len() } else { length }, rules))
}

/// The lines of a hit on which comments count.
pub fn lines_of_hit(tree: &Tree<'_>, hit: Hit) -> Result<RangeInclusive<u32>, Damage> {
    let (start, end) = hit.range(tree, None)?;
    let first = tree.position(start)?.line;
    if let Some(node) = tree.node(hit.node).filter(|_| hit.last == hit.node) {
        for child in node.children() {
            let (field, child) = child?;
            if matches!(field, Field::Body | Field::Cases)
                && !matches!(tree.kind(hit.node)?, lazyast_format::Kind::Lambda | lazyast_format::Kind::IfExp)
            {
                let block = tree.position(tree.range(child.id())?.0)?.line;
                return Ok(first..=block.saturating_sub(1).max(first));
            }
        }
    }
    Ok(first..=tree.position(end)?.line)
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn rules(comment: &str) -> Option<(bool, Vec<&str>)> {
        let (_, suppression) = parse(comment)?;
        Some((suppression.is_noqa, suppression.rules.iter().map(|(id, _)| *id).collect()))
    }

    #[test]
    fn directives_are_found_in_comments() {
        assert_eq!(rules("# noqa"), Some((true, vec![])));
        assert_eq!(rules("#NoQA:E501,no-eval"), Some((true, vec!["E501", "no-eval"])));
        assert_eq!(rules("# type: ignore # noqa: a b  # why"), Some((true, vec!["a", "b"])));
        assert_eq!(rules("# lazyast: ignore"), Some((false, vec![])));
        assert_eq!(rules("# x # lazyast:ignore[a, b] because"), Some((false, vec!["a", "b"])));
        for none in
            ["# noqab", "# a noqa", "# lazyast: ignore-file", "# lazyast: ignore[]", "# lazyast: ignore[a"]
        {
            assert_eq!(rules(none), None, "{none}");
        }
    }

    #[test]
    fn the_text_of_a_directive_ends_with_it() {
        let text = |comment| parse(comment).map(|(at, suppression)| (at, suppression.text));
        assert_eq!(text("# a # noqa: b, c  # d"), Some((4, "# noqa: b, c")));
        assert_eq!(text("# lazyast: ignore[b] c"), Some((0, "# lazyast: ignore[b]")));
        assert_eq!(text("# noqa c"), Some((0, "# noqa")));
    }
}
