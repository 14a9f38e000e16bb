//! `arguments`, `arg`, and type parameters.

use lazyast_format::encoding::Payload;
use lazyast_format::{Field, Kind};
use ruff_python_ast::{Parameter, ParameterWithDefault, Parameters, TypeParam, TypeParams};
use ruff_text_size::{Ranged, TextRange};

use super::lowering::Lowering;

impl Lowering<'_> {
    /// The `arguments` node, which also a function without parameters has.
    pub(super) fn parameters(&mut self, parameters: Option<&Parameters>, empty: TextRange) {
        let range = parameters.map_or(empty, |parameters| parameters.range);
        self.node(Kind::Arguments, Field::Args, range, Payload::None, |lower| {
            let Some(parameters) = parameters else { return };
            for parameter in &parameters.posonlyargs {
                lower.parameter_with_default(parameter, Field::Posonlyargs, Field::Defaults);
            }
            for parameter in &parameters.args {
                lower.parameter_with_default(parameter, Field::Args, Field::Defaults);
            }
            if let Some(parameter) = &parameters.vararg {
                lower.parameter(parameter, Field::Vararg);
            }
            for parameter in &parameters.kwonlyargs {
                lower.parameter_with_default(parameter, Field::Kwonlyargs, Field::KwDefaults);
            }
            if let Some(parameter) = &parameters.kwarg {
                lower.parameter(parameter, Field::Kwarg);
            }
        });
    }

    fn parameter_with_default(
        &mut self,
        parameter: &ParameterWithDefault,
        field: Field,
        default_field: Field,
    ) {
        self.parameter(&parameter.parameter, field);
        if let Some(default) = &parameter.default {
            self.expression(default, default_field);
        }
    }

    /// An `arg`. Ruff's range includes the stars before it, CPython's does not.
    fn parameter(&mut self, parameter: &Parameter, field: Field) {
        let range = TextRange::new(parameter.name.start(), parameter.end());
        let name = Payload::Name(self.identifier(&parameter.name));
        self.node(Kind::Arg, field, range, name, |lower| {
            lower.optional_expression(parameter.annotation.as_deref(), Field::Annotation);
        });
    }

    pub(super) fn type_parameters(&mut self, parameters: Option<&TypeParams>) {
        for parameter in parameters.into_iter().flat_map(|parameters| &parameters.type_params) {
            let (kind, name, bound, default) = match parameter {
                TypeParam::TypeVar(var) => (Kind::TypeVar, &var.name, var.bound.as_deref(), &var.default),
                TypeParam::ParamSpec(spec) => (Kind::ParamSpec, &spec.name, None, &spec.default),
                TypeParam::TypeVarTuple(tuple) => (Kind::TypeVarTuple, &tuple.name, None, &tuple.default),
            };
            if default.is_some() {
                self.needs(13);
            }
            let name = Payload::Name(self.identifier(name));
            self.node(kind, Field::TypeParams, parameter.range(), name, |lower| {
                lower.optional_expression(bound, Field::Bound);
                lower.optional_expression(default.as_deref(), Field::DefaultValue);
            });
        }
    }
}
