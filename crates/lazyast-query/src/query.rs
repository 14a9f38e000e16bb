//! [`Query`]: a compiled pattern or selector, or a combination of these.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use lazyast_format::{Kind, Tree};

use crate::capture::{Capture, HitMatch};
use crate::capture_condition::{self, CaptureCondition};
use crate::error::{ExecutionError, Language, QueryError};
use crate::exec;
use crate::hit::{Hit, TreeHits};
use crate::indexed_tree::IndexedTree;
use crate::pattern::{self, ParseFn, PatternOptions};
use crate::plan::{
    CaptureComparison, Condition, MAX_DEPTH, MAX_SIZE, Relation, SharedRelation, Sharing, indented,
};
use crate::prefilter::Prefilter;
use crate::selector;

/// A compiled query. It is compiled once and run on any number of trees; cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Query(Arc<CompiledQuery>);

#[derive(Debug)]
struct CompiledQuery {
    condition: Condition,
    prefilter: Prefilter,
    /// The text that the query was compiled from; empty for a combination.
    text: String,
}

impl Query {
    /// Compiles a pattern. `parse` makes an archive of a Python source.
    pub fn pattern<B: AsRef<[u8]>>(text: &str, parse: &ParseFn<'_, B>) -> Result<Self, QueryError> {
        Self::pattern_with(text, PatternOptions::default(), parse)
    }

    /// Compiles a selector. `parse` is for the patterns in it.
    pub fn selector<B: AsRef<[u8]>>(text: &str, parse: &ParseFn<'_, B>) -> Result<Self, QueryError> {
        Self::selector_with(text, PatternOptions::default(), parse)
    }

    /// Compiles a pattern with options.
    pub fn pattern_with<B: AsRef<[u8]>>(
        text: &str,
        options: PatternOptions,
        parse: &ParseFn<'_, B>,
    ) -> Result<Self, QueryError> {
        pattern::compile(text, options, parse)
            .and_then(|pattern| Self::new(Condition::Pattern(Arc::new(pattern)), Language::Pattern, text))
    }

    /// Compiles a selector. The options are for the patterns in it.
    pub fn selector_with<B: AsRef<[u8]>>(
        text: &str,
        options: PatternOptions,
        parse: &ParseFn<'_, B>,
    ) -> Result<Self, QueryError> {
        selector::compile(text, options, parse)
            .and_then(|condition| Self::new(condition, Language::Selector, text))
    }

    fn new(condition: Condition, language: Language, text: &str) -> Result<Self, QueryError> {
        let (depth, size) = condition.measure();
        if depth > MAX_DEPTH || size > MAX_SIZE {
            let message = format!(
                "the query is too large: expected at most {MAX_DEPTH} levels and {MAX_SIZE} parts, \
                 found {depth} levels and {size} parts"
            );
            return Err(QueryError::new(language, text, 0..text.len(), message));
        }
        // A query for kinds alone is answered by one scan of the kinds. A prefilter would scan them twice.
        let prefilter = match condition {
            Condition::Kinds(_) => Prefilter::ACCEPT_ALL,
            _ => condition.prefilter(),
        };
        Ok(Self(Arc::new(CompiledQuery { condition, prefilter, text: text.to_owned() })))
    }

    fn combine(condition: Condition) -> Result<Self, QueryError> {
        Self::new(condition, Language::Combination, "")
    }

    /// The hits that stand somewhere inside a hit of another query.
    ///
    /// As with every combination, the result may be too large, which is an error. If both queries have a metavariable of
    /// the same name, it must have captured equal things.
    pub fn inside(&self, other: &Self) -> Result<Self, QueryError> {
        self.sharing(SharedRelation::Around, other, None, false).unwrap_or_else(|| {
            let ancestor = Condition::related(Relation::Ancestor, other.0.condition.clone());
            Self::combine(Condition::all([self.0.condition.clone(), ancestor]))
        })
    }

    /// As [`inside`](Self::inside), but no hit of a third query may be between the two.
    pub fn inside_until(&self, other: &Self, until: &Self) -> Result<Self, QueryError> {
        self.sharing(SharedRelation::Around, other, Some(until), false).unwrap_or_else(|| {
            let ancestor = Condition::AncestorUntil(
                Box::new(other.0.condition.clone()),
                Box::new(until.0.condition.clone()),
            );
            Self::combine(Condition::all([self.0.condition.clone(), ancestor]))
        })
    }

    /// The combination with another query, if both have metavariables of the same name.
    fn sharing(
        &self,
        relation: SharedRelation,
        other: &Self,
        until: Option<&Self>,
        is_negated: bool,
    ) -> Option<Result<Self, QueryError>> {
        let (own, others) = (self.capture_names(), other.capture_names());
        let names: Vec<&str> = own.into_iter().filter(|name| others.contains(name)).collect();
        if names.is_empty() {
            return None;
        }
        Some(Self::combine(Condition::Sharing(Box::new(Sharing {
            outer: self.0.condition.clone(),
            relation,
            other: other.0.condition.clone().with_bound(&names),
            until: until.map(|until| until.0.condition.clone()),
            is_negated,
        }))))
    }

    /// The hits after a hit of another query, in the same list of one node: mostly a block of statements. An expression
    /// that is a statement by itself counts as the statement.
    pub fn follows(&self, other: &Self) -> Result<Self, QueryError> {
        self.sharing(SharedRelation::Before, other, None, false)
            .unwrap_or_else(|| self.beside(Relation::EarlierSibling, other))
    }

    /// The hits before a hit of another query, as for [`follows`](Self::follows).
    pub fn precedes(&self, other: &Self) -> Result<Self, QueryError> {
        self.sharing(SharedRelation::After, other, None, false)
            .unwrap_or_else(|| self.beside(Relation::LaterSibling, other))
    }

    fn beside(&self, relation: Relation, other: &Self) -> Result<Self, QueryError> {
        let other = other.0.condition.clone();
        let statement = || Condition::Kinds(Kind::Expr.into());
        let other = Condition::any([
            Condition::all([statement(), Condition::related(Relation::Child, other.clone())]),
            other,
        ]);
        let beside = Condition::related(relation, other);
        let own_statement = Condition::all([statement(), beside.clone()]);
        let as_statement = Condition::related(Relation::Parent, own_statement);
        Self::combine(Condition::all([self.0.condition.clone(), Condition::any([beside, as_statement])]))
    }

    /// The hits with a hit of another query somewhere inside.
    pub fn has(&self, other: &Self) -> Result<Self, QueryError> {
        self.sharing(SharedRelation::Inside, other, None, false).unwrap_or_else(|| {
            let descendant = Condition::related(Relation::Descendant, other.0.condition.clone());
            Self::combine(Condition::all([self.0.condition.clone(), descendant]))
        })
    }

    /// The hits that are not hits of another query.
    pub fn without(&self, other: &Self) -> Result<Self, QueryError> {
        self.sharing(SharedRelation::Same, other, None, true).unwrap_or_else(|| {
            Self::combine(Condition::all([self.0.condition.clone(), other.0.condition.clone().not()]))
        })
    }

    /// The hits for which all that a metavariable captured is hit by another query. Of a captured name, the node that
    /// has the name counts.
    pub fn captured(&self, name: &str, other: &Self) -> Result<Self, QueryError> {
        self.check_capture(name)?;
        let (outer, inner) = (self.0.condition.clone(), other.0.condition.clone());
        Self::combine(Condition::Captured(Box::new(outer), name.into(), Box::new(inner)))
    }

    /// The hits for which two metavariables captured equal things, or different ones. As for a metavariable that occurs
    /// twice, positions and the like are not compared.
    pub fn compared(&self, left: &str, right: &str, is_equal: bool) -> Result<Self, QueryError> {
        self.check_capture(left)?;
        self.check_capture(right)?;
        let comparison = CaptureComparison { left: left.into(), right: right.into(), is_equal };
        Self::combine(Condition::Compared(Box::new(self.0.condition.clone()), comparison))
    }

    /// The hits that fulfil a condition on captures, as the command line takes them: `$A == $B`, `$A != $B`, `$N > 100`
    /// or `NAME=SELECTOR`.
    pub fn restricted<B: AsRef<[u8]>>(
        &self,
        text: &str,
        options: PatternOptions,
        parse: &ParseFn<'_, B>,
    ) -> Result<Self, QueryError> {
        match capture_condition::parse(text)? {
            CaptureCondition::Compares { left, right, is_equal } => self.compared(&left, &right, is_equal),
            CaptureCondition::Selects { name, selector } => {
                self.captured(&name, &Self::selector_with(&selector, options, parse)?)
            }
        }
    }

    fn check_capture(&self, name: &str) -> Result<(), QueryError> {
        if self.capture_names().contains(&name) {
            return Ok(());
        }
        let names: Vec<String> = self.capture_names().iter().map(|name| format!("${name}")).collect();
        let has = if names.is_empty() { "no metavariables".to_owned() } else { names.join(", ") };
        let message = format!("there is no metavariable ${name}: the query has {has}");
        Err(QueryError::without_text(Language::Combination, message))
    }

    /// The hits that both queries have.
    pub fn and(&self, other: &Self) -> Result<Self, QueryError> {
        self.sharing(SharedRelation::Same, other, None, false).unwrap_or_else(|| {
            Self::combine(Condition::all([self.0.condition.clone(), other.0.condition.clone()]))
        })
    }

    /// The hits that at least one of two queries has.
    pub fn or(&self, other: &Self) -> Result<Self, QueryError> {
        Self::combine(Condition::any([self.0.condition.clone(), other.0.condition.clone()]))
    }

    /// The hits that all queries have. Without any query, every node is a hit.
    pub fn all<'q>(queries: impl IntoIterator<Item = &'q Self>) -> Result<Self, QueryError> {
        let mut queries = queries.into_iter();
        match queries.next() {
            Some(first) => queries.try_fold(first.clone(), |all, query| all.and(query)),
            None => Self::combine(Condition::all([])),
        }
    }

    /// The hits that at least one of some queries has. Without any query, there are none.
    pub fn any<'q>(queries: impl IntoIterator<Item = &'q Self>) -> Result<Self, QueryError> {
        Self::combine(Condition::any(queries.into_iter().map(|query| query.0.condition.clone())))
    }

    /// A short name for messages: the text in quotes, or what kind of query this is.
    pub fn describe(&self) -> String {
        if self.0.text.is_empty() { "a combined query".to_owned() } else { format!("{:?}", self.0.text) }
    }

    /// What is probably a mistake: conditions that no node can fulfil, and patterns that match less than they seem to.
    pub fn hints(&self) -> Vec<String> {
        let mut hints = Vec::new();
        self.0.condition.hints(&mut hints);
        let mut known = HashSet::new();
        hints.retain(|hint| known.insert(hint.clone()));
        hints
    }

    /// What a file must contain to have a hit.
    pub fn prefilter(&self) -> &Prefilter {
        &self.0.prefilter
    }

    /// The hits in a tree, in preorder. A node whose comparison takes too many steps is none; [`search`](Self::search)
    /// tells about these.
    pub fn hits(&self, tree: &Tree<'_>) -> Result<Vec<Hit>, ExecutionError> {
        self.search(tree).map(|found| found.hits)
    }

    /// The hits in a tree, and the nodes whose comparison takes too many steps.
    pub fn search(&self, tree: &Tree<'_>) -> Result<TreeHits, ExecutionError> {
        self.search_indexed(&IndexedTree::new(tree))
    }

    /// As [`search`](Self::search), for several queries of one tree.
    pub fn search_indexed(&self, tree: &IndexedTree<'_, '_>) -> Result<TreeHits, ExecutionError> {
        if !self.0.prefilter.accepts(tree) {
            return Ok(TreeHits::default());
        }
        exec::hits(tree, &self.0.condition)
    }

    /// The names of the metavariables that captures of hits can have, each once.
    pub fn capture_names(&self) -> Vec<&str> {
        let mut patterns = Vec::new();
        self.0.condition.own_patterns(&mut patterns);
        let mut names: Vec<&str> = Vec::new();
        for slot in patterns.iter().flat_map(|pattern| &pattern.captures) {
            if !names.contains(&&*slot.name) {
                names.push(&slot.name);
            }
        }
        names
    }

    /// Whether all metavariables of a name are `$$$XS`; `None` if there is none of this name.
    pub fn is_sequence(&self, name: &str) -> Option<bool> {
        let mut patterns = Vec::new();
        self.0.condition.own_patterns(&mut patterns);
        let mut slots =
            patterns.iter().flat_map(|pattern| &pattern.captures).filter(|slot| *slot.name == *name);
        slots.next().map(|first| first.is_sequence && slots.all(|slot| slot.is_sequence))
    }

    /// What the metavariables matched in a hit. If several patterns match the hit, these are of the first.
    pub fn captures<'a>(&self, tree: &Tree<'a>, hit: Hit) -> Result<Vec<Capture<'a>>, ExecutionError> {
        Ok(self.matched(tree, hit)?.map_or_else(Vec::new, |matched| matched.captures))
    }

    /// How the first pattern that matches a hit does so; `None` if no pattern does.
    pub fn matched<'a>(&self, tree: &Tree<'a>, hit: Hit) -> Result<Option<HitMatch<'a>>, ExecutionError> {
        let indexed = IndexedTree::new(tree);
        let Some((pattern, matched)) = exec::match_at(&indexed, &self.0.condition, hit.node)? else {
            return Ok(None);
        };
        let captures = pattern.captures.iter().zip(matched.captures);
        let captures = captures
            .map(|(slot, subjects)| Capture::new(tree, &slot.name, slot.is_sequence, &subjects))
            .collect::<Result<_, _>>()?;
        let (uncompared, compared_decorators) = (pattern.uncompared_fields(), pattern.compared_decorators());
        let compared_names = pattern.compared_names();
        Ok(Some(HitMatch { captures, uncompared, compared_decorators, compared_names }))
    }
}

impl fmt::Display for Query {
    /// The plan: prefilter, candidates and filter.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = Condition::Kinds(self.0.condition.kinds());
        writeln!(f, "prefilter: {}", self.0.prefilter)?;
        write!(f, "candidates:\n{}", indented(&kinds.to_string()))?;
        write!(f, "filter:\n{}", indented(&self.0.condition.to_string()))
    }
}
