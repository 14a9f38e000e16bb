//! Printing a tree.
//!
//! The depth of a tree comes from its source, so nothing here recurses: what remains to be printed is a stack of tasks.

use std::io::{self, Write};

use lazyast_format::{NodeId, Tree};

use super::arguments::{ArgumentValue, DumpedTree, ListItems};
use super::error::DumpError;
use super::options::DumpOptions;

/// A part of the output that has not been printed yet.
enum DumpTask {
    Text(&'static str),
    OwnedText(String),
    /// A line break, and the indentation of a level.
    Line(usize),
    /// A node, and its level.
    Node(NodeId, usize),
    /// The remaining items of a list and their level.
    List {
        items: ListItems,
        level: usize,
        is_first: bool,
    },
}

/// The task that prints the next item of a list.
fn next_item(items: &mut ListItems, level: usize) -> Option<DumpTask> {
    match items {
        ListItems::Nodes(nodes) => nodes.next().map(|node| match node {
            Some(id) => DumpTask::Node(id, level),
            None => DumpTask::Text("None"),
        }),
        ListItems::Singletons(singletons) => {
            singletons.next().map(|singleton| DumpTask::OwnedText(format!("{singleton:?}()")))
        }
        ListItems::Names(names) => names.next().map(DumpTask::OwnedText),
    }
}

impl DumpOptions {
    /// Prints a tree, without a line end after it.
    pub fn write(&self, tree: &Tree<'_>, out: &mut dyn Write) -> Result<(), DumpError> {
        let dumped = DumpedTree { tree, positions: tree.positions(self.target)?, options: self };
        let mut tasks = vec![DumpTask::Node(0, 0)];
        while let Some(task) = tasks.pop() {
            match task {
                DumpTask::Text(text) => out.write_all(text.as_bytes())?,
                DumpTask::OwnedText(text) => out.write_all(text.as_bytes())?,
                DumpTask::Line(level) => self.line(out, level)?,
                DumpTask::Node(id, level) => self.push_node(&dumped, id, level, &mut tasks)?,
                DumpTask::List { mut items, level, is_first } => match next_item(&mut items, level) {
                    None => out.write_all(b"]")?,
                    Some(item) => {
                        if !is_first {
                            out.write_all(self.comma().as_bytes())?;
                        }
                        self.line(out, level)?;
                        tasks.push(DumpTask::List { items, level, is_first: false });
                        tasks.push(item);
                    }
                },
            }
        }
        Ok(())
    }

    /// Pushes the tasks that print a node.
    fn push_node(
        &self,
        dumped: &DumpedTree<'_, '_>,
        id: NodeId,
        level: usize,
        tasks: &mut Vec<DumpTask>,
    ) -> Result<(), DumpError> {
        let kind = dumped.tree.kind(id)?;
        let arguments = dumped.arguments(id, kind)?;
        let mut simple = arguments.len() <= 3;
        for (_, value) in &arguments {
            simple = simple && dumped.is_simple(value)?;
        }
        let level = level + 1;
        let first = tasks.len();
        tasks.push(DumpTask::Text(kind.name()));
        tasks.push(DumpTask::Text("("));
        for (index, (name, value)) in arguments.into_iter().enumerate() {
            match (index, simple) {
                (0, true) => {}
                (0, false) => tasks.push(DumpTask::Line(level)),
                (_, true) => tasks.push(DumpTask::Text(", ")),
                (_, false) => {
                    tasks.push(DumpTask::Text(self.comma()));
                    tasks.push(DumpTask::Line(level));
                }
            }
            tasks.push(DumpTask::Text(name));
            tasks.push(DumpTask::Text("="));
            match value {
                ArgumentValue::Text(text) => tasks.push(DumpTask::OwnedText(text)),
                ArgumentValue::Node(id) => tasks.push(DumpTask::Node(id, level)),
                ArgumentValue::EmptyList => tasks.push(DumpTask::Text("[]")),
                ArgumentValue::List(items) => {
                    tasks.push(DumpTask::Text("["));
                    tasks.push(DumpTask::List { items, level: level + 1, is_first: true });
                }
            }
        }
        tasks.push(DumpTask::Text(")"));
        tasks[first..].reverse();
        Ok(())
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
