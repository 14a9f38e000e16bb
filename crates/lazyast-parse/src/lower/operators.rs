//! The codes of operators and expression contexts.

use lazyast_format::schema::{boolop, cmpop, expr_context, operator as binary, unaryop};
use ruff_python_ast::{BoolOp, CmpOp, ExprContext, Operator, UnaryOp};

pub(super) fn context(context: ExprContext) -> u32 {
    match context {
        ExprContext::Load | ExprContext::Invalid => expr_context::LOAD,
        ExprContext::Store => expr_context::STORE,
        ExprContext::Del => expr_context::DEL,
    }
}

pub(super) fn bool_operator(op: BoolOp) -> u32 {
    match op {
        BoolOp::And => boolop::AND,
        BoolOp::Or => boolop::OR,
    }
}

pub(super) fn unary_operator(op: UnaryOp) -> u32 {
    match op {
        UnaryOp::Invert => unaryop::INVERT,
        UnaryOp::Not => unaryop::NOT,
        UnaryOp::UAdd => unaryop::UADD,
        UnaryOp::USub => unaryop::USUB,
    }
}

pub(super) fn operator(op: Operator) -> u32 {
    match op {
        Operator::Add => binary::ADD,
        Operator::Sub => binary::SUB,
        Operator::Mult => binary::MULT,
        Operator::MatMult => binary::MAT_MULT,
        Operator::Div => binary::DIV,
        Operator::Mod => binary::MOD,
        Operator::Pow => binary::POW,
        Operator::LShift => binary::LSHIFT,
        Operator::RShift => binary::RSHIFT,
        Operator::BitOr => binary::BIT_OR,
        Operator::BitXor => binary::BIT_XOR,
        Operator::BitAnd => binary::BIT_AND,
        Operator::FloorDiv => binary::FLOOR_DIV,
    }
}

pub(super) fn comparison(op: CmpOp) -> u32 {
    match op {
        CmpOp::Eq => cmpop::EQ,
        CmpOp::NotEq => cmpop::NOT_EQ,
        CmpOp::Lt => cmpop::LT,
        CmpOp::LtE => cmpop::LT_E,
        CmpOp::Gt => cmpop::GT,
        CmpOp::GtE => cmpop::GT_E,
        CmpOp::Is => cmpop::IS,
        CmpOp::IsNot => cmpop::IS_NOT,
        CmpOp::In => cmpop::IN,
        CmpOp::NotIn => cmpop::NOT_IN,
    }
}
