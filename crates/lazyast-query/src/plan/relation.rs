//! Relations between two nodes of a tree.

/// Where the other node stands, as seen from the node that a condition is about.
///
/// Siblings are the nodes of one list field of one parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Parent,
    Ancestor,
    /// Directly before the node.
    PreviousSibling,
    /// Anywhere before the node.
    EarlierSibling,
    Child,
    Descendant,
    /// Directly after the node.
    NextSibling,
    /// Anywhere after the node.
    LaterSibling,
}

impl Relation {
    /// What the plan calls the other node.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::Ancestor => "ancestor",
            Self::PreviousSibling => "previous sibling",
            Self::EarlierSibling => "earlier sibling",
            Self::Child => "child",
            Self::Descendant => "descendant",
            Self::NextSibling => "next sibling",
            Self::LaterSibling => "later sibling",
        }
    }
}

/// Where the node of another query stands with which a hit shares metavariables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SharedRelation {
    /// It is the node.
    Same,
    /// It is around the node.
    Around,
    /// It is inside of the node.
    Inside,
    /// It comes before the node in the same list. An expression that is a statement counts as the statement.
    Before,
    /// It comes after the node in the same way.
    After,
}

impl SharedRelation {
    /// What the plan calls the other node.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Same => "same node",
            Self::Around => "ancestor",
            Self::Inside => "descendant",
            Self::Before => "earlier sibling",
            Self::After => "later sibling",
        }
    }
}
