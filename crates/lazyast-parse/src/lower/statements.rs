//! Statements.

use lazyast_format::encoding::Payload;
use lazyast_format::{Field, Kind};
use ruff_python_ast::{
    Alias, Decorator, ElifElseClause, ExceptHandler, Stmt, StmtAssign, StmtClassDef, StmtExpr,
    StmtFunctionDef, StmtIf, StmtImportFrom, StmtReturn, StmtTry, StmtWith,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::lowering::Lowering;
use super::operators::operator;
use super::trivia::{is_blank, trivia_len};

/// The names in CPython's module `__future__`, from 3.7 on.
const FEATURES: [&str; 10] = [
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "barry_as_FLUFL",
    "generator_stop",
    "annotations",
];

impl Lowering<'_> {
    pub(super) fn body(&mut self, body: &[Stmt], field: Field) {
        for statement in body {
            self.statement(statement, field);
        }
    }

    /// Writes a statement. The functions that it calls are not inlined, so that each saves only the registers that it
    /// needs.
    fn statement(&mut self, statement: &Stmt, field: Field) {
        if !self.may_descend() {
            return;
        }
        match statement {
            Stmt::Expr(node) => self.expression_statement(node, field),
            Stmt::Assign(node) => self.assignment(node, field),
            Stmt::Return(node) => self.return_statement(node, field),
            Stmt::If(node) => self.conditional(node, field),
            Stmt::FunctionDef(node) => self.function(node, field),
            _ => self.rare_statement(statement, field),
        }
    }

    #[inline(never)]
    fn expression_statement(&mut self, node: &StmtExpr, field: Field) {
        self.node(Kind::Expr, field, node.range, Payload::None, |lower| {
            lower.expression(&node.value, Field::Value)
        });
    }

    #[inline(never)]
    fn assignment(&mut self, node: &StmtAssign, field: Field) {
        self.node(Kind::Assign, field, node.range, Payload::None, |lower| {
            lower.expressions(&node.targets, Field::Targets);
            lower.expression(&node.value, Field::Value);
        });
    }

    #[inline(never)]
    fn return_statement(&mut self, node: &StmtReturn, field: Field) {
        self.node(Kind::Return, field, node.range, Payload::None, |lower| {
            lower.optional_expression(node.value.as_deref(), Field::Value);
        });
    }

    /// Apart from [`statement`](Self::statement), so that the frequent kinds take no second choice by the kind to read
    /// their range.
    #[inline(never)]
    fn rare_statement(&mut self, statement: &Stmt, field: Field) {
        let range = statement.range();
        match statement {
            Stmt::Expr(_) | Stmt::Assign(_) | Stmt::Return(_) | Stmt::If(_) | Stmt::FunctionDef(_) => {
                unreachable!("`statement` handles these")
            }
            Stmt::ClassDef(node) => self.class_def(node, field),
            Stmt::Delete(node) => {
                self.node(Kind::Delete, field, range, Payload::None, |lower| {
                    lower.expressions(&node.targets, Field::Targets)
                });
            }
            Stmt::TypeAlias(node) => self.node(Kind::TypeAlias, field, range, Payload::None, |lower| {
                lower.expression(&node.name, Field::Name);
                lower.type_parameters(node.type_params.as_deref());
                lower.expression(&node.value, Field::Value);
            }),
            Stmt::AugAssign(node) => {
                self.node(Kind::AugAssign, field, range, Payload::Operator(operator(node.op)), |lower| {
                    lower.expression(&node.target, Field::Target);
                    lower.expression(&node.value, Field::Value);
                })
            }
            Stmt::AnnAssign(node) => {
                self.check(self.strict.annotated_assignment(node));
                self.node(Kind::AnnAssign, field, range, Payload::Flag(u32::from(node.simple)), |lower| {
                    lower.expression(&node.target, Field::Target);
                    lower.expression(&node.annotation, Field::Annotation);
                    lower.optional_expression(node.value.as_deref(), Field::Value);
                })
            }
            Stmt::For(node) => {
                let kind = if node.is_async { Kind::AsyncFor } else { Kind::For };
                self.node(kind, field, self.block(range), Payload::None, |lower| {
                    lower.expression(&node.target, Field::Target);
                    lower.expression(&node.iter, Field::Iter);
                    lower.body(&node.body, Field::Body);
                    lower.body(&node.orelse, Field::Orelse);
                });
            }
            Stmt::While(node) => self.node(Kind::While, field, self.block(range), Payload::None, |lower| {
                lower.expression(&node.test, Field::Test);
                lower.body(&node.body, Field::Body);
                lower.body(&node.orelse, Field::Orelse);
            }),
            Stmt::With(node) => self.with(node, field),
            Stmt::Match(node) => self.node(Kind::Match, field, self.block(range), Payload::None, |lower| {
                lower.expression(&node.subject, Field::Subject);
                for case in &node.cases {
                    lower.match_case(case);
                }
            }),
            Stmt::Raise(node) => self.node(Kind::Raise, field, range, Payload::None, |lower| {
                lower.optional_expression(node.exc.as_deref(), Field::Exc);
                lower.optional_expression(node.cause.as_deref(), Field::Cause);
            }),
            Stmt::Try(node) => self.try_statement(node, field),
            Stmt::Assert(node) => self.node(Kind::Assert, field, range, Payload::None, |lower| {
                lower.expression(&node.test, Field::Test);
                lower.optional_expression(node.msg.as_deref(), Field::Msg);
            }),
            Stmt::Import(node) => {
                let is_lazy = Payload::Flag(u32::from(node.is_lazy));
                self.node(Kind::Import, field, range, is_lazy, |lower| lower.aliases(&node.names));
            }
            Stmt::ImportFrom(node) => self.import_from(node, field),
            Stmt::Global(node) => {
                let names = self.name_list(node.names.iter());
                self.leaf(Kind::Global, field, range, names);
            }
            Stmt::Nonlocal(node) => {
                let names = self.name_list(node.names.iter());
                self.leaf(Kind::Nonlocal, field, range, names);
            }
            Stmt::Pass(_) => self.leaf(Kind::Pass, field, range, Payload::None),
            Stmt::Break(_) => self.leaf(Kind::Break, field, range, Payload::None),
            Stmt::Continue(_) => self.leaf(Kind::Continue, field, range, Payload::None),
            Stmt::IpyEscapeCommand(_) => self.unsupported("an IPython command"),
        }
    }

    /// The range of a compound statement. CPython ends it with the last token of its block, which may be a
    /// semicolon.
    fn block(&self, range: TextRange) -> TextRange {
        let mut rest = self.rest(range.end());
        loop {
            match rest {
                [b'\\', b'\n', after @ ..] => rest = after,
                [byte, after @ ..] if is_blank(*byte) => rest = after,
                [b';', after @ ..] => {
                    return TextRange::new(
                        range.start(),
                        TextSize::new((self.text.len() - after.len()) as u32),
                    );
                }
                _ => return range,
            }
        }
    }

    /// The range of a definition: CPython's starts at its keyword, not at its first decorator.
    fn definition(&self, range: TextRange, decorators: &[Decorator]) -> TextRange {
        let range = self.block(range);
        let Some(last) = decorators.last() else { return range };
        let skipped = trivia_len(self.rest(last.end())) as u32;
        TextRange::new(last.end() + TextSize::new(skipped), range.end())
    }

    fn decorators(&mut self, decorators: &[Decorator]) {
        for decorator in decorators {
            self.expression(&decorator.expression, Field::DecoratorList);
        }
    }

    #[inline(never)]
    fn function(&mut self, node: &StmtFunctionDef, field: Field) {
        let kind = if node.is_async { Kind::AsyncFunctionDef } else { Kind::FunctionDef };
        let name = Payload::Name(self.identifier(&node.name));
        self.node(kind, field, self.definition(node.range, &node.decorator_list), name, |lower| {
            lower.decorators(&node.decorator_list);
            lower.type_parameters(node.type_params.as_deref());
            lower.parameters(Some(&node.parameters), node.parameters.range);
            lower.optional_expression(node.returns.as_deref(), Field::Returns);
            lower.body(&node.body, Field::Body);
        });
    }

    #[inline(never)]
    fn class_def(&mut self, node: &StmtClassDef, field: Field) {
        let name = Payload::Name(self.identifier(&node.name));
        self.node(Kind::ClassDef, field, self.definition(node.range, &node.decorator_list), name, |lower| {
            lower.decorators(&node.decorator_list);
            lower.type_parameters(node.type_params.as_deref());
            if let Some(arguments) = &node.arguments {
                lower.arguments(arguments, Field::Bases);
            }
            lower.body(&node.body, Field::Body);
        });
    }

    /// An `If`, with an `If` in its `orelse` for each `elif`.
    #[inline(never)]
    fn conditional(&mut self, node: &StmtIf, field: Field) {
        let range = self.block(node.range);
        self.node(Kind::If, field, range, Payload::None, |lower| {
            lower.expression(&node.test, Field::Test);
            lower.body(&node.body, Field::Body);
            lower.clauses(&node.elif_else_clauses, range.end());
        });
    }

    fn clauses(&mut self, clauses: &[ElifElseClause], end: TextSize) {
        let mut open = Vec::new();
        for clause in clauses {
            if !self.may_descend() {
                break;
            }
            if let Some(test) = &clause.test {
                let range = TextRange::new(clause.start(), end);
                open.push(self.enter(Kind::If, Field::Orelse, range, Payload::None));
                self.expression(test, Field::Test);
                self.body(&clause.body, Field::Body);
            } else {
                self.body(&clause.body, Field::Orelse);
            }
        }
        while let Some(node) = open.pop() {
            self.builder.leave(node);
        }
    }

    fn with(&mut self, node: &StmtWith, field: Field) {
        let kind = if node.is_async { Kind::AsyncWith } else { Kind::With };
        self.node(kind, field, self.block(node.range), Payload::None, |lower| {
            for item in &node.items {
                lower.node(Kind::Withitem, Field::Items, item.range, Payload::None, |lower| {
                    lower.expression(&item.context_expr, Field::ContextExpr);
                    lower.optional_expression(item.optional_vars.as_deref(), Field::OptionalVars);
                });
            }
            lower.body(&node.body, Field::Body);
        });
    }

    fn try_statement(&mut self, node: &StmtTry, field: Field) {
        self.check(self.strict.try_statement(node));
        let kind = if node.is_star { Kind::TryStar } else { Kind::Try };
        self.node(kind, field, self.block(node.range), Payload::None, |lower| {
            lower.body(&node.body, Field::Body);
            for ExceptHandler::ExceptHandler(handler) in &node.handlers {
                let name = Payload::OptionalName(lower.optional_name(handler.name.as_ref()));
                lower.node(Kind::ExceptHandler, Field::Handlers, lower.block(handler.range), name, |lower| {
                    lower.optional_expression(handler.type_.as_deref(), Field::Type);
                    lower.body(&handler.body, Field::Body);
                });
            }
            lower.body(&node.orelse, Field::Orelse);
            lower.body(&node.finalbody, Field::Finalbody);
        });
    }

    fn import_from(&mut self, node: &StmtImportFrom, field: Field) {
        self.check(self.strict.import_from(node));
        if node.level == 0 && node.module.as_ref().is_some_and(|module| module.id == "__future__") {
            self.check_future(node);
        }
        // Not by its range: a dotted name can have blanks in the text.
        let module = node.module.as_ref().map(|module| self.name(&module.id));
        let payload = self.builder.import_from(module, node.level, node.is_lazy);
        self.node(Kind::ImportFrom, field, node.range, payload, |lower| lower.aliases(&node.names));
    }

    /// From 3.14 on, CPython's parser rejects unknown features, and 3.15 rejects lazy imports of features.
    fn check_future(&mut self, node: &StmtImportFrom) {
        if node.is_lazy || !node.names.iter().all(|alias| FEATURES.contains(&alias.name.as_str())) {
            self.unsupported("an import from __future__ that some versions reject");
        }
    }

    fn aliases(&mut self, aliases: &[Alias]) {
        for alias in aliases {
            // As for the module of an `ImportFrom`.
            let name = self.name(&alias.name.id);
            let asname = self.optional_name(alias.asname.as_ref());
            let payload = self.builder.alias(name, asname);
            self.leaf(Kind::Alias, Field::Names, alias.range, payload);
        }
    }
}
