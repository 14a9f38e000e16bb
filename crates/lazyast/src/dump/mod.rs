//! What CPython's `ast.dump` prints for a tree, character by character, without a Python.
//!
//! The layout follows `dump` in CPython's `Lib/ast.py`; [`repr`] writes constants as `repr` does.

mod generated;
mod repr;

use std::fmt;

use lazyast_format::read::{Singleton, Target, Value};
use lazyast_format::{Damage, Kind, NodeId, Tree};

/// The oldest and the newest minor version whose `ast.dump` is known.
pub const VERSIONS: std::ops::RangeInclusive<u8> = 11..=13;

/// How to print: the parameters of `ast.dump`.
#[derive(Clone, Debug)]
pub struct Dump {
    /// The Python whose trees and whose `ast.dump` are meant.
    pub target: Target,
    /// Positions too.
    pub include_attributes: bool,
    /// Spaces per level; on one line if not given.
    pub indent: Option<usize>,
    /// Print fields that are `None` or `[]` too. Before 3.13 this changes nothing.
    pub show_empty: bool,
}

/// Why a tree cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DumpError {
    /// The archive is damaged.
    Damage(Damage),
    /// An integer has more decimal digits than Python prints (`sys.get_int_max_str_digits()`).
    IntegerDigits {
        /// How many it has.
        found: usize,
    },
}

impl fmt::Display for DumpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damage(damage) => damage.fmt(f),
            Self::IntegerDigits { found } => write!(
                f,
                "an integer has {found} digits; Python prints at most {}",
                repr::MAX_DIGITS
            ),
        }
    }
}

impl std::error::Error for DumpError {}

impl From<Damage> for DumpError {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

/// What is still to be printed, the next on top.
enum Task {
    Text(&'static str),
    Owned(String),
    Separator(usize),
    Node(NodeId, usize),
}

/// A field's value on its way out.
enum Part {
    Text(String),
    Node(NodeId),
    Nodes(Vec<Option<NodeId>>),
    Singletons(Vec<Singleton>),
    Names(Vec<String>),
}

impl Dump {
    /// Prints a tree.
    pub fn print(&self, tree: &Tree<'_>) -> Result<String, DumpError> {
        let mut out = String::new();
        let mut tasks = vec![Task::Node(0, 0)];
        while let Some(task) = tasks.pop() {
            match task {
                Task::Text(text) => out.push_str(text),
                Task::Owned(text) => out.push_str(&text),
                Task::Separator(level) => self.separate(&mut out, level),
                Task::Node(id, level) => self.node(tree, id, level, &mut tasks)?,
            }
        }
        Ok(out)
    }

    fn node(&self, tree: &Tree<'_>, id: NodeId, level: usize, tasks: &mut Vec<Task>) -> Result<(), DumpError> {
        let kind = tree.kind(id)?;
        let arguments = self.arguments(tree, id, kind)?;
        let mut simple = arguments.len() <= 3;
        for (_, part) in &arguments {
            simple = simple && self.is_simple(tree, part)?;
        }
        let level = level + 1;
        let first = tasks.len();
        tasks.push(Task::Text(kind.name()));
        tasks.push(Task::Text("("));
        for (index, (name, part)) in arguments.into_iter().enumerate() {
            match (index, simple) {
                (0, true) => {}
                (0, false) => tasks.push(Task::Separator(level)),
                (_, true) => tasks.push(Task::Text(", ")),
                (_, false) => {
                    tasks.push(Task::Text(if self.indent.is_some() { "," } else { ", " }));
                    tasks.push(Task::Separator(level));
                }
            }
            tasks.push(Task::Text(name));
            tasks.push(Task::Text("="));
            self.part(part, level, tasks);
        }
        tasks.push(Task::Text(")"));
        tasks[first..].reverse();
        Ok(())
    }

    /// What `ast.dump` puts between the parentheses.
    fn arguments(&self, tree: &Tree<'_>, id: NodeId, kind: Kind) -> Result<Vec<(&'static str, Part)>, DumpError> {
        let node = tree.node(id).ok_or(Damage { what: "node is missing", at: id, found: 0 })?;
        let hides_empty = self.target.minor >= 13 && !self.show_empty;
        let shows_none = matches!(kind, Kind::Constant | Kind::MatchSingleton);
        let mut arguments = Vec::new();
        for spec in kind.fields().iter().filter(|spec| spec.since <= self.target.minor) {
            let part = match node.value(spec, self.target)? {
                Value::None if spec.optional || hides_empty && !shows_none => continue,
                Value::Nodes(nodes) if nodes.is_empty() && hides_empty => continue,
                Value::None => Part::Text("None".to_owned()),
                Value::Int(value) => Part::Text(value.to_string()),
                Value::Identifier(name) => Part::Text(repr::text(name.as_bytes(), self.target.minor)),
                Value::Singleton(singleton) => Part::Text(format!("{singleton:?}()")),
                Value::Constant(constant) => Part::Text(repr::constant(&constant, self.target.minor)?),
                Value::Node(child) => Part::Node(child),
                Value::Nodes(nodes) => Part::Nodes(nodes),
                Value::Singletons(singletons) => Part::Singletons(singletons),
                Value::Identifiers(names) if names.is_empty() && hides_empty => continue,
                Value::Identifiers(names) => {
                    Part::Names(names.iter().map(|name| repr::text(name.as_bytes(), self.target.minor)).collect())
                }
            };
            arguments.push((spec.name, part));
        }
        if self.include_attributes
            && let Some(span) = tree.span(id, self.target)?
        {
            arguments.push(("lineno", Part::Text(span.start.line.to_string())));
            arguments.push(("col_offset", Part::Text(span.start.column.to_string())));
            arguments.push(("end_lineno", Part::Text(span.end.line.to_string())));
            arguments.push(("end_col_offset", Part::Text(span.end.column.to_string())));
        }
        Ok(arguments)
    }

    /// Whether a value fits on the line of its node: it is no list with items and no node with arguments.
    fn is_simple(&self, tree: &Tree<'_>, part: &Part) -> Result<bool, DumpError> {
        Ok(match part {
            Part::Text(_) => true,
            Part::Node(id) => self.arguments(tree, *id, tree.kind(*id)?)?.is_empty(),
            Part::Nodes(nodes) => nodes.is_empty(),
            Part::Singletons(singletons) => singletons.is_empty(),
            Part::Names(names) => names.is_empty(),
        })
    }

    fn part(&self, part: Part, level: usize, tasks: &mut Vec<Task>) {
        match part {
            Part::Text(text) => tasks.push(Task::Owned(text)),
            Part::Node(id) => tasks.push(Task::Node(id, level)),
            Part::Nodes(nodes) => self.list(nodes, level, tasks, |node, level| match node {
                Some(id) => Task::Node(id, level),
                None => Task::Text("None"),
            }),
            Part::Singletons(singletons) => {
                self.list(singletons, level, tasks, |singleton, _| Task::Owned(format!("{singleton:?}()")));
            }
            Part::Names(names) => self.list(names, level, tasks, |name, _| Task::Owned(name)),
        }
    }

    fn list<T>(&self, items: Vec<T>, level: usize, tasks: &mut Vec<Task>, task: impl Fn(T, usize) -> Task) {
        tasks.push(Task::Text("["));
        let level = level + 1;
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                tasks.push(Task::Text(if self.indent.is_some() { "," } else { ", " }));
            }
            tasks.push(Task::Separator(level));
            tasks.push(task(item, level));
        }
        tasks.push(Task::Text("]"));
    }

    fn separate(&self, out: &mut String, level: usize) {
        if let Some(indent) = self.indent {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent * level));
        }
    }
}
