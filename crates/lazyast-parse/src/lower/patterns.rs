//! `match` statements' patterns.

use lazyast_format::encoding::{ConstantSingleton, Payload};
use lazyast_format::{Field, Kind};
use ruff_python_ast::{
    MatchCase, Pattern, PatternMatchClass, PatternMatchMapping, PatternMatchSequence, Singleton,
};

use super::lowering::Lowering;

impl Lowering<'_> {
    pub(super) fn match_case(&mut self, case: &MatchCase) {
        self.node(Kind::MatchCase, Field::Cases, case.range, Payload::None, |lower| {
            lower.pattern(&case.pattern, Field::Pattern);
            lower.optional_expression(case.guard.as_deref(), Field::Guard);
            lower.body(&case.body, Field::Body);
        });
    }

    fn pattern(&mut self, pattern: &Pattern, field: Field) {
        if !self.may_descend() {
            return;
        }
        match pattern {
            Pattern::MatchValue(node) => {
                self.check(self.strict.pattern_value(&node.value));
                self.node(Kind::MatchValue, field, node.range, Payload::None, |lower| {
                    lower.expression(&node.value, Field::Value)
                });
            }
            Pattern::MatchSingleton(node) => {
                let constant = match node.value {
                    Singleton::None => ConstantSingleton::None,
                    Singleton::True => ConstantSingleton::True,
                    Singleton::False => ConstantSingleton::False,
                };
                self.leaf(Kind::MatchSingleton, field, node.range, Payload::singleton(constant));
            }
            Pattern::MatchSequence(node) => self.sequence(node, field),
            Pattern::MatchMapping(node) => self.mapping(node, field),
            Pattern::MatchClass(node) => self.class(node, field),
            Pattern::MatchStar(_) => self.check(self.strict.star_outside_sequence()),
            Pattern::MatchAs(node) => {
                let name = Payload::OptionalName(self.optional_name(node.name.as_ref()));
                self.node(Kind::MatchAs, field, node.range, name, |lower| {
                    if let Some(pattern) = &node.pattern {
                        lower.pattern(pattern, Field::Pattern);
                    }
                });
            }
            Pattern::MatchOr(node) => {
                self.node(Kind::MatchOr, field, node.range, Payload::None, |lower| {
                    lower.patterns(&node.patterns, Field::Patterns)
                });
            }
        }
    }

    fn patterns(&mut self, patterns: &[Pattern], field: Field) {
        for pattern in patterns {
            self.pattern(pattern, field);
        }
    }

    fn sequence(&mut self, node: &PatternMatchSequence, field: Field) {
        self.check(self.strict.sequence_pattern(node));
        self.node(Kind::MatchSequence, field, node.range, Payload::None, |lower| {
            for pattern in &node.patterns {
                match pattern {
                    Pattern::MatchStar(star) => {
                        let name = Payload::OptionalName(lower.optional_name(star.name.as_ref()));
                        lower.leaf(Kind::MatchStar, Field::Patterns, star.range, name);
                    }
                    _ => lower.pattern(pattern, Field::Patterns),
                }
            }
        });
    }

    fn mapping(&mut self, node: &PatternMatchMapping, field: Field) {
        let rest = Payload::OptionalName(self.optional_name(node.rest.as_ref()));
        self.node(Kind::MatchMapping, field, node.range, rest, |lower| {
            for (key, pattern) in node.keys.iter().zip(&node.patterns) {
                lower.check(lower.strict.pattern_value(key));
                lower.expression(key, Field::Keys);
                lower.pattern(pattern, Field::Patterns);
            }
        });
    }

    fn class(&mut self, node: &PatternMatchClass, field: Field) {
        self.check(self.strict.class_pattern(node));
        let names = self.name_list(node.arguments.keywords.iter().map(|keyword| &keyword.attr));
        self.node(Kind::MatchClass, field, node.range, names, |lower| {
            lower.expression(&node.cls, Field::Cls);
            lower.patterns(&node.arguments.patterns, Field::Patterns);
            for keyword in &node.arguments.keywords {
                lower.check(lower.strict.keyword_pattern(keyword));
                lower.pattern(&keyword.pattern, Field::KwdPatterns);
            }
        });
    }
}
