//! The bits of payloads are known in one file.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{BinOp, Expr, ExprBinary, Lit};

use super::{compare, crate_sources, is_test, parsed};

/// The file that packs and unpacks payloads.
const OWNER: &str = "crates/lazyast-format/src/encoding/payload.rs";

/// Shifts and masks elsewhere that look the same and are something else.
const OTHER: [(&str, &str); 3] = [
    ("crates/lazyast-format/src/kind_set.rs", "a set of kinds"),
    ("crates/lazyast-format/src/read/payload_value.rs", "a flag is 0 or 1, also in a damaged archive"),
    ("crates/lazyast-query/src/exec/node_set.rs", "a set of nodes"),
];

/// Finds shifts and masks with the numbers that payloads use, or of something that is called a payload.
#[derive(Default)]
struct Bits(Vec<String>);

impl<'ast> Visit<'ast> for Bits {
    fn visit_expr_binary(&mut self, expression: &'ast ExprBinary) {
        let ExprBinary { left, op, right, .. } = expression;
        let (is_shift, numbers): (bool, &[u32]) = match op {
            BinOp::Shl(_) | BinOp::Shr(_) | BinOp::ShlAssign(_) | BinOp::ShrAssign(_) => (true, &[1, 2, 3]),
            BinOp::BitAnd(_) | BinOp::BitAndAssign(_) => (false, &[1, 3, 7]),
            BinOp::BitOr(_) | BinOp::BitXor(_) | BinOp::BitOrAssign(_) => (false, &[]),
            _ => return visit::visit_expr_binary(self, expression),
        };
        let is_bits = |side: &Expr| number(side).is_some_and(|n| numbers.contains(&n));
        if is_bits(right) || !is_shift && is_bits(left) || is_payload(left) || is_payload(right) {
            self.0.push(quote::quote!(#expression).to_string());
        }
        visit::visit_expr_binary(self, expression);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }
}

/// A literal, or its complement.
fn number(expression: &Expr) -> Option<u32> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => number.base10_parse().ok(),
            _ => None,
        },
        Expr::Unary(unary) => number(&unary.expr),
        _ => None,
    }
}

/// Whether an expression is a variable, a field or a call of that name.
fn is_payload(expression: &Expr) -> bool {
    match expression {
        Expr::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "payload"),
        Expr::Field(field) => matches!(&field.member, syn::Member::Named(name) if name == "payload"),
        Expr::MethodCall(call) => call.method == "payload",
        Expr::Try(tried) => is_payload(&tried.expr),
        Expr::Unary(unary) => is_payload(&unary.expr),
        Expr::Paren(inner) => is_payload(&inner.expr),
        Expr::Cast(cast) => is_payload(&cast.expr),
        _ => false,
    }
}

#[test]
fn payloads_are_packed_in_one_file() {
    let mut found = BTreeSet::new();
    for (name, path) in crate_sources() {
        let path_text = path.display().to_string();
        // The store, the command line and the generators have no payloads.
        let concerned = ["lazyast-format", "lazyast-parse", "lazyast-query", "lazyast", "lazyast-python"];
        if path_text == OWNER || !concerned.contains(&name.as_str()) {
            continue;
        }
        let mut bits = Bits::default();
        bits.visit_file(&parsed(&path));
        for expression in bits.0 {
            println!("{path_text}: {expression}");
            found.insert(path_text.clone());
        }
    }
    let other = OTHER.map(|(path, _reason)| path.to_owned());
    compare(found, other.into(), &format!("bits that look like a payload's outside of {OWNER}"));
}
