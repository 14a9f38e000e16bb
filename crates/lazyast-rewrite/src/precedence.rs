//! Where an expression needs parentheses: its [`Shape`], and the [`Slot`] that it stands in.
//!
//! The levels are those of Python's grammar. A slot asks for more than its grammar does in some places where parentheses
//! do no harm.

use lazyast_format::encoding::{ConstantTag, Payload};
use lazyast_format::schema::{boolop, operator, unaryop};
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};

use crate::layout::Layout;

/// How tightly an expression binds, the loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// `lambda` and `if`-`else`.
    Test,
    Or,
    And,
    Not,
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Arithmetic,
    Term,
    Factor,
    Power,
    Await,
    Atom,
}

impl Level {
    fn above(self) -> Self {
        match self {
            Self::BitOr => Self::BitXor,
            Self::BitXor => Self::BitAnd,
            Self::BitAnd => Self::Shift,
            Self::Shift => Self::Arithmetic,
            Self::Arithmetic => Self::Term,
            _ => Self::Factor,
        }
    }
}

/// What an expression is to the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `a := b`
    Named,
    /// `*a`, `a:b`: parentheses cannot help.
    Fixed,
    /// A tuple without parentheses.
    Tuple,
    Yield,
    Lambda,
    /// An integer, which cannot have a dot after it.
    Integer,
    Other(Level),
}

/// A place for an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    level: Level,
    named: bool,
    tuple: bool,
    yields: bool,
    lambda: bool,
    integer: bool,
}

impl Slot {
    fn new(level: Level) -> Self {
        Self { level, named: false, tuple: false, yields: false, lambda: true, integer: true }
    }

    /// A place with parentheses of its own, where anything can stand.
    pub(crate) fn parenthesised() -> Self {
        Self { named: true, tuple: true, yields: true, ..Self::new(Level::Test) }
    }

    /// The mapping of a `**` in a dictionary.
    pub(crate) fn unpacked() -> Self {
        Self::new(Level::BitOr)
    }

    fn named(self) -> Self {
        Self { named: true, ..self }
    }

    fn tuple(self) -> Self {
        Self { tuple: true, ..self }
    }

    /// Whether an expression needs parentheses here.
    pub(crate) fn asks_for_parentheses(self, shape: Shape) -> bool {
        match shape {
            Shape::Named => !self.named,
            Shape::Fixed => false,
            Shape::Tuple => !self.tuple,
            Shape::Yield => !self.yields,
            Shape::Lambda => !self.lambda || self.level > Level::Test,
            Shape::Integer => !self.integer,
            Shape::Other(level) => level < self.level,
        }
    }
}

/// The shape of an expression.
pub(crate) fn shape(
    tree: &Tree<'_>,
    layout: &Layout<'_>,
    node: NodeId,
    before: usize,
) -> Result<Shape, Damage> {
    let kind = tree.kind(node)?;
    Ok(match kind {
        Kind::NamedExpr => Shape::Named,
        Kind::Starred | Kind::Slice => Shape::Fixed,
        Kind::Yield | Kind::YieldFrom => Shape::Yield,
        Kind::Lambda => Shape::Lambda,
        Kind::IfExp => Shape::Other(Level::Test),
        Kind::Tuple => {
            let (start, end) = tree.range(node)?;
            let is_bracketed = layout
                .is_bracketed((start as usize).saturating_sub(before), (end as usize).saturating_sub(before));
            if is_bracketed { Shape::Other(Level::Atom) } else { Shape::Tuple }
        }
        Kind::Constant => match tree.payload(node, kind)? {
            Payload::Constant { tag: ConstantTag::Int | ConstantTag::BigInt, .. } => Shape::Integer,
            _ => Shape::Other(Level::Atom),
        },
        _ => Shape::Other(level(tree, node, kind)?),
    })
}

fn level(tree: &Tree<'_>, node: NodeId, kind: Kind) -> Result<Level, Damage> {
    let code = match tree.payload(node, kind)? {
        Payload::Operator(code) => code,
        _ => 0,
    };
    Ok(match kind {
        Kind::BoolOp if code == boolop::OR => Level::Or,
        Kind::BoolOp => Level::And,
        Kind::UnaryOp if code == unaryop::NOT => Level::Not,
        Kind::UnaryOp => Level::Factor,
        Kind::Compare => Level::Compare,
        Kind::BinOp => match code {
            operator::BIT_OR => Level::BitOr,
            operator::BIT_XOR => Level::BitXor,
            operator::BIT_AND => Level::BitAnd,
            operator::LSHIFT | operator::RSHIFT => Level::Shift,
            operator::ADD | operator::SUB => Level::Arithmetic,
            operator::POW => Level::Power,
            _ => Level::Term,
        },
        Kind::Await => Level::Await,
        _ => Level::Atom,
    })
}

/// The slot that a node stands in.
pub(crate) fn slot(tree: &Tree<'_>, parent: NodeId, field: Field) -> Result<Slot, Damage> {
    let kind = tree.kind(parent)?;
    let test = Slot::new(Level::Test);
    Ok(match (kind, field) {
        (Kind::Expr | Kind::Assign | Kind::AugAssign | Kind::AnnAssign, Field::Value) => {
            Slot { yields: true, ..test.tuple() }
        }
        (Kind::Return, _) | (Kind::For | Kind::AsyncFor, Field::Iter | Field::Target) => test.tuple(),
        (Kind::Assign, Field::Targets) | (Kind::Comprehension, Field::Target) | (Kind::Yield, _) => {
            test.tuple()
        }
        (Kind::Subscript, Field::Slice) => test.tuple(),
        (Kind::Match, Field::Subject) => test.tuple().named(),
        (Kind::Comprehension, Field::Iter | Field::Ifs) => Slot::new(Level::Or),
        (Kind::If | Kind::While, Field::Test)
        | (Kind::MatchCase, Field::Guard)
        | (_, Field::DecoratorList) => test.named(),
        (Kind::Call, Field::Args) | (Kind::ClassDef, Field::Bases) => test.named(),
        (Kind::List | Kind::Set, Field::Elts) => test.named(),
        (Kind::ListComp | Kind::SetComp | Kind::GeneratorExp, Field::Elt) => test.named(),
        (Kind::Call, Field::Func) | (Kind::Subscript, Field::Value) | (Kind::Await, _) => {
            Slot::new(Level::Atom)
        }
        (Kind::Attribute, _) => Slot { integer: false, ..Slot::new(Level::Atom) },
        (Kind::Starred, _) => Slot::new(Level::BitOr),
        (Kind::BoolOp, _) => match level(tree, parent, kind)? {
            Level::Or => Slot::new(Level::And),
            _ => Slot::new(Level::Not),
        },
        (Kind::BinOp, field) => match (level(tree, parent, kind)?, field) {
            (Level::Power, Field::Left) => Slot::new(Level::Await),
            (Level::Power, _) => Slot::new(Level::Factor),
            (level, Field::Left) => Slot::new(level),
            (level, _) => Slot::new(level.above()),
        },
        (Kind::UnaryOp, _) => Slot::new(level(tree, parent, kind)?),
        (Kind::Compare, _) => Slot::new(Level::BitOr),
        (Kind::IfExp, Field::Body | Field::Test) => Slot::new(Level::Or),
        (Kind::Dict, Field::Values) => Slot::new(Level::Test),
        (Kind::FormattedValue | Kind::Interpolation, Field::Value) => {
            Slot { yields: true, lambda: false, ..test.tuple() }
        }
        _ => test,
    })
}
