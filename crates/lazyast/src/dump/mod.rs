//! What CPython's `ast.dump` prints for a tree, character by character, without a Python.
//!
//! The layout follows `dump` in CPython's `Lib/ast.py`; [`repr`] writes constants as `repr` does.

mod generated;
mod repr;

use std::fmt;
use std::io::{self, Write};
use std::vec::IntoIter;

use lazyast_format::read::{Positions, Singleton, Target, Value};
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
#[derive(Debug)]
pub enum DumpError {
    /// The text could not be written.
    Io(io::Error),
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
            Self::Io(error) => error.fmt(f),
            Self::Damage(damage) => damage.fmt(f),
            Self::IntegerDigits { found } => {
                write!(f, "an integer has {found} digits; Python prints at most {}", repr::MAX_DIGITS)
            }
        }
    }
}

impl std::error::Error for DumpError {}

impl From<Damage> for DumpError {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

impl From<io::Error> for DumpError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The tree that is printed.
struct Source<'t, 'a> {
    tree: &'t Tree<'a>,
    positions: Positions<'t, 't>,
}

/// What is still to be printed, the next on top.
enum Task {
    Text(&'static str),
    Owned(String),
    /// The start of a line, that many levels deep.
    Line(usize),
    Node(NodeId, usize),
    /// The rest of a list, and whether its first item is still to come.
    List(Items, usize, bool),
}

/// The items of a list that are still to be printed.
enum Items {
    Nodes(IntoIter<Option<NodeId>>),
    Singletons(IntoIter<Singleton>),
    Names(IntoIter<String>),
}

impl Items {
    fn next(&mut self, level: usize) -> Option<Task> {
        match self {
            Self::Nodes(nodes) => nodes.next().map(|node| match node {
                Some(id) => Task::Node(id, level),
                None => Task::Text("None"),
            }),
            Self::Singletons(singletons) => {
                singletons.next().map(|singleton| Task::Owned(format!("{singleton:?}()")))
            }
            Self::Names(names) => names.next().map(Task::Owned),
        }
    }
}

/// A field's value on its way out.
enum Part {
    Text(String),
    Node(NodeId),
    Empty,
    Items(Items),
}

impl Part {
    fn list<T>(items: Vec<T>, wrap: impl Fn(IntoIter<T>) -> Items) -> Self {
        if items.is_empty() { Self::Empty } else { Self::Items(wrap(items.into_iter())) }
    }
}

impl Dump {
    /// Prints a tree, without a line end behind it.
    pub fn write(&self, tree: &Tree<'_>, out: &mut dyn Write) -> Result<(), DumpError> {
        let source = Source { tree, positions: tree.positions(self.target)? };
        let mut tasks = vec![Task::Node(0, 0)];
        while let Some(task) = tasks.pop() {
            match task {
                Task::Text(text) => out.write_all(text.as_bytes())?,
                Task::Owned(text) => out.write_all(text.as_bytes())?,
                Task::Line(level) => self.line(out, level)?,
                Task::Node(id, level) => self.node(&source, id, level, &mut tasks)?,
                Task::List(mut items, level, first) => match items.next(level) {
                    None => out.write_all(b"]")?,
                    Some(item) => {
                        if !first {
                            out.write_all(self.comma().as_bytes())?;
                        }
                        self.line(out, level)?;
                        tasks.push(Task::List(items, level, false));
                        tasks.push(item);
                    }
                },
            }
        }
        Ok(())
    }

    fn node(
        &self,
        source: &Source<'_, '_>,
        id: NodeId,
        level: usize,
        tasks: &mut Vec<Task>,
    ) -> Result<(), DumpError> {
        let kind = source.tree.kind(id)?;
        let arguments = self.arguments(source, id, kind)?;
        let mut simple = arguments.len() <= 3;
        for (_, part) in &arguments {
            simple = simple && self.is_simple(source, part)?;
        }
        let level = level + 1;
        let first = tasks.len();
        tasks.push(Task::Text(kind.name()));
        tasks.push(Task::Text("("));
        for (index, (name, part)) in arguments.into_iter().enumerate() {
            match (index, simple) {
                (0, true) => {}
                (0, false) => tasks.push(Task::Line(level)),
                (_, true) => tasks.push(Task::Text(", ")),
                (_, false) => {
                    tasks.push(Task::Text(self.comma()));
                    tasks.push(Task::Line(level));
                }
            }
            tasks.push(Task::Text(name));
            tasks.push(Task::Text("="));
            match part {
                Part::Text(text) => tasks.push(Task::Owned(text)),
                Part::Node(id) => tasks.push(Task::Node(id, level)),
                Part::Empty => tasks.push(Task::Text("[]")),
                Part::Items(items) => {
                    tasks.push(Task::Text("["));
                    tasks.push(Task::List(items, level + 1, true));
                }
            }
        }
        tasks.push(Task::Text(")"));
        tasks[first..].reverse();
        Ok(())
    }

    /// What `ast.dump` puts between the parentheses.
    fn arguments(
        &self,
        source: &Source<'_, '_>,
        id: NodeId,
        kind: Kind,
    ) -> Result<Vec<(&'static str, Part)>, DumpError> {
        let node = source.tree.node(id).ok_or(Damage { what: "node is missing", at: id, found: 0 })?;
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
                Value::Nodes(nodes) => Part::list(nodes, Items::Nodes),
                Value::Singletons(singletons) => Part::list(singletons, Items::Singletons),
                Value::Identifiers(names) if names.is_empty() && hides_empty => continue,
                Value::Identifiers(names) => {
                    let names = names.iter().map(|name| repr::text(name.as_bytes(), self.target.minor));
                    Part::list(names.collect(), Items::Names)
                }
            };
            arguments.push((spec.name, part));
        }
        if self.include_attributes
            && let Some(span) = source.positions.span(id)?
        {
            arguments.push(("lineno", Part::Text(span.start.line.to_string())));
            arguments.push(("col_offset", Part::Text(span.start.column.to_string())));
            arguments.push(("end_lineno", Part::Text(span.end.line.to_string())));
            arguments.push(("end_col_offset", Part::Text(span.end.column.to_string())));
        }
        Ok(arguments)
    }

    /// Whether a value fits on the line of its node: it is no list with items and no node with arguments.
    fn is_simple(&self, source: &Source<'_, '_>, part: &Part) -> Result<bool, DumpError> {
        Ok(match part {
            Part::Text(_) => true,
            Part::Node(id) => self.arguments(source, *id, source.tree.kind(*id)?)?.is_empty(),
            Part::Empty => true,
            Part::Items(_) => false,
        })
    }

    fn comma(&self) -> &'static str {
        if self.indent.is_some() { "," } else { ", " }
    }

    fn line(&self, out: &mut dyn Write, level: usize) -> io::Result<()> {
        match self.indent {
            Some(indent) => write!(out, "\n{:width$}", "", width = indent * level),
            None => Ok(()),
        }
    }
}
