//! [`QueryRewrite`]: a query with a template, and what it makes of a source.

use std::collections::HashMap;
use std::fmt;

use lazyast_format::{Archive, Damage, Kind, NodeId, Tree};
use lazyast_query::{ExecutionError, Hit, ParseFailure, ParseFn, Query, QueryError};

use crate::edit::Edit;
use crate::indent::finish;
use crate::layout::Layout;
use crate::nodes::{children, is_definition};
use crate::plan::{PlannedHit, TemplateSort, plan};
use crate::render::{RenderError, Renderer, TemplateCode};
use crate::skip::SkippedHit;
use crate::source::{Source, is_statement};
use crate::template::Template;
use crate::verify::Verifier;

/// A query with the template that replaces its hits.
pub struct QueryRewrite<B> {
    query: Query,
    /// `None` deletes statements.
    template: Option<Template<B>>,
}

/// What a rewrite makes of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewritten {
    /// The edits, in the order of the text. They do not overlap.
    pub edits: Vec<Edit>,
    /// The number of hits that were replaced, those inside of captures included.
    pub replaced: usize,
    /// The hits that stay as they are.
    pub skipped: Vec<SkippedHit>,
}

/// Why a source cannot be rewritten.
#[derive(Debug)]
#[non_exhaustive]
pub enum RewriteError {
    /// The query could not be evaluated, or the archive is damaged.
    Execution(ExecutionError),
    /// The new source cannot be parsed.
    Unparsable {
        /// The line of the old source whose replacement is wrong, counted from 1.
        line: u32,
        /// What the parser says.
        message: String,
    },
    /// The new source needs a newer Python than the old one and the template.
    NewerPython {
        /// The minor version of that Python.
        minor: u8,
    },
    /// The tree of the new source is not the old one with the replacements.
    OtherTree {
        /// The line of the old source whose replacement is wrong, counted from 1.
        line: u32,
        /// The kind of node that was expected.
        expected: &'static str,
    },
}

impl fmt::Display for RewriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Execution(error) => error.fmt(f),
            Self::Unparsable { line, message } => {
                write!(f, "the replacement in line {line} is not valid there: {message}")
            }
            Self::NewerPython { minor } => write!(f, "the new source would need Python 3.{minor}"),
            Self::OtherTree { line, expected } => {
                write!(f, "the replacement in line {line} would mean something else: expected {expected}")
            }
        }
    }
}

impl std::error::Error for RewriteError {}

impl From<Damage> for RewriteError {
    fn from(damage: Damage) -> Self {
        Self::Execution(ExecutionError::Damage(damage))
    }
}

impl From<ExecutionError> for RewriteError {
    fn from(error: ExecutionError) -> Self {
        Self::Execution(error)
    }
}

/// The parser of a new source, which gets the edits of the old one.
pub type ParseEditsFn<'p, B> = dyn Fn(&[Edit]) -> Result<Archive<B>, ParseFailure> + 'p;

impl<B: AsRef<[u8]>> QueryRewrite<B> {
    /// Compiles a template for the hits of a query. An empty template deletes statements.
    pub fn new(query: &Query, template: &str, parse: &ParseFn<'_, B>) -> Result<Self, QueryError> {
        let template = template.replace("\r\n", "\n").replace('\r', "\n");
        let template = match template.trim() {
            "" => None,
            _ => Some(Template::compile(&template, query, parse)?),
        };
        Ok(Self { query: query.clone(), template })
    }

    /// The query.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Replaces hits of the query in a source. `text` is the text of `tree`, and `parse` parses it with edits.
    ///
    /// The new source is parsed, and its tree compared with the old one. There are edits only if it is as expected.
    pub fn rewrite(
        &self,
        tree: &Tree<'_>,
        text: &str,
        hits: &[Hit],
        parse: &ParseEditsFn<'_, B>,
    ) -> Result<Rewritten, RewriteError> {
        let source = Source::new(tree, text)?;
        let template_tree = self.template.as_ref().map(|template| template.fragment.tree());
        let template_tree =
            template_tree.transpose().map_err(|_| Damage::new("the template is damaged", 0))?;
        let code = match (&self.template, &template_tree) {
            (Some(template), Some(tree)) => {
                let layout = Layout::new(template.fragment.code(), tree, template.fragment.offset())?;
                Some(TemplateCode { template, tree, layout })
            }
            _ => None,
        };
        let sort = code.as_ref().map_or(Ok(TemplateSort::Nothing), sort)?;
        let (planned, mut skipped) = plan(&source, &self.query, sort, hits)?;
        let mut renderer = Renderer {
            source: &source,
            code,
            hits: &planned,
            rendered: vec![None; planned.len()],
            placed: vec![None; planned.len()],
        };
        for index in (0..planned.len()).rev() {
            match renderer.render(index) {
                Ok(()) => {}
                Err(RenderError::Skip(reason)) => skipped.push((planned[index].hit, reason)),
                Err(RenderError::Damage(damage)) => return Err(damage.into()),
            }
        }
        skipped.sort_by_key(|(hit, _)| *hit);
        let skipped = skipped
            .into_iter()
            .map(|(hit, reason)| {
                let start = tree.range(hit.node)?.0;
                Ok(SkippedHit { hit, line: tree.position(start)?.line, reason })
            })
            .collect::<Result<_, Damage>>()?;
        let Renderer { code, placed, .. } = renderer;
        let mut edits: Vec<Edit> = Vec::new();
        for (hit, placed) in planned.iter().zip(&placed) {
            let Some(placed) = placed else { continue };
            let (start, end) = (hit.range.0 as u32, hit.range.1 as u32);
            if edits.last().is_none_or(|last| last.end <= start) {
                edits.push(Edit { start, end, text: finish(&placed.text), hit: hit.hit });
            }
        }
        let replaced = placed.iter().filter(|placed| placed.is_some()).count();
        let rewritten = Rewritten { edits, replaced, skipped };
        if rewritten.edits.is_empty() {
            return Ok(rewritten);
        }
        let by_node = planned.iter().zip(&placed).enumerate().filter(|(_, (_, placed))| placed.is_some());
        let by_node = by_node.map(|(index, (hit, _))| (hit.nodes.0, index)).collect();
        self.check(&source, code.as_ref(), &planned, by_node, &rewritten.edits, parse)?;
        Ok(rewritten)
    }

    /// Parses the new source, and compares its tree with the expected one.
    fn check(
        &self,
        source: &Source<'_, '_>,
        code: Option<&TemplateCode<'_, B>>,
        planned: &[PlannedHit<'_>],
        by_node: HashMap<NodeId, usize>,
        edits: &[Edit],
        parse: &ParseEditsFn<'_, B>,
    ) -> Result<(), RewriteError> {
        let archive = parse(edits).map_err(|failure| RewriteError::Unparsable {
            line: failure.offset.map_or(1, |offset| old_line(source.tree, edits, offset)),
            message: failure.message,
        })?;
        let new = archive.tree().map_err(|_| Damage::new("the new archive is damaged", 0))?;
        let of_template = code.map_or(0, |code| code.tree.header().facts.minimum_python);
        let minor = new.header().facts.minimum_python;
        if minor > source.tree.header().facts.minimum_python.max(of_template) {
            return Err(RewriteError::NewerPython { minor });
        }
        let verifier = Verifier { source, code, hits: planned, by_node };
        match verifier.difference(&new)? {
            None => Ok(()),
            Some(difference) => Err(RewriteError::OtherTree {
                line: old_line(source.tree, edits, new.range(difference.node)?.0 as usize),
                expected: difference.expected,
            }),
        }
    }
}

/// The line of the old source that an offset in the new source comes from.
fn old_line(tree: &Tree<'_>, edits: &[Edit], offset: usize) -> u32 {
    let mut shift = 0_i64;
    for edit in edits {
        let start = i64::from(edit.start) + shift;
        let length = edit.text.len() as i64;
        if (offset as i64) < start {
            break;
        }
        if (offset as i64) <= start + length {
            return tree.position(edit.start).map_or(1, |position| position.line);
        }
        shift += length - i64::from(edit.end - edit.start);
    }
    let old = u32::try_from(offset as i64 - shift).unwrap_or_default();
    tree.position(old).map_or(1, |position| position.line)
}

/// What a template is.
fn sort<B: AsRef<[u8]>>(code: &TemplateCode<'_, B>) -> Result<TemplateSort, Damage> {
    if code.template.is_expression(code.tree)? {
        let is_list = code.template.placeholder_of(code.template.roots[0]).is_some();
        if !is_list {
            return Ok(TemplateSort::Expression);
        }
    }
    let first = code.template.roots[0];
    let kind = code.tree.kind(first)?;
    if kind.class() != "stmt" && is_statement(kind) {
        return Ok(TemplateSort::Clause(kind));
    }
    let is_single = code.template.roots.len() == 1;
    let has_decorators =
        children(code.tree, first)?.iter().any(|(field, _)| *field == lazyast_format::Field::DecoratorList);
    Ok(TemplateSort::Statements {
        is_definition: is_single && is_definition(kind) && !has_decorators,
        is_if: is_single && kind == Kind::If && code.layout.text.trim_start().starts_with("if"),
    })
}

impl<B> fmt::Debug for QueryRewrite<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryRewrite").field("query", &self.query).finish_non_exhaustive()
    }
}
