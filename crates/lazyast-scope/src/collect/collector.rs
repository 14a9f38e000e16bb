//! The walk over the tree, and what it collects.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use lazyast_format::encoding::Payload;
use lazyast_format::read::{NameNeedle, NodeRow};
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};

use super::frame::{Context, Frame, PrivateNames};
use crate::imports::Import;
use crate::names::NameTable;
use crate::occurrence::{NameRole, Occurrence};
use crate::scope::{Scope, ScopeId, ScopeKind};
use crate::symbol::{Facts, Owner, Symbol, SymbolId};

/// The first minor version in which annotations have scopes of their own.
const FIRST_WITH_ANNOTATION_SCOPES: u8 = 14;

/// What the first pass collects.
#[derive(Debug)]
pub(crate) struct Collected {
    pub(crate) scopes: Vec<Scope>,
    pub(crate) symbols: Vec<Symbol>,
    pub(crate) symbol_of: HashMap<(ScopeId, u32), SymbolId, FixedState>,
    /// In the order of nodes.
    pub(crate) occurrences: Vec<Occurrence>,
    /// The nodes at which the scope changes, and the scope of the nodes from there on.
    pub(crate) scope_changes: Vec<(NodeId, ScopeId)>,
    pub(crate) imports: Vec<Import>,
    pub(crate) added_names: Vec<String>,
    /// The number of the name `__class__`, if anything refers to it.
    pub(crate) class_name: Option<u32>,
}

/// The state of the walk.
pub(super) struct Collector<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    pub(super) names: NameTable<'a>,
    pub(super) collected: Collected,
    pub(super) has_annotation_scopes: bool,
    pub(super) has_future_annotations: bool,
    /// The number of the name `super`.
    super_name: Option<u32>,
    /// Type parameters of classes: their scopes and names.
    pub(super) private_type_parameters: Vec<(ScopeId, u32)>,
    /// The scopes of annotations of variables, by the scope of the variables.
    variable_annotations: HashMap<ScopeId, ScopeId, FixedState>,
    frames: Vec<Frame>,
}

/// Walks a tree.
pub(crate) fn collect(tree: &Tree<'_>, minor: u8) -> Result<Collected, Damage> {
    let collected = Collected {
        scopes: Vec::new(),
        symbols: Vec::new(),
        symbol_of: HashMap::default(),
        occurrences: Vec::new(),
        scope_changes: Vec::new(),
        imports: Vec::new(),
        added_names: Vec::new(),
        class_name: tree.find_name(&NameNeedle::new("__class__")),
    };
    let mut collector = Collector {
        tree,
        names: NameTable::new(tree),
        collected,
        has_annotation_scopes: minor >= FIRST_WITH_ANNOTATION_SCOPES,
        has_future_annotations: has_future_annotations(tree)?,
        super_name: tree.find_name(&NameNeedle::new("super")),
        private_type_parameters: Vec::new(),
        variable_annotations: HashMap::default(),
        frames: Vec::new(),
    };
    collector.walk()?;
    let mut collected = collector.collected;
    collected.added_names = collector.names.into_added();
    Ok(collected)
}

/// Whether the module has `from __future__ import annotations`.
fn has_future_annotations(tree: &Tree<'_>) -> Result<bool, Damage> {
    let number = |text| tree.find_name(&NameNeedle::new(text));
    let (Some(future), Some(annotations)) = (number("__future__"), number("annotations")) else {
        return Ok(false);
    };
    for child in tree.root().children() {
        let (_, statement) = child?;
        if statement.kind()? != Kind::ImportFrom {
            continue;
        }
        let Payload::ImportFrom(import) = tree.payload(statement.id(), Kind::ImportFrom)? else { continue };
        if tree.import_from(import)?.module != Some(future) {
            continue;
        }
        for alias in statement.children() {
            let id = alias?.1.id();
            if let Payload::Alias(alias) = tree.payload(id, Kind::Alias)?
                && tree.alias(alias)?.0 == annotations
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

impl Collector<'_, '_> {
    fn walk(&mut self) -> Result<(), Damage> {
        for row in self.tree.rows() {
            let row = row?;
            while self.frames.last().is_some_and(|frame| frame.end <= row.id) {
                self.frames.pop();
            }
            let context = match self.frames.len().checked_sub(1) {
                None => self.module_context(),
                Some(parent) => self.context_of_child(parent, &row)?,
            };
            if self.collected.scope_changes.last().is_none_or(|(_, scope)| *scope != context.scope) {
                self.collected.scope_changes.push((row.id, context.scope));
            }
            self.add_node(&row, context)?;
            if row.subtree_end > row.id + 1 {
                let frame = self.frame_of(&row, context)?;
                self.frames.push(frame);
            }
        }
        Ok(())
    }

    fn module_context(&mut self) -> Context {
        let scope = self.add_scope(ScopeKind::Module, 0, None);
        Context { scope, private: PrivateNames::Kept, is_iteration_target: false, is_unevaluated: false }
    }

    /// The frame of a node with children.
    fn frame_of(&mut self, row: &NodeRow, context: Context) -> Result<Frame, Damage> {
        let mut frame = Frame::new(row.id, row.kind, row.subtree_end, context);
        match row.kind {
            Kind::Lambda => frame.inner = Some(self.nested(ScopeKind::Lambda, row.id, context)),
            Kind::ListComp | Kind::SetComp | Kind::DictComp => {
                frame.inner = Some(self.nested(ScopeKind::Comprehension, row.id, context));
            }
            Kind::GeneratorExp => {
                frame.inner = Some(self.nested(ScopeKind::Generator, row.id, context));
            }
            Kind::Comprehension => {
                if let Some(parent) = self.frames.last_mut() {
                    frame.outer = parent.outer;
                    frame.inner = parent.inner;
                    frame.is_first_generator = parent.generators == 0;
                    parent.generators += 1;
                }
            }
            Kind::Arguments => {
                if let Some(parent) = self.frames.last() {
                    frame.outer = parent.outer;
                    frame.inner = parent.inner;
                    frame.type_parameters = parent.type_parameters;
                }
            }
            _ => {}
        }
        Ok(frame)
    }

    /// Where a child of the node with the frame at an index is evaluated. Scopes are made when their first node comes.
    fn context_of_child(&mut self, index: usize, row: &NodeRow) -> Result<Context, Damage> {
        let frame = self.frames[index];
        let inner = frame.inner.unwrap_or(frame.outer);
        Ok(match (frame.kind, row.field) {
            (
                Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::ClassDef | Kind::TypeAlias,
                Field::TypeParams,
            ) => self.type_parameters(index)?,
            (Kind::FunctionDef | Kind::AsyncFunctionDef, Field::Args | Field::Body) => self.body(index)?,
            (Kind::FunctionDef | Kind::AsyncFunctionDef, Field::Returns) => self.annotations(index),
            (Kind::ClassDef, Field::Bases | Field::Keywords) => frame.around_body(),
            (Kind::ClassDef, Field::Body) | (Kind::TypeAlias, Field::Value) => self.body(index)?,
            (Kind::Lambda, _) => inner,
            (Kind::Arguments, Field::Defaults | Field::KwDefaults) => frame.outer,
            (Kind::Arguments, _) => inner,
            (Kind::Arg, Field::Annotation) => {
                // The function is two levels above: its `arguments` is between.
                match index.checked_sub(2) {
                    Some(function) => self.annotations(function),
                    None => frame.outer,
                }
            }
            (Kind::AnnAssign, Field::Annotation) => self.variable_annotation(frame.outer, row.id),
            (Kind::TypeVar | Kind::ParamSpec | Kind::TypeVarTuple, _) => {
                let context = self.nested(ScopeKind::TypeVariable, row.id, frame.outer);
                let sees_class = self.scope(frame.outer).sees_class;
                self.collected.scopes[context.scope as usize].sees_class = sees_class;
                context
            }
            (Kind::ListComp | Kind::SetComp | Kind::DictComp | Kind::GeneratorExp, _) => inner,
            (Kind::Comprehension, Field::Target) => Context { is_iteration_target: true, ..inner },
            (Kind::Comprehension, Field::Iter) if frame.is_first_generator => frame.outer,
            (Kind::Comprehension, _) => inner,
            _ => frame.outer,
        })
    }

    /// The scope of the type parameters of a definition.
    fn type_parameters(&mut self, index: usize) -> Result<Context, Damage> {
        let frame = self.frames[index];
        if let Some(context) = frame.type_parameters {
            return Ok(context);
        }
        let mut context = self.nested(ScopeKind::TypeParameters, frame.node, frame.outer);
        let in_class = self.scope(frame.outer).kind == ScopeKind::Class;
        self.collected.scopes[context.scope as usize].sees_class = in_class;
        if frame.kind == Kind::ClassDef
            && let Some(class) = self.tree.payload(frame.node, Kind::ClassDef)?.name()
        {
            context.private = PrivateNames::OfTypeParameters(class, context.scope);
        }
        self.frames[index].type_parameters = Some(context);
        Ok(context)
    }

    /// The scope of the body of a function or a class, or of the value of a type alias.
    fn body(&mut self, index: usize) -> Result<Context, Damage> {
        let frame = self.frames[index];
        if let Some(context) = frame.inner {
            return Ok(context);
        }
        let around = frame.around_body();
        let context = match frame.kind {
            Kind::ClassDef => {
                let mut context = self.nested(ScopeKind::Class, frame.node, around);
                if let Some(class) = self.tree.payload(frame.node, Kind::ClassDef)?.name() {
                    context.private = PrivateNames::OfClass(class);
                }
                if frame.type_parameters.is_some() {
                    let name = self.names.number(self.tree, "__type_params__")?;
                    self.add_facts(context.scope, name, Facts::LOCAL);
                }
                context
            }
            Kind::TypeAlias => {
                let context = self.nested(ScopeKind::TypeAlias, frame.node, around);
                let in_class = self.scope(frame.outer).kind == ScopeKind::Class;
                self.collected.scopes[context.scope as usize].sees_class = in_class;
                context
            }
            _ => self.nested(ScopeKind::Function, frame.node, around),
        };
        self.frames[index].inner = Some(context);
        Ok(context)
    }

    /// Where the annotations of a function's parameters and of its result are evaluated.
    fn annotations(&mut self, index: usize) -> Context {
        let frame = self.frames[index];
        if let Some(context) = frame.annotations {
            return context;
        }
        let around = frame.around_body();
        let context = if self.has_annotation_scopes || self.has_future_annotations {
            self.annotation_scope(frame.node, around)
        } else {
            around
        };
        self.frames[index].annotations = Some(context);
        context
    }

    /// Where the annotation of a variable is evaluated. A scope has one scope for the annotations of all its variables.
    fn variable_annotation(&mut self, context: Context, annotation: NodeId) -> Context {
        if !self.has_annotation_scopes && !self.has_future_annotations {
            return context;
        }
        let scope = match self.variable_annotations.get(&context.scope) {
            Some(scope) => *scope,
            None => {
                let scope = self.annotation_scope(annotation, context).scope;
                self.variable_annotations.insert(context.scope, scope);
                scope
            }
        };
        let is_unevaluated = self.scope(context).kind == ScopeKind::Function;
        Context { is_unevaluated, ..context.in_scope(scope) }
    }

    fn annotation_scope(&mut self, node: NodeId, around: Context) -> Context {
        let context = self.nested(ScopeKind::Annotations, node, around);
        let parent = self.scope(around);
        let sees_class = parent.sees_class || parent.kind == ScopeKind::Class;
        let scope = &mut self.collected.scopes[context.scope as usize];
        scope.sees_class = sees_class;
        scope.is_hidden |= self.has_future_annotations;
        context
    }

    pub(super) fn scope(&self, context: Context) -> &Scope {
        &self.collected.scopes[context.scope as usize]
    }

    /// A new scope inside a context.
    fn nested(&mut self, kind: ScopeKind, node: NodeId, around: Context) -> Context {
        let mut context = around.in_scope(self.add_scope(kind, node, Some(around.scope)));
        context.is_unevaluated = false;
        context
    }

    fn add_scope(&mut self, kind: ScopeKind, node: NodeId, parent: Option<ScopeId>) -> ScopeId {
        let is_hidden = parent.is_some_and(|parent| self.collected.scopes[parent as usize].is_hidden);
        self.collected.scopes.push(Scope { kind, node, parent, sees_class: false, is_hidden });
        (self.collected.scopes.len() - 1) as ScopeId
    }

    /// The symbol of a name in a scope.
    pub(super) fn symbol(&mut self, scope: ScopeId, name: u32) -> SymbolId {
        let symbols = &mut self.collected.symbols;
        *self.collected.symbol_of.entry((scope, name)).or_insert_with(|| {
            symbols.push(Symbol { scope, name, facts: Facts::NONE, owner: Owner::Own });
            (symbols.len() - 1) as SymbolId
        })
    }

    /// Adds facts about a name whose number is that in the scope.
    pub(super) fn add_facts(&mut self, scope: ScopeId, name: u32, facts: Facts) -> SymbolId {
        let symbol = self.symbol(scope, name);
        self.collected.symbols[symbol as usize].facts |= facts;
        symbol
    }

    /// Adds a node that uses or binds a name.
    pub(super) fn add_occurrence(
        &mut self,
        node: NodeId,
        name: u32,
        context: Context,
        facts: Facts,
        role: NameRole,
    ) -> Result<SymbolId, Damage> {
        let name = self.name_in(context.private, name)?;
        let facts = if context.is_unevaluated { Facts::NONE } else { facts };
        let facts = if context.is_iteration_target { facts | Facts::ITERATION } else { facts };
        let symbol = self.add_facts(context.scope, name, facts);
        self.collected.occurrences.push(Occurrence { node, symbol, role });
        Ok(symbol)
    }

    /// `super` uses `__class__`.
    pub(super) fn add_use_of_super(&mut self, name: u32, context: Context) -> Result<(), Damage> {
        if Some(name) != self.super_name
            || context.is_unevaluated
            || !self.scope(context).kind.is_function_like()
        {
            return Ok(());
        }
        let class_name = self.names.number(self.tree, "__class__")?;
        self.collected.class_name = Some(class_name);
        let facts = if context.is_iteration_target { Facts::USE | Facts::ITERATION } else { Facts::USE };
        self.add_facts(context.scope, class_name, facts);
        Ok(())
    }

    /// The innermost ancestor of the current node.
    pub(super) fn parent(&self) -> Option<&Frame> {
        self.frames.last()
    }
}
