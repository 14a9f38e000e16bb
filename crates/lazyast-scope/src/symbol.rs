//! [`Symbol`]: a name in a scope, and [`Facts`], what the source says about it there.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

use crate::scope::ScopeId;

/// The number of a symbol.
pub type SymbolId = u32;

/// What a scope says about a name: a set, whose bits are those of CPython's symbol tables.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Facts(u16);

impl Facts {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// A `global` statement names it.
    pub const GLOBAL: Self = Self(1);
    /// It is assigned, deleted or defined.
    pub const LOCAL: Self = Self(2);
    /// It is a parameter.
    pub const PARAMETER: Self = Self(4);
    /// A `nonlocal` statement names it.
    pub const NONLOCAL: Self = Self(8);
    /// It is used.
    pub const USE: Self = Self(16);
    /// A method refers to a variable of the same name outside of the class.
    pub const FREE_CLASS: Self = Self(64);
    /// It is imported.
    pub const IMPORT: Self = Self(128);
    /// It is annotated.
    pub const ANNOTATED: Self = Self(256);
    /// It is the variable of a comprehension.
    pub const ITERATION: Self = Self(512);
    /// It is a type parameter.
    pub const TYPE_PARAMETER: Self = Self(1024);
    /// It is a cell of a comprehension that is compiled in place.
    pub const COMPREHENSION_CELL: Self = Self(2048);
    /// The facts that bind a name.
    pub const BOUND: Self = Self(2 | 4 | 128);

    /// Whether the sets have an element in common.
    #[inline]
    pub fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The set as the number that CPython uses.
    pub fn bits(self) -> u16 {
        self.0
    }
}

impl BitOr for Facts {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Facts {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Facts({:#x})", self.0)
    }
}

/// Which symbol owns the value of a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The symbol itself: its scope binds it.
    Own,
    /// A symbol of a function around it, also by `nonlocal`.
    Enclosing(SymbolId),
    /// A symbol of the module, because a `global` statement says so.
    DeclaredGlobal(SymbolId),
    /// A symbol of the module, or a builtin.
    Global(SymbolId),
    /// A symbol of the class around an annotation. If the class has no value yet, it is a global name.
    Class(SymbolId),
    /// The cell `__class__` of the class that a method belongs to.
    ClassCell(ScopeId),
}

/// A name in a scope.
#[derive(Clone, Copy, Debug)]
pub struct Symbol {
    /// The scope.
    pub scope: ScopeId,
    /// The number of the name: see [`Resolution::name`](crate::Resolution::name). Private names are mangled.
    pub name: u32,
    /// What the scope says about it.
    pub facts: Facts,
    /// Which symbol owns its value.
    pub owner: Owner,
}
