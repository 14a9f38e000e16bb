//! [`Query`]: a compiled question, whichever language it was asked in.

use std::fmt;
use std::sync::Arc;

use lazyast_format::{Damage, NodeId, Tree};

use crate::exec;
use crate::pattern::{self, Parse, Target, What};
use crate::plan::{Condition, MAX_DEPTH, MAX_SIZE, Relation};
use crate::prefilter::Need;
use crate::selector;
use crate::{QueryError, RunError};

/// A compiled question, to be asked of any number of trees. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Query(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    condition: Condition,
    need: Need,
    /// The text that it was compiled from, if it is not combined.
    text: String,
}

/// A node that a query means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hit {
    /// The node; the first one where several statements match.
    pub node: NodeId,
    /// The last of these; else the node itself.
    pub last: NodeId,
}

/// What a name of a pattern stands for in a hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured<'a> {
    /// The name, without `$`.
    pub name: String,
    /// Whether it stands for any number of things: `$$$XS`.
    pub several: bool,
    /// The things.
    pub things: Vec<Thing<'a>>,
}

/// Something that a hole stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing<'a> {
    /// A node.
    Node(NodeId),
    /// A name, and the node that it is a name of.
    Name(&'a str, NodeId),
}

impl Query {
    /// Compiles a pattern. The parser makes an archive of a Python source.
    pub fn pattern<B: AsRef<[u8]>>(text: &str, parse: &Parse<'_, B>) -> Result<Self, QueryError> {
        pattern::compile(text, parse)
            .and_then(|pattern| Self::new(Condition::Pattern(Arc::new(pattern)), pattern::LANGUAGE, text))
    }

    /// Compiles a selector; the parser is for patterns in it.
    pub fn selector<B: AsRef<[u8]>>(text: &str, parse: &Parse<'_, B>) -> Result<Self, QueryError> {
        selector::compile(text, parse).and_then(|condition| Self::new(condition, selector::LANGUAGE, text))
    }

    fn new(condition: Condition, language: &'static str, text: &str) -> Result<Self, QueryError> {
        let (depth, size) = condition.measure();
        if depth > MAX_DEPTH || size > MAX_SIZE {
            let message = format!(
                "{depth} levels deep with {size} parts; at most {MAX_DEPTH} levels and {MAX_SIZE} parts are taken"
            );
            return Err(QueryError::new(language, text, 0..text.len(), message));
        }
        // Where kinds are all that is asked for, looking for them is the answer.
        let need = if matches!(condition, Condition::Kinds(_)) { Need::NOTHING } else { condition.need() };
        Ok(Self(Arc::new(Compiled { condition, need, text: text.to_owned() })))
    }

    fn combine(condition: Condition) -> Result<Self, QueryError> {
        Self::new(condition, "combined query", "")
    }

    /// The hits that stand somewhere inside of a hit of another query. As with every combination, the result may be
    /// too large, which is an error.
    pub fn inside(&self, other: &Self) -> Result<Self, QueryError> {
        let around = Condition::related(Relation::Ancestor, other.0.condition.clone());
        Self::combine(Condition::all([self.0.condition.clone(), around]))
    }

    /// The hits with a hit of another query somewhere inside.
    pub fn has(&self, other: &Self) -> Result<Self, QueryError> {
        let within = Condition::related(Relation::Descendant, other.0.condition.clone());
        Self::combine(Condition::all([self.0.condition.clone(), within]))
    }

    /// The hits that are no hits of another query.
    pub fn without(&self, other: &Self) -> Result<Self, QueryError> {
        Self::combine(Condition::all([self.0.condition.clone(), other.0.condition.clone().not()]))
    }

    /// What both queries hit.
    pub fn and(&self, other: &Self) -> Result<Self, QueryError> {
        Self::combine(Condition::all([self.0.condition.clone(), other.0.condition.clone()]))
    }

    /// What one of two queries hits.
    pub fn or(&self, other: &Self) -> Result<Self, QueryError> {
        Self::combine(Condition::any([self.0.condition.clone(), other.0.condition.clone()]))
    }

    /// What was asked, in short.
    pub fn describe(&self) -> String {
        if self.0.text.is_empty() { "a combined query".to_owned() } else { format!("{:?}", self.0.text) }
    }

    /// What a file has in which there is a hit.
    pub fn need(&self) -> &Need {
        &self.0.need
    }

    /// The hits in a tree, in preorder.
    pub fn hits(&self, tree: &Tree<'_>) -> Result<Vec<Hit>, RunError> {
        if !self.0.need.is_met(tree) {
            return Ok(Vec::new());
        }
        exec::hits(tree, &self.0.condition)
    }

    /// The names that hits can have captures for, each once.
    pub fn capture_names(&self) -> Vec<&str> {
        let mut patterns = Vec::new();
        self.0.condition.own_patterns(&mut patterns);
        let mut names: Vec<&str> = Vec::new();
        for capture in patterns.iter().flat_map(|pattern| &pattern.captures) {
            if !names.contains(&&*capture.name) {
                names.push(&capture.name);
            }
        }
        names
    }

    /// What the names of the pattern stand for in a hit: of the first pattern that matches it.
    pub fn captures<'a>(&self, tree: &Tree<'a>, hit: Hit) -> Result<Vec<Captured<'a>>, RunError> {
        let Some((pattern, found)) = exec::match_at(tree, &self.0.condition, hit.node)? else {
            return Ok(Vec::new());
        };
        let captures = pattern.captures.iter().zip(found.captures).map(|(capture, targets)| {
            let things = targets.into_iter().map(|target| things(tree, target));
            let things: Vec<Vec<Thing<'a>>> = things.collect::<Result<_, Damage>>()?;
            Ok(Captured {
                name: capture.name.to_string(),
                several: capture.several,
                things: things.into_iter().flatten().collect(),
            })
        });
        captures.collect::<Result<_, Damage>>().map_err(RunError::from)
    }
}

/// What a target is to the outside.
fn things<'a>(tree: &Tree<'a>, target: Target) -> Result<Vec<Thing<'a>>, Damage> {
    let node = target.node;
    Ok(match target.what {
        What::Node | What::Parameter(..) | What::Keyword(_) => vec![Thing::Node(node)],
        What::Pair(key) => key.into_iter().chain([node]).map(Thing::Node).collect(),
        What::Name(number) => vec![Thing::Name(tree.name(number)?, node)],
        What::Underscore => vec![Thing::Name("_", node)],
        What::Part(number, part) => {
            let name = tree.name(number)?.split('.').nth(usize::from(part)).unwrap_or_default();
            vec![Thing::Name(name, node)]
        }
    })
}

/// The statements of a hit: the node, and those of its block up to the last.
pub fn statements(tree: &Tree<'_>, hit: Hit) -> Vec<NodeId> {
    let mut nodes = vec![hit.node];
    let mut next = tree.subtree_end(hit.node);
    let field = tree.field(hit.node);
    while next <= hit.last {
        if tree.field(next) == field {
            nodes.push(next);
        }
        next = tree.subtree_end(next);
    }
    nodes
}

/// Where a hit is in the text, in bytes.
pub fn range(tree: &Tree<'_>, hit: Hit) -> Result<(u32, u32), Damage> {
    Ok((tree.range(hit.node)?.0, tree.range(hit.last)?.1))
}

impl fmt::Display for Query {
    /// The plan.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = Condition::Kinds(self.0.condition.kinds());
        writeln!(f, "files that have {}", self.0.need)?;
        write!(f, "candidates: each node that\n{}", indented(&kinds.to_string()))?;
        write!(f, "hits: those of which it is true that it\n{}", indented(&self.0.condition.to_string()))
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}
