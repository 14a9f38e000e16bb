//! Expressions other than strings and numbers.

use lazyast_format::encoding::{ConstantSingleton, Payload};
use lazyast_format::{Field, Kind};
use ruff_python_ast::{
    ArgOrKeyword, Arguments, Comprehension, Expr, ExprAttribute, ExprCall, ExprCompare, ExprDict, ExprName,
    ExprStarred, Keyword,
};
use ruff_text_size::{Ranged, TextRange};

use super::lowering::Lowering;
use super::operators::{bool_operator, comparison, context, operator, unary_operator};

impl Lowering<'_> {
    pub(super) fn expressions(&mut self, expressions: &[Expr], field: Field) {
        for expression in expressions {
            self.expression(expression, field);
        }
    }

    pub(super) fn optional_expression(&mut self, expression: Option<&Expr>, field: Field) {
        if let Some(expression) = expression {
            self.expression(expression, field);
        }
    }

    /// Writes an expression. The functions that it calls are not inlined, so that each saves only the registers that it
    /// needs.
    pub(super) fn expression(&mut self, expression: &Expr, field: Field) {
        if !self.may_descend() {
            return;
        }
        match expression {
            Expr::Name(node) => self.name_expression(node, field),
            Expr::Attribute(node) => self.attribute(node, field),
            Expr::Call(node) => self.call(node, field),
            Expr::StringLiteral(node) => self.string(node, field),
            Expr::NumberLiteral(node) => self.number(node, field),
            _ => self.rare_expression(expression, field),
        }
    }

    #[inline(never)]
    fn name_expression(&mut self, node: &ExprName, field: Field) {
        let payload =
            Payload::NameContext { name: self.name_at(node.range, &node.id), context: context(node.ctx) };
        self.leaf(Kind::Name, field, node.range, payload);
    }

    #[inline(never)]
    fn attribute(&mut self, node: &ExprAttribute, field: Field) {
        let payload = Payload::NameContext { name: self.identifier(&node.attr), context: context(node.ctx) };
        self.node(Kind::Attribute, field, node.range, payload, |lower| {
            lower.expression(&node.value, Field::Value);
        });
    }

    /// Apart from [`expression`](Self::expression), so that the frequent kinds take no second choice by the kind to read
    /// their range.
    #[inline(never)]
    fn rare_expression(&mut self, expression: &Expr, field: Field) {
        let range = expression.range();
        match expression {
            Expr::Name(_)
            | Expr::Attribute(_)
            | Expr::Call(_)
            | Expr::StringLiteral(_)
            | Expr::NumberLiteral(_) => unreachable!("`expression` handles these"),
            Expr::BytesLiteral(node) => self.bytes(node, field),
            Expr::FString(node) => self.joined_string(node, field),
            Expr::TString(node) => self.template_string(node, field),
            Expr::NoneLiteral(_) => self.singleton(ConstantSingleton::None, range, field),
            Expr::BooleanLiteral(node) => {
                let constant = if node.value { ConstantSingleton::True } else { ConstantSingleton::False };
                self.singleton(constant, range, field);
            }
            Expr::EllipsisLiteral(_) => self.singleton(ConstantSingleton::Ellipsis, range, field),
            Expr::BoolOp(node) => {
                self.node(Kind::BoolOp, field, range, Payload::Operator(bool_operator(node.op)), |lower| {
                    lower.expressions(&node.values, Field::Values);
                })
            }
            Expr::Named(node) => {
                self.check(self.strict.named_expression(node));
                self.node(Kind::NamedExpr, field, range, Payload::None, |lower| {
                    lower.expression(&node.target, Field::Target);
                    lower.expression(&node.value, Field::Value);
                });
            }
            Expr::BinOp(node) => {
                self.node(Kind::BinOp, field, range, Payload::Operator(operator(node.op)), |lower| {
                    lower.expression(&node.left, Field::Left);
                    lower.expression(&node.right, Field::Right);
                })
            }
            Expr::UnaryOp(node) => {
                self.node(Kind::UnaryOp, field, range, Payload::Operator(unary_operator(node.op)), |lower| {
                    lower.expression(&node.operand, Field::Operand);
                })
            }
            Expr::Lambda(node) => self.node(Kind::Lambda, field, range, Payload::None, |lower| {
                lower.parameters(node.parameters.as_deref(), TextRange::empty(range.start()));
                lower.expression(&node.body, Field::Body);
            }),
            Expr::If(node) => self.node(Kind::IfExp, field, range, Payload::None, |lower| {
                lower.expression(&node.body, Field::Body);
                lower.expression(&node.test, Field::Test);
                lower.expression(&node.orelse, Field::Orelse);
            }),
            Expr::Dict(node) => self.dict(node, field),
            Expr::Set(node) => {
                self.node(Kind::Set, field, range, Payload::None, |lower| {
                    lower.expressions(&node.elts, Field::Elts)
                });
            }
            Expr::List(node) => {
                self.node(Kind::List, field, range, Payload::Context(context(node.ctx)), |lower| {
                    lower.expressions(&node.elts, Field::Elts);
                })
            }
            Expr::Tuple(node) => {
                self.node(Kind::Tuple, field, range, Payload::Context(context(node.ctx)), |lower| {
                    lower.expressions(&node.elts, Field::Elts);
                })
            }
            Expr::ListComp(node) => {
                self.comprehension(Kind::ListComp, field, range, &node.elt, &node.generators)
            }
            Expr::SetComp(node) => {
                self.comprehension(Kind::SetComp, field, range, &node.elt, &node.generators)
            }
            Expr::Generator(node) => {
                self.comprehension(Kind::GeneratorExp, field, range, &node.elt, &node.generators);
            }
            Expr::DictComp(node) => self.node(Kind::DictComp, field, range, Payload::None, |lower| {
                // In `{**x for x in y}` CPython has `x` as the key and no value.
                match &node.key {
                    Some(key) => {
                        lower.expression(key, Field::Key);
                        lower.expression(&node.value, Field::Value);
                    }
                    None => lower.expression(&node.value, Field::Key),
                }
                lower.generators(&node.generators);
            }),
            Expr::Await(node) => {
                self.node(Kind::Await, field, range, Payload::None, |lower| {
                    lower.expression(&node.value, Field::Value)
                });
            }
            Expr::Yield(node) => {
                self.check(self.strict.yield_expression(range));
                self.node(Kind::Yield, field, range, Payload::None, |lower| {
                    lower.optional_expression(node.value.as_deref(), Field::Value);
                });
            }
            Expr::YieldFrom(node) => {
                self.check(self.strict.yield_expression(range));
                self.node(Kind::YieldFrom, field, range, Payload::None, |lower| {
                    lower.expression(&node.value, Field::Value)
                });
            }
            Expr::Compare(node) => self.compare(node, field),
            Expr::Subscript(node) => {
                self.node(Kind::Subscript, field, range, Payload::Context(context(node.ctx)), |lower| {
                    lower.expression(&node.value, Field::Value);
                    lower.expression(&node.slice, Field::Slice);
                })
            }
            Expr::Starred(node) => {
                self.check(self.strict.starred(node));
                self.starred(node, field);
            }
            Expr::Slice(node) => self.node(Kind::Slice, field, range, Payload::None, |lower| {
                lower.optional_expression(node.lower.as_deref(), Field::Lower);
                lower.optional_expression(node.upper.as_deref(), Field::Upper);
                lower.optional_expression(node.step.as_deref(), Field::Step);
            }),
            Expr::IpyEscapeCommand(_) => self.unsupported("an IPython command"),
        }
    }

    fn singleton(&mut self, constant: ConstantSingleton, range: TextRange, field: Field) {
        self.leaf(Kind::Constant, field, range, Payload::singleton(constant));
    }

    #[inline(never)]
    fn call(&mut self, node: &ExprCall, field: Field) {
        self.node(Kind::Call, field, node.range(), Payload::None, |lower| {
            lower.expression(&node.func, Field::Func);
            // A sole generator's parentheses are the call's own.
            if let [Expr::Generator(generator)] = &*node.arguments.args
                && !generator.parenthesized
            {
                let range = node.arguments.range;
                lower.comprehension(
                    Kind::GeneratorExp,
                    Field::Args,
                    range,
                    &generator.elt,
                    &generator.generators,
                );
            } else {
                lower.arguments(&node.arguments, Field::Args);
            }
        });
    }

    /// The arguments of a call, or the bases and keywords of a class.
    pub(super) fn arguments(&mut self, arguments: &Arguments, field: Field) {
        if arguments.keywords.is_empty() {
            return arguments.args.iter().for_each(|argument| self.argument(argument, field));
        }
        for argument in arguments.iter_source_order() {
            match argument {
                ArgOrKeyword::Arg(argument) => self.argument(argument, field),
                ArgOrKeyword::Keyword(keyword) => self.keyword(keyword),
            }
        }
    }

    /// A positional argument. Its star takes any expression, unlike other stars.
    fn argument(&mut self, argument: &Expr, field: Field) {
        match argument {
            Expr::Starred(node) if self.may_descend() => self.starred(node, field),
            _ => self.expression(argument, field),
        }
    }

    fn starred(&mut self, node: &ExprStarred, field: Field) {
        self.node(Kind::Starred, field, node.range, Payload::Context(context(node.ctx)), |lower| {
            lower.expression(&node.value, Field::Value);
        });
    }

    fn keyword(&mut self, keyword: &Keyword) {
        let name = self.optional_name(keyword.arg.as_ref());
        self.node(Kind::Keyword, Field::Keywords, keyword.range, Payload::OptionalName(name), |lower| {
            lower.expression(&keyword.value, Field::Value);
        });
    }

    fn dict(&mut self, node: &ExprDict, field: Field) {
        self.node(Kind::Dict, field, node.range, Payload::None, |lower| {
            for item in &node.items {
                lower.check(lower.strict.dict_item(item));
                lower.optional_expression(item.key.as_ref(), Field::Keys);
                lower.expression(&item.value, Field::Values);
            }
        });
    }

    fn compare(&mut self, node: &ExprCompare, field: Field) {
        let payload = match &*node.ops {
            [op] => self.builder.operators(&[comparison(*op)]),
            ops => {
                let operators: Vec<u32> = ops.iter().map(|op| comparison(*op)).collect();
                self.builder.operators(&operators)
            }
        };
        self.node(Kind::Compare, field, node.range, payload, |lower| {
            lower.expression(&node.left, Field::Left);
            lower.expressions(&node.comparators, Field::Comparators);
        });
    }

    fn comprehension(
        &mut self,
        kind: Kind,
        field: Field,
        range: TextRange,
        elt: &Expr,
        generators: &[Comprehension],
    ) {
        self.node(kind, field, range, Payload::None, |lower| {
            lower.expression(elt, Field::Elt);
            lower.generators(generators);
        });
    }

    fn generators(&mut self, generators: &[Comprehension]) {
        for generator in generators {
            let is_async = Payload::Flag(u32::from(generator.is_async));
            self.node(Kind::Comprehension, Field::Generators, generator.range, is_async, |lower| {
                lower.expression(&generator.target, Field::Target);
                lower.expression(&generator.iter, Field::Iter);
                lower.expressions(&generator.ifs, Field::Ifs);
            });
        }
    }
}
