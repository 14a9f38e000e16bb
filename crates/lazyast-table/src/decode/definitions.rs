//! [`Definitions`]: functions and classes with their qualified names, and what is inside of which.

use lazyast_format::encoding::Payload;
use lazyast_format::{Damage, Field, Kind, KindScanner, KindSet, NodeId, Tree};

/// The functions and classes of a tree, and the parts of it that are inside of something.
#[derive(Default)]
pub(crate) struct Definitions {
    list: Vec<Definition>,
    /// In the order of their starts. Two are nested or apart.
    regions: Vec<Region>,
}

/// A `FunctionDef`, `AsyncFunctionDef` or `ClassDef`.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(crate) node: NodeId,
    /// The name as in `__qualname__`.
    pub(crate) qualified_name: String,
    is_function: bool,
}

/// What a node is inside of.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Surroundings {
    /// The index of the innermost definition in whose body the node is.
    definition: Option<usize>,
    pub(crate) in_function: bool,
    /// In the body of an `if TYPE_CHECKING`.
    pub(crate) in_type_checking: bool,
    /// In any part of a `try` statement.
    pub(crate) in_try: bool,
}

/// Consecutive nodes with what they are inside of, unless another region starts among them.
#[derive(Clone, Copy, Debug)]
struct Region {
    start: NodeId,
    end: NodeId,
    inside: Surroundings,
}

impl Definitions {
    /// `ends` are the ends of all subtrees.
    pub(crate) fn load(&mut self, tree: &Tree<'_>, ends: &[NodeId]) -> Result<(), Damage> {
        self.list.clear();
        self.regions.clear();
        let kinds: KindSet =
            [Kind::FunctionDef, Kind::AsyncFunctionDef, Kind::ClassDef, Kind::If, Kind::Try, Kind::TryStar]
                .into_iter()
                .collect();
        let mut open: Vec<Region> = Vec::new();
        for id in KindScanner::new(kinds).all(tree.kinds()) {
            while open.last().is_some_and(|region| region.end <= id) {
                open.pop();
            }
            let around = open.last().map(|region| region.inside).unwrap_or_default();
            if let Some(region) = self.region_of(tree, ends, id, around)? {
                open.push(region);
                self.regions.push(region);
            }
        }
        Ok(())
    }

    /// The region that a statement makes, if it makes one.
    fn region_of(
        &mut self,
        tree: &Tree<'_>,
        ends: &[NodeId],
        id: NodeId,
        around: Surroundings,
    ) -> Result<Option<Region>, Damage> {
        let end = ends[id as usize];
        Ok(match tree.kind(id)? {
            Kind::Try | Kind::TryStar => {
                let inside = Surroundings { in_try: true, ..around };
                Some(Region { start: id + 1, end, inside })
            }
            Kind::If if is_type_checking(tree, id + 1)? => {
                let inside = Surroundings { in_type_checking: true, ..around };
                body(tree, ends, id).map(|start| {
                    let elements = siblings(ends, start, end).take_while(|id| is_in_body(tree, *id));
                    let end = elements.last().map_or(start, |last| ends[last as usize]);
                    Region { start, end, inside }
                })
            }
            Kind::If => None,
            kind => {
                let is_function = kind != Kind::ClassDef;
                let qualified_name = self.qualified_name(tree, id, around)?;
                self.list.push(Definition { node: id, qualified_name, is_function });
                let inside = Surroundings {
                    definition: Some(self.list.len() - 1),
                    in_function: around.in_function || is_function,
                    ..around
                };
                // The body is the last field of a definition.
                body(tree, ends, id).map(|start| Region { start, end, inside })
            }
        })
    }

    fn qualified_name(&self, tree: &Tree<'_>, id: NodeId, around: Surroundings) -> Result<String, Damage> {
        let name = match tree.payload(id, tree.kind(id)?)?.name() {
            Some(number) => tree.name(number)?,
            None => return Err(Damage::new("definition has no name", id)),
        };
        Ok(match self.get(around) {
            None => name.to_owned(),
            Some(outer) if outer.is_function => format!("{}.<locals>.{name}", outer.qualified_name),
            Some(outer) => format!("{}.{name}", outer.qualified_name),
        })
    }

    /// The innermost definition around a node.
    pub(crate) fn get(&self, inside: Surroundings) -> Option<&Definition> {
        self.list.get(inside.definition?)
    }

    /// The definition that a node is.
    pub(crate) fn at(&self, node: NodeId) -> Option<&Definition> {
        let index = self.list.binary_search_by_key(&node, |definition| definition.node).ok()?;
        self.list.get(index)
    }

    /// What each of some nodes is inside of. The nodes are ascending.
    pub(crate) fn around(&self, nodes: &[NodeId]) -> impl Iterator<Item = Surroundings> {
        let mut regions = self.regions.iter().copied().peekable();
        let mut open: Vec<Region> = Vec::new();
        nodes.iter().map(move |node| {
            while let Some(region) = regions.next_if(|region| region.start <= *node) {
                while open.last().is_some_and(|outer| outer.end <= region.start) {
                    open.pop();
                }
                open.push(region);
            }
            while open.last().is_some_and(|region| region.end <= *node) {
                open.pop();
            }
            open.last().map(|region| region.inside).unwrap_or_default()
        })
    }
}

/// The first node of a statement's body.
fn body(tree: &Tree<'_>, ends: &[NodeId], id: NodeId) -> Option<NodeId> {
    siblings(ends, id + 1, ends[id as usize]).find(|child| is_in_body(tree, *child))
}

/// A node and the siblings after it, up to the end of their parent.
fn siblings(ends: &[NodeId], first: NodeId, end: NodeId) -> impl Iterator<Item = NodeId> {
    let next = |node: &NodeId| ends.get(*node as usize).copied();
    std::iter::successors(Some(first), next).take_while(move |node| *node < end)
}

fn is_in_body(tree: &Tree<'_>, id: NodeId) -> bool {
    tree.field_code(id) == Field::Body as u8
}

/// Whether an expression is `TYPE_CHECKING` or an attribute with this name.
fn is_type_checking(tree: &Tree<'_>, expression: NodeId) -> Result<bool, Damage> {
    if expression >= tree.len() {
        return Ok(false);
    }
    let kind = tree.kind(expression)?;
    match tree.payload(expression, kind)? {
        Payload::NameContext { name, .. } => Ok(tree.name(name)? == "TYPE_CHECKING"),
        _ => Ok(false),
    }
}
