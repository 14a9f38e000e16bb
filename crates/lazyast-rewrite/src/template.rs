//! [`Template`]: the code that replaces a hit, and the places in it where captures go.

use std::collections::HashMap;
use std::ops::Range;

use lazyast_format::encoding::Payload;
use lazyast_format::read::{ParentTable, TargetPython};
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};
use lazyast_query::{Fragment, ParseFn, Query, QueryError};

use crate::layout::Layout;
use crate::nodes::{NEWEST_PYTHON, children, default_of};
use crate::precedence::{Slot, slot};

/// A compiled template.
#[derive(Debug)]
pub(crate) struct Template<B> {
    pub(crate) fragment: Fragment<B>,
    pub(crate) roots: Vec<NodeId>,
    /// In the order of the code. A placeholder for parameters comes before those in them.
    pub(crate) placeholders: Vec<Placeholder>,
    /// The placeholder of each node that consists of one.
    by_node: HashMap<NodeId, usize>,
    pub(crate) parents: ParentTable,
    /// Tuples with a `$$$` in them: the end of the last element, and the tuple.
    pub(crate) tuples: Vec<(usize, NodeId)>,
}

/// A part of a template that a capture replaces.
#[derive(Clone, Debug)]
pub(crate) struct Placeholder {
    /// What is replaced in the code.
    pub(crate) range: Range<usize>,
    /// The metavariable; empty for [`Form::Parameters`].
    pub(crate) name: String,
    pub(crate) form: Form,
    /// The node that consists of it.
    pub(crate) node: Option<NodeId>,
}

/// What stands in the place of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// An identifier.
    Name,
    /// A part of the text of a string literal: its quote, and whether it is raw.
    Text {
        quote: u8,
        is_raw: bool,
    },
    Expression(ExpressionPlace),
    /// One expression or none; the words before it that an absent one takes along.
    Optional(ExpressionPlace, &'static [&'static str]),
    /// Elements of a list, and what separates them.
    Sequence {
        separator: &'static str,
        has_brackets: bool,
    },
    /// Decorators, with their `@`.
    Decorators,
    /// Statements. A `$X` can also be an expression statement.
    Statements,
    /// One parameter; whether the template gives it a default.
    Parameter {
        has_default: bool,
    },
    /// All parameters of an `arguments`, because a `$$$` is among them.
    Parameters(NodeId),
    /// A node that is copied as it is: a pattern, an imported name.
    Node,
}

/// A place for one expression in a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExpressionPlace {
    pub(crate) slot: Slot,
    pub(crate) has_brackets: bool,
    /// Whether it is the only argument of a call, where a generator needs no parentheses of its own.
    pub(crate) is_only_argument: bool,
}

impl<B: AsRef<[u8]>> Template<B> {
    /// Compiles a template for the captures of a query.
    pub(crate) fn compile(text: &str, query: &Query, parse: &ParseFn<'_, B>) -> Result<Self, QueryError> {
        let fragment = Fragment::template(text, parse)?;
        let whole = 0..fragment.code().len();
        let damage = |damage: Damage| fragment.error(whole.clone(), damage.to_string());
        let tree = fragment.tree()?;
        let roots = fragment.roots()?;
        let parents = ParentTable::of(&tree, TargetPython::new(NEWEST_PYTHON, 0)).map_err(damage)?;
        let layout = Layout::new(fragment.code(), &tree, fragment.offset()).map_err(damage)?;
        let compiler =
            Compiler { fragment: &fragment, tree: &tree, roots: &roots, parents: &parents, layout: &layout };
        let mut placeholders = Vec::new();
        for (range, name, is_sequence) in fragment.metavariables() {
            placeholders.extend(compiler.placeholder(query, range, name, is_sequence)?);
        }
        let mut tuples = Vec::new();
        let nodes: Vec<NodeId> = placeholders.iter().filter_map(|placeholder| placeholder.node).collect();
        for node in nodes {
            compiler.note_list(node, &mut placeholders, &mut tuples).map_err(damage)?;
        }
        placeholders.sort_by_key(|one| {
            (one.range.start, std::cmp::Reverse(one.range.end), !matches!(one.form, Form::Parameters(_)))
        });
        tuples.sort_unstable();
        let by_node =
            placeholders.iter().enumerate().filter_map(|(index, one)| Some((one.node?, index))).collect();
        Ok(Self { fragment, roots, placeholders, by_node, parents, tuples })
    }

    /// The placeholder that a node consists of.
    pub(crate) fn placeholder_of(&self, node: NodeId) -> Option<&Placeholder> {
        self.by_node.get(&node).map(|index| &self.placeholders[*index])
    }

    /// Whether an empty `$$$` of statements leaves a `pass`: the first one in a block that has only such, and one that does
    /// not have its line for itself.
    pub(crate) fn leaves_pass(
        &self,
        tree: &Tree<'_>,
        layout: &Layout<'_>,
        node: NodeId,
        is_empty: impl Fn(&str) -> bool,
    ) -> Result<bool, Damage> {
        let field = tree.field(node)?;
        let mut block = children(tree, self.parents.parent(node).unwrap_or(0))?;
        block.retain(|(of, _)| *of == field);
        let is_empty_list = |node: NodeId| {
            let placeholder = self.placeholder_of(node).filter(|found| found.form == Form::Statements);
            placeholder.is_some_and(|found| is_empty(&found.name))
        };
        if block.iter().all(|(_, statement)| is_empty_list(*statement)) {
            return Ok(block.first().is_some_and(|(_, first)| *first == node));
        }
        let Some(Placeholder { range, .. }) = self.placeholder_of(node) else { return Ok(false) };
        let rest = &layout.text[range.end..layout.line_end(range.end)];
        Ok(!(layout.starts_line(range.start) && rest.trim().is_empty()))
    }

    /// Whether the template is one expression, and not a statement by its form.
    pub(crate) fn is_expression(&self, tree: &Tree<'_>) -> Result<bool, Damage> {
        match self.roots[..] {
            [one] => Ok(tree.kind(one)? == Kind::Expr || self.fragment.is_decorator()),
            _ => Ok(false),
        }
    }

    /// The expression that the template is.
    pub(crate) fn expression(&self) -> NodeId {
        self.roots[0] + u32::from(!self.fragment.is_decorator())
    }
}

struct Compiler<'c, 'a, B> {
    fragment: &'c Fragment<B>,
    tree: &'c Tree<'a>,
    roots: &'c [NodeId],
    parents: &'c ParentTable,
    layout: &'c Layout<'c>,
}

impl<B: AsRef<[u8]>> Compiler<'_, '_, B> {
    fn error(&self, range: &Range<usize>, message: impl Into<String>) -> QueryError {
        self.fragment.error(range.clone(), message)
    }

    fn range(&self, node: NodeId) -> Range<usize> {
        self.fragment.range(self.tree.range(node).unwrap_or_default())
    }

    /// The placeholder for a metavariable, and the node that consists of it. `None` for an ordinary `$` in a string or a
    /// comment.
    fn placeholder(
        &self,
        query: &Query,
        range: Range<usize>,
        name: Option<&str>,
        is_sequence: bool,
    ) -> Result<Option<Placeholder>, QueryError> {
        if self.layout.is_in_comment(range.start) {
            return Ok(None);
        }
        let literal = self.layout.string_around(range.start);
        let node = if literal.is_some() && !self.is_in_field(&range) { None } else { self.node_at(&range)? };
        if let (Some(literal), None) = (literal, node) {
            return self.text(query, range, name, is_sequence, literal);
        }
        let Some(name) = name else {
            let message = "$_ and $$$ capture nothing: give it a name, here and in the pattern";
            return Err(self.error(&range, message));
        };
        self.check_name(query, &range, name, is_sequence, "")?;
        let Some(node) = node else {
            let form = if is_sequence {
                Form::Sequence { separator: ", ", has_brackets: false }
            } else {
                Form::Name
            };
            return Ok(Some(Placeholder { range, name: name.to_owned(), form, node: None }));
        };
        let damage = |damage: Damage| self.error(&range, damage.to_string());
        let (node, whole, form) = self.form(node, range.clone(), is_sequence).map_err(damage)?;
        let form = form.ok_or_else(|| {
            let message = if is_sequence {
                "$$$ cannot stand here in a template: its place is a list, or one node that is optional"
            } else {
                "a metavariable cannot stand here in a template"
            };
            self.error(&range, message)
        })?;
        Ok(Some(Placeholder { range: whole, name: name.to_owned(), form, node: Some(node) }))
    }

    fn check_name(
        &self,
        query: &Query,
        range: &Range<usize>,
        name: &str,
        is_sequence: bool,
        hint: &str,
    ) -> Result<(), QueryError> {
        match query.is_sequence(name) {
            None => {
                let names: Vec<String> = query
                    .capture_names()
                    .iter()
                    .map(|name| {
                        let dollars = if query.is_sequence(name) == Some(true) { "$$$" } else { "$" };
                        format!("{dollars}{name}")
                    })
                    .collect();
                let has = if names.is_empty() { "no metavariables".to_owned() } else { names.join(", ") };
                let message = format!("unknown metavariable {name}: the pattern has {has}{hint}");
                Err(self.error(range, message))
            }
            Some(true) if !is_sequence => {
                Err(self.error(range, format!("{name} matches any number in the pattern: write $$${name}")))
            }
            Some(false) if is_sequence => {
                Err(self.error(range, format!("{name} matches one node in the pattern: write ${name}")))
            }
            Some(_) => Ok(()),
        }
    }

    /// A metavariable in the text of a string: `$` and capitals, as in patterns.
    fn text(
        &self,
        query: &Query,
        range: Range<usize>,
        name: Option<&str>,
        is_sequence: bool,
        (start, _): (usize, usize),
    ) -> Result<Option<Placeholder>, QueryError> {
        let code = self.fragment.code().as_bytes();
        let is_capital = name.is_none_or(|name| !name.bytes().any(|byte| byte.is_ascii_lowercase()));
        let is_doubled = range.start > 0 && code[range.start - 1] == b'$';
        let prefix: Vec<u8> = code[start..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .map(u8::to_ascii_lowercase)
            .collect();
        if is_sequence || !is_capital || is_doubled || prefix.iter().any(|letter| b"bft".contains(letter)) {
            return Ok(None);
        }
        let hint = "; write \\x24 for a dollar in a string";
        let Some(name) = name else {
            let message = format!("$_ captures nothing: give it a name, here and in the pattern{hint}");
            return Err(self.error(&range, message));
        };
        self.check_name(query, &range, name, false, hint)?;
        let quote = code[start + prefix.len()];
        let form = Form::Text { quote, is_raw: prefix.contains(&b'r') };
        Ok(Some(Placeholder { range, name: name.to_owned(), form, node: None }))
    }

    /// Whether a range is inside of a replacement field.
    fn is_in_field(&self, range: &Range<usize>) -> bool {
        (0..self.tree.len()).any(|node| {
            matches!(self.tree.kind(node), Ok(Kind::FormattedValue | Kind::Interpolation)) && {
                let field = self.range(node);
                field.start < range.start && range.end < field.end
            }
        })
    }

    /// The node that consists of a metavariable.
    fn node_at(&self, range: &Range<usize>) -> Result<Option<NodeId>, QueryError> {
        const KINDS: [Kind; 6] =
            [Kind::Name, Kind::Arg, Kind::Alias, Kind::Keyword, Kind::MatchAs, Kind::TypeVar];
        let damage = |damage: Damage| self.error(range, damage.to_string());
        for node in 0..self.tree.len() {
            let kind = self.tree.kind(node).map_err(damage)?;
            if !KINDS.contains(&kind) {
                continue;
            }
            // A parameter may have an annotation, and `$$$` after a default has one, which is not written.
            let own = self.range(node);
            let is_same = own == *range
                || kind == Kind::Arg && own.start == range.start && own.end <= range.end
                || kind == Kind::Arg && own.start == range.start && self.tree.subtree_end(node) > node + 1;
            if is_same {
                return Ok(Some(node));
            }
        }
        Ok(None)
    }

    /// What a node that consists of a metavariable stands for: the node, its range, and the form.
    fn form(
        &self,
        node: NodeId,
        range: Range<usize>,
        is_sequence: bool,
    ) -> Result<(NodeId, Range<usize>, Option<Form>), Damage> {
        let parent = self.parents.parent(node).unwrap_or(0);
        let (kind, parent_kind, field) =
            (self.tree.kind(node)?, self.tree.kind(parent)?, self.tree.field(node)?);
        let has_brackets = self.layout.depth(range.start) > 0;
        let list = |separator: &'static str| Some(Form::Sequence { separator, has_brackets });
        let form = match (kind, parent_kind, field) {
            (Kind::Arg, _, _) if self.tree.subtree_end(node) > node + 1 => {
                Some(Form::Name).filter(|_| !is_sequence)
            }
            (Kind::Arg, _, _) => Some(Form::Parameter {
                has_default: default_of(self.tree, parent, node)?.is_some() && !is_sequence,
            }),
            (Kind::Alias | Kind::Keyword | Kind::TypeVar, _, _) if is_sequence => list(", "),
            (Kind::Alias | Kind::MatchAs, _, _) if !is_sequence => Some(Form::Node),
            (Kind::TypeVar, _, _) => Some(Form::Name),
            (Kind::MatchAs, Kind::MatchOr, _) => list(" | "),
            (Kind::MatchAs, _, Field::Patterns) => list(", "),
            (Kind::Name, Kind::Expr, _)
                if self.range(parent) == range && !self.is_only_root(parent, is_sequence) =>
            {
                return Ok((parent, range, Some(Form::Statements)));
            }
            (Kind::Name, Kind::Withitem, Field::ContextExpr)
                if is_sequence && self.tree.subtree_end(parent) == node + 1 =>
            {
                return Ok((parent, range, list(", ")));
            }
            (Kind::Name, Kind::Keyword, _) if is_sequence && self.starts_with_stars(parent) => {
                return Ok((parent, self.range(parent), list(", ")));
            }
            (Kind::Name, Kind::Dict, Field::Values) if is_sequence => {
                let stars = self.layout.code_before(range.start);
                let is_unpacked = self.fragment.code()[..stars].ends_with("**");
                return Ok((node, stars.saturating_sub(2)..range.end, list(", ").filter(|_| is_unpacked)));
            }
            (Kind::Name, _, Field::DecoratorList) if is_sequence => {
                let at = self.layout.code_before(range.start);
                return Ok((node, at.saturating_sub(1)..range.end, Some(Form::Decorators)));
            }
            (Kind::Name, _, _) if is_sequence => match (parent_kind, field) {
                (Kind::Call, Field::Args)
                | (Kind::ClassDef, Field::Bases)
                | (Kind::List | Kind::Tuple | Kind::Set, Field::Elts)
                | (Kind::Delete, _) => list(", "),
                (Kind::Assign, Field::Targets) => list(" = "),
                (Kind::BoolOp, _) => match self.tree.payload(parent, parent_kind)? {
                    Payload::Operator(lazyast_format::schema::boolop::OR) => list(" or "),
                    _ => list(" and "),
                },
                _ => connectors(parent_kind, field)
                    .map(|words| Ok(Form::Optional(self.place(parent, field, &range)?, words)))
                    .transpose()?,
            },
            (Kind::Name, _, _) => Some(Form::Expression(self.place(parent, field, &range)?)),
            _ => None,
        };
        Ok((node, range, form))
    }

    /// Whether a statement is all of the template, and may be an expression.
    fn is_only_root(&self, statement: NodeId, is_sequence: bool) -> bool {
        self.roots == [statement] && !is_sequence
    }

    fn starts_with_stars(&self, node: NodeId) -> bool {
        self.fragment.code()[self.range(node)].starts_with("**")
    }

    fn place(&self, parent: NodeId, field: Field, range: &Range<usize>) -> Result<ExpressionPlace, Damage> {
        let kind = self.tree.kind(parent)?;
        let pairs = self.layout.parentheses_around(range.start, range.end);
        let whole = self.range(parent);
        let is_own = |pair: &(usize, usize)| {
            kind == Kind::Call && pair.1 == whole.end
                || kind == Kind::ClassDef
                    && self.fragment.code()[..self.layout.code_before(pair.0)]
                        .ends_with(|last: char| last.is_alphanumeric() || last == '_' || last == ']')
        };
        let own = pairs.last().is_some_and(is_own);
        let slot = if pairs.len() > usize::from(own) {
            Slot::parenthesised()
        } else if kind == Kind::Dict
            && self.fragment.code()[..self.layout.code_before(range.start)].ends_with("**")
        {
            Slot::unpacked()
        } else {
            slot(self.tree, parent, field)?
        };
        let is_only_argument = own && pairs.len() == 1 && kind == Kind::Call;
        Ok(ExpressionPlace { slot, has_brackets: self.layout.depth(range.start) > 0, is_only_argument })
    }

    /// Adds what the list of a `$$$` needs: a placeholder for all parameters, a tuple that may get a comma.
    fn note_list(
        &self,
        node: NodeId,
        placeholders: &mut Vec<Placeholder>,
        tuples: &mut Vec<(usize, NodeId)>,
    ) -> Result<(), Damage> {
        let parent = self.parents.parent(node).unwrap_or(0);
        let range = self.range(node);
        match self.tree.kind(parent)? {
            Kind::Tuple => {
                let Some((_, last)) = children(self.tree, parent)?.last().copied() else { return Ok(()) };
                let end = self.range(last).end;
                if !tuples.contains(&(end, parent)) {
                    tuples.push((end, parent));
                }
            }
            Kind::Arguments => {
                let is_sequence = self.fragment.code()[range.start..].starts_with("$$$")
                    || self.fragment.code()[range.start..].starts_with("$...");
                let is_known = placeholders.iter().any(|known| known.form == Form::Parameters(parent));
                if is_sequence && !is_known {
                    let range = self.parameter_list(parent)?;
                    placeholders.push(Placeholder {
                        range,
                        name: String::new(),
                        form: Form::Parameters(parent),
                        node: None,
                    });
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The range of all parameters: what is in the parentheses of a definition, or before the colon of a `lambda`.
    fn parameter_list(&self, arguments: NodeId) -> Result<Range<usize>, Damage> {
        parameter_list(self.tree, self.layout, self.parents, arguments, self.fragment.offset())
    }
}

/// The range of all parameters of an `arguments` that has at least one, in a text whose tree has `before` further bytes.
pub(crate) fn parameter_list(
    tree: &Tree<'_>,
    layout: &Layout<'_>,
    parents: &ParentTable,
    arguments: NodeId,
    before: usize,
) -> Result<Range<usize>, Damage> {
    let offset = |offset: u32| (offset as usize).saturating_sub(before);
    let owner = parents.parent(arguments).unwrap_or(0);
    let first = offset(tree.range(arguments + 1)?.0);
    if tree.kind(owner)? != Kind::Lambda {
        let (open, close) = layout.pair_around(first).unwrap_or((first, first));
        return Ok((open + 1).min(close)..close);
    }
    let start = offset(tree.range(owner)?.0) + "lambda".len();
    let last = children(tree, arguments)?.last().map_or(arguments + 1, |(_, last)| *last);
    let end = offset(tree.range(last)?.1);
    let depth = layout.depth(start);
    let colon = memchr::memchr_iter(b':', &layout.text.as_bytes()[end..])
        .map(|index| end + index)
        .find(|colon| layout.depth(*colon) == depth && !layout.is_in_comment(*colon));
    Ok(start..colon.unwrap_or(end))
}

/// The words before an optional expression.
fn connectors(kind: Kind, field: Field) -> Option<&'static [&'static str]> {
    Some(match (kind, field) {
        (Kind::Return | Kind::Yield, Field::Value) | (Kind::Raise, Field::Exc) => &[],
        (Kind::Slice, _) => &[],
        (Kind::AnnAssign, Field::Value) => &["="],
        (Kind::Raise, Field::Cause) => &["from"],
        (Kind::Assert, Field::Msg) => &[","],
        (Kind::Withitem, Field::OptionalVars) => &["as"],
        (Kind::FunctionDef | Kind::AsyncFunctionDef, Field::Returns) => &["->"],
        (Kind::MatchCase, Field::Guard) | (Kind::Comprehension, Field::Ifs) => &["if"],
        _ => return None,
    })
}
