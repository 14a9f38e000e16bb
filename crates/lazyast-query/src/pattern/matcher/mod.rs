//! The backtracking matcher: compares a program with the nodes of a tree.
//!
//! # How it works
//!
//! The matcher keeps a stack of [goals](goal::Goal): comparisons that still have to succeed, such as "node 17 is like
//! template 2" or "the subjects 3 to 6 match list 0 from its second element on". A step takes the top goal. It
//! fails, or it succeeds and replaces the goal with the goals that remain of it. A template pushes one goal for each
//! field; a list compares one element and pushes a goal for the rest. When no goal remains, the pattern matches.
//!
//! Where a goal can be met in several ways, the step takes the first and adds a [choice
//! point](goal::ChoicePoint) for the next alternative. There are two such goals: a `$$$` can take more or fewer
//! subjects, and a keyword of the pattern can take one of several keywords. When a step fails, the matcher
//! backtracks: it takes the newest choice point, restores the state of that moment, and repeats the goal with the
//! alternative. Without a choice point the pattern does not match.
//!
//! To restore a state is to truncate vectors, because the state only grows between two choice points:
//!
//! - The goals are a linked list inside a vector. Popping a goal moves the top and leaves the cell, so that all goals
//!   of a choice point still exist when the matcher returns to it. A choice point keeps the index of the top.
//! - The [arena](arena::SubjectArena) holds the subjects of all lists that were opened. Goals refer to spans of it.
//! - The [bindings](binding::Bindings) say what each metavariable matched. Each is set at most once; the trail
//!   remembers in which order, and backtracking unsets those set since the choice point.
//!
//! # An example
//!
//! `[$$$A, $X, $$$B, $X]` is compared with `[1, 2, 3, 2]`. The first `$$$` starts with nothing and takes one more
//! subject in each alternative. The last `$$$` of a list has no alternative: it takes what the elements after it
//! leave.
//!
//! ```text
//! list goal, from element on   bindings               choice points
//! $$$A with 1 2 3 2                                                       take none
//! $X   with 1 2 3 2            A=[]                   A takes 1           bind
//! $$$B with 2 3 2              A=[] X=1               A takes 1           take 2 3
//! $X   with 2                  A=[] X=1 B=[2, 3]      A takes 1           fail: 2 is not 1
//! $$$A with 1 2 3 2                                                       backtrack: take 1
//! $X   with 2 3 2              A=[1]                  A takes 2           bind
//! $$$B with 3 2                A=[1] X=2              A takes 2           take 3
//! $X   with 2                  A=[1] X=2 B=[3]        A takes 2           succeed: 2 is 2
//! no goal                      A=[1] X=2 B=[3]        A takes 2           match
//! ```
//!
//! # What bounds the work
//!
//! In general there are exponentially many ways to match: every `$$$` multiplies them. Five things help:
//!
//! - [Quick rejects](quick_reject) look at the kinds and names of the first children, and reject most nodes before
//!   the matcher starts.
//! - Most segments of lists, from one `$$$` to the next, are
//!   [independent](crate::pattern::program::ListPattern::ends_independent): no metavariable in them occurs twice. Such a
//!   segment drops its choice points when the next `$$$` is reached. If an element fails then, only later `$$$` take more;
//!   giving an earlier one more could not help, because it would only move the same search to the right. This is how
//!   globs are matched, and takes O(elements x subjects) comparisons.
//! - A `$$$` that has [failed](failed_starts) is not tried again with the same bindings.
//! - An element whose metavariable a later element repeats is not tried where nothing after it [occurs again](occurrences).
//! - Every comparison has at most [`MAX_STEPS`](run::MAX_STEPS) steps, and fewer after many steps in one tree. A node that
//!   needs more does not match, and is reported. So no query hangs.
//!
//! Nothing recurses, neither on the depth of the pattern nor on that of the tree. One matcher serves all nodes of
//! a tree, and its vectors keep their memory between two nodes.
//!
//! # Files
//!
//! - [`goal`], [`arena`], [`binding`]: the parts of the state.
//! - [`state`]: [`Matcher`], the state as a whole.
//! - [`children`]: opens lists: children, parameters, items of dictionaries.
//! - [`capture`]: binds metavariables.
//! - [`name`], [`payload`]: compares names and payloads.
//! - [`node`], [`list`], [`keyword`]: the steps of goals.
//! - [`failed_starts`], [`recurrence`], [`occurrences`]: what need not be tried.
//! - [`quick_reject`]: rejects nodes without comparing them.
//! - [`run`]: the loop of steps, and backtracking.

mod arena;
mod binding;
mod capture;
mod children;
mod failed_starts;
mod goal;
mod keyword;
mod list;
mod name;
mod node;
mod occurrences;
mod payload;
mod quick_reject;
mod recurrence;
mod run;
mod state;

pub(crate) use run::MAX_STEPS;
pub(crate) use state::{Matcher, PatternMatch};
