//! Comparing a pattern with nodes.
//!
//! A machine with goals, and choices to come back to: goals form a linked stack in `cells`, so that a choice keeps
//! its goals by keeping one number. Nothing recurses, neither on the pattern's depth nor on the tree's, and a count
//! of steps bounds how many ways are tried.

use lazyast_format::encoding::{NameInAnyContext, Payload, Stored};
use lazyast_format::{Damage, Field, Kind, NodeId, Tree};

use crate::ExecutionError;
use crate::pattern::equal;
use crate::pattern::program::{
    CaptureId, Element, Item, KeywordName, KeywordsId, List, ListId, NameTest, Pattern, PayloadTest, Root,
    Slot, Target, TemplateId, Wanted, What,
};

/// Most steps of one comparison.
pub(crate) const MAX_STEPS: u32 = 1_000_000;

/// No goal is left.
const DONE: u32 = u32::MAX;

/// A part of the targets' arena.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    start: u32,
    end: u32,
}

impl Run {
    fn len(self) -> u32 {
        self.end - self.start
    }

    fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

#[derive(Clone, Copy, Debug)]
enum Goal {
    Item(Item, NodeId),
    /// The elements from one on, with targets; the number of choices before these; keywords that come behind.
    Elements {
        list: ListId,
        element: u32,
        targets: Run,
        barrier: u32,
        behind: Option<Behind>,
    },
    /// The keywords from one on.
    Keywords {
        element: u32,
        behind: Behind,
    },
    /// A name that is captured.
    Name(NameTest, NodeId),
    /// A default, or whatever else is compared with a place where there may be nothing.
    Optional(Option<Item>, Option<NodeId>),
}

/// The keywords of an argument list, behind what is positional.
#[derive(Clone, Copy, Debug)]
struct Behind {
    keywords: KeywordsId,
    /// Those that no keyword of the pattern has taken.
    left: Run,
    /// What the last `$$$` has captured, which takes the others.
    last: Option<(CaptureId, Run)>,
}

/// Something else to try.
#[derive(Clone, Copy, Debug)]
struct Choice {
    goal: Goal,
    /// Of `Elements`: how many targets the `$$$` takes. Of `Keywords`: which one is taken.
    way: u32,
    next: u32,
    cells: u32,
    arena: u32,
    trail: u32,
}

#[derive(Clone, Copy, Debug)]
enum Captured {
    Nothing,
    One(Target),
    Run(Run),
}

/// Where a pattern matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    /// The last of several statements; the node itself otherwise.
    pub(crate) last: NodeId,
    /// What each name captured, in the order of the pattern's captures.
    pub(crate) captures: Vec<Vec<Target>>,
}

/// Compares a pattern with nodes of one tree; its memory is used again for each.
#[derive(Debug)]
pub(crate) struct Machine<'p, 't, 'a> {
    pattern: &'p Pattern,
    tree: &'t Tree<'a>,
    /// The numbers that the tree gives to the pattern's names.
    names: Vec<Option<u32>>,
    /// The pattern's anchors, in the tree's numbers: distance, kind and name.
    anchors: Vec<(u32, u8, Option<NameInAnyContext>)>,
    cells: Vec<(Goal, u32)>,
    top: u32,
    choices: Vec<Choice>,
    arena: Vec<Target>,
    captured: Vec<Captured>,
    trail: Vec<CaptureId>,
    last: NodeId,
}

impl<'p, 't, 'a> Machine<'p, 't, 'a> {
    pub(crate) fn new(pattern: &'p Pattern, tree: &'t Tree<'a>) -> Self {
        let names: Vec<Option<u32>> = pattern.names.iter().map(|name| tree.find_name(name)).collect();
        let anchors = pattern.anchors.iter().map(|anchor| {
            let number = anchor.name.and_then(|name| names[name as usize]);
            (anchor.distance, anchor.kind as u8, number.map(NameInAnyContext::new))
        });
        Self {
            pattern,
            tree,
            anchors: anchors.collect(),
            names,
            cells: Vec::new(),
            top: DONE,
            choices: Vec::new(),
            arena: Vec::new(),
            captured: vec![Captured::Nothing; pattern.captures.len()],
            trail: Vec::new(),
            last: 0,
        }
    }

    /// Whether a look at a few fixed places already shows that the pattern does not match a node.
    pub(crate) fn is_hopeless(&self, node: NodeId) -> bool {
        let kinds = self.tree.kinds();
        self.anchors.iter().any(|(distance, kind, name)| {
            let place = node + distance;
            kinds.get(place as usize) != Some(kind)
                || name.is_some_and(|name| !self.tree.has_name(place, name))
        })
    }

    /// Whether the tree lacks a name that the first nodes of a match have.
    pub(crate) fn is_hopeless_everywhere(&self) -> bool {
        self.pattern
            .anchors
            .iter()
            .filter_map(|anchor| anchor.name)
            .any(|name| self.names[name as usize].is_none())
    }

    /// Whether a node matches the first of several statements by itself, and the next may match the second.
    pub(crate) fn begins(&mut self, node: NodeId) -> Result<bool, ExecutionError> {
        let Root::Block(list) = self.pattern.root else { return Ok(true) };
        let elements = &self.pattern.lists[list as usize].elements;
        let Some(Element::Item(item)) = elements.first() else { return Ok(true) };
        if let Some(Element::Item(Item::Node(next))) = elements.get(1) {
            let wanted = self.pattern.templates[*next as usize].kind as u8;
            if self.tree.kinds().get(self.tree.subtree_end(node) as usize) != Some(&wanted) {
                return Ok(false);
            }
        }
        self.reset(node);
        self.push(Goal::Item(*item, node));
        self.run(node)
    }

    /// Compares the pattern with a node, whose siblings are given where the pattern has several statements:
    /// the node and those behind it in its block.
    pub(crate) fn matches(&mut self, node: NodeId, block: &[NodeId]) -> Result<bool, ExecutionError> {
        self.reset(node);
        match self.pattern.root {
            Root::Item(item) => self.push(Goal::Item(item, node)),
            Root::Block(list) => {
                let targets = self.targets(block.iter().map(|node| Target { node: *node, what: What::Node }));
                self.push_list(list, targets, None);
            }
        }
        self.run(node)
    }

    fn reset(&mut self, node: NodeId) {
        self.cells.clear();
        self.choices.clear();
        self.arena.clear();
        self.trail.clear();
        self.captured.fill(Captured::Nothing);
        self.top = DONE;
        self.last = node;
    }

    /// Meets all goals, or finds that this cannot be done.
    fn run(&mut self, node: NodeId) -> Result<bool, ExecutionError> {
        let mut steps = 0;
        while self.top != DONE {
            steps += 1;
            if steps > MAX_STEPS {
                return Err(ExecutionError::TooManySteps { node, limit: MAX_STEPS });
            }
            let (goal, next) = self.cells[self.top as usize];
            self.top = next;
            if !self.step(goal, 0)? && !self.go_back()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What the last comparison, which was a match, has found.
    pub(crate) fn found(&self) -> Match {
        let captures = self.captured.iter().map(|captured| match captured {
            Captured::Nothing => Vec::new(),
            Captured::One(target) => vec![*target],
            Captured::Run(run) => self.arena[run.range()].to_vec(),
        });
        Match { last: self.last, captures: captures.collect() }
    }

    /// The last statement of the last match.
    pub(crate) fn last(&self) -> NodeId {
        self.last
    }

    fn push(&mut self, goal: Goal) {
        self.cells.push((goal, self.top));
        self.top = self.cells.len() as u32 - 1;
    }

    fn push_list(&mut self, list: ListId, targets: Run, behind: Option<Behind>) {
        // The choices there are when it is begun, which is not yet.
        self.push(Goal::Elements { list, element: 0, targets, barrier: u32::MAX, behind });
    }

    fn targets(&mut self, targets: impl Iterator<Item = Target>) -> Run {
        let start = self.arena.len() as u32;
        self.arena.extend(targets);
        Run { start, end: self.arena.len() as u32 }
    }

    /// Notes that a goal, whose next goal is the top, can be met in another way.
    fn choose(&mut self, goal: Goal, way: u32) {
        self.choices.push(Choice {
            goal,
            way,
            next: self.top,
            cells: self.cells.len() as u32,
            arena: self.arena.len() as u32,
            trail: self.trail.len() as u32,
        });
    }

    /// Takes the last choice's other way. Gives whether there was one.
    fn go_back(&mut self) -> Result<bool, ExecutionError> {
        while let Some(choice) = self.choices.pop() {
            self.top = choice.next;
            self.cells.truncate(choice.cells as usize);
            self.arena.truncate(choice.arena as usize);
            for capture in self.trail.drain(choice.trail as usize..) {
                self.captured[usize::from(capture)] = Captured::Nothing;
            }
            if self.step(choice.goal, choice.way)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a goal may be met; what else has to be is pushed.
    fn step(&mut self, goal: Goal, way: u32) -> Result<bool, Damage> {
        match goal {
            Goal::Item(Item::Hole(capture), node) => self.bind_node(capture, node),
            Goal::Item(Item::Node(template), node) => self.template(template, node),
            Goal::Elements { list, element, targets, barrier, behind } => {
                let barrier = if barrier == u32::MAX { self.choices.len() as u32 } else { barrier };
                self.element(list, element, targets, barrier, behind, way)
            }
            Goal::Keywords { element, behind } => self.keyword(element, behind, way),
            Goal::Name(test, node) => self.captured_name(test, node),
            Goal::Optional(None, None) => Ok(true),
            Goal::Optional(Some(item), Some(node)) => self.step(Goal::Item(item, node), 0),
            Goal::Optional(..) => Ok(false),
        }
    }

    fn template(&mut self, template: TemplateId, node: NodeId) -> Result<bool, Damage> {
        let pattern = self.pattern;
        let template = &pattern.templates[template as usize];
        if self.tree.kinds().get(node as usize) != Some(&(template.kind as u8))
            || !self.payload(&template.payload, template.kind, node)?
        {
            return Ok(false);
        }
        // Pushed from the last to the first.
        for slot in template.slots.iter().rev() {
            if !self.slot(*slot, template.kind, node)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn slot(&mut self, slot: Slot, kind: Kind, node: NodeId) -> Result<bool, Damage> {
        match slot {
            Slot::Nothing(field) => return Ok(self.child(node, field)?.is_none()),
            Slot::Child(field, item) => {
                let Some(child) = self.child(node, field)? else { return Ok(false) };
                if let Item::Node(template) = item {
                    let wanted = self.pattern.templates[template as usize].kind;
                    if self.tree.kinds().get(child as usize) != Some(&(wanted as u8)) {
                        return Ok(false);
                    }
                }
                self.push(Goal::Item(item, child));
            }
            Slot::List(field, list) => {
                let targets = self.children(node, field)?;
                self.push_list(list, targets, None);
            }
            Slot::Arguments(field, list, keywords) => {
                let targets = self.children(node, field)?;
                let left = self.children(node, Field::Keywords)?;
                self.push_list(list, targets, Some(Behind { keywords, left, last: None }));
            }
            Slot::ClassPatterns(list, keywords) => {
                let targets = self.children(node, Field::Patterns)?;
                let left = self.children(node, Field::KwdPatterns)?;
                let names = self.name_list(node, kind)?;
                for (target, name) in self.arena[left.range()].iter_mut().zip(names) {
                    target.what = What::Keyword(name);
                }
                self.push_list(list, targets, Some(Behind { keywords, left, last: None }));
            }
            Slot::Name(test) => self.push(Goal::Name(test, node)),
            Slot::Parameters(list) => {
                let targets = self.parameters(node)?;
                self.push_list(list, targets, None);
            }
            Slot::Pairs(list) => {
                let targets = self.pairs(node)?;
                self.push_list(list, targets, None);
            }
            Slot::Names(list) => {
                let names = self.name_list(node, kind)?;
                let targets = self.targets(names.map(|name| Target { node, what: What::Name(name) }));
                self.push_list(list, targets, None);
            }
        }
        Ok(true)
    }

    /// The names of a `Global`, a `Nonlocal` or a `MatchClass`.
    fn name_list(
        &self,
        node: NodeId,
        kind: Kind,
    ) -> Result<impl ExactSizeIterator<Item = u32> + use<'a>, Damage> {
        match self.tree.payload(node, kind)? {
            Payload::Names(list) => self.tree.extra_list(list),
            payload => {
                let found = u64::from(payload.encode());
                Err(Damage { what: "node has no names", at: node, found })
            }
        }
    }

    fn child(&self, node: NodeId, wanted: Field) -> Result<Option<NodeId>, Damage> {
        let Some(node) = self.tree.node(node) else { return Ok(None) };
        for child in node.children() {
            let (field, child) = child?;
            if field == wanted {
                return Ok(Some(child.id()));
            }
        }
        Ok(None)
    }

    fn children(&mut self, node: NodeId, wanted: Field) -> Result<Run, Damage> {
        let start = self.arena.len() as u32;
        if let Some(node) = self.tree.node(node) {
            for child in node.children() {
                let (field, child) = child?;
                if field == wanted {
                    self.arena.push(Target { node: child.id(), what: What::Node });
                }
            }
        }
        Ok(Run { start, end: self.arena.len() as u32 })
    }

    fn parameters(&mut self, node: NodeId) -> Result<Run, Damage> {
        let start = self.arena.len() as u32;
        if let Some(node) = self.tree.node(node) {
            for child in node.children() {
                let (field, child) = child?;
                match (field, self.arena[start as usize..].last_mut()) {
                    (
                        Field::Defaults | Field::KwDefaults,
                        Some(Target { what: What::Parameter(_, default), .. }),
                    ) => {
                        *default = Some(child.id());
                    }
                    _ => self.arena.push(Target { node: child.id(), what: What::Parameter(field, None) }),
                }
            }
        }
        Ok(Run { start, end: self.arena.len() as u32 })
    }

    fn pairs(&mut self, node: NodeId) -> Result<Run, Damage> {
        let start = self.arena.len() as u32;
        let mut key = None;
        if let Some(node) = self.tree.node(node) {
            for child in node.children() {
                let (field, child) = child?;
                if field == Field::Keys {
                    key = Some(child.id());
                } else {
                    self.arena.push(Target { node: child.id(), what: What::Pair(key.take()) });
                }
            }
        }
        Ok(Run { start, end: self.arena.len() as u32 })
    }

    fn element(
        &mut self,
        list: ListId,
        element: u32,
        targets: Run,
        barrier: u32,
        behind: Option<Behind>,
        way: u32,
    ) -> Result<bool, Damage> {
        let pattern = self.pattern;
        let List { elements, is_prefix, is_free } = &pattern.lists[list as usize];
        let Some(wanted) = elements.get(element as usize) else {
            if let Some(behind) = behind {
                self.push(Goal::Keywords { element: 0, behind });
            }
            return Ok(*is_prefix || targets.len() == 0);
        };
        let rest = &elements[element as usize + 1..];
        let others = rest.iter().filter(|element| !element.is_several()).count() as u32;
        let is_last_run = others as usize == rest.len();
        if let Element::Several(capture) = wanted {
            let Some(spare) = targets.len().checked_sub(others) else { return Ok(false) };
            let length = if is_last_run && !is_prefix { spare } else { way };
            if *is_free {
                self.choices.truncate(barrier as usize);
            }
            if length < spare {
                self.choose(Goal::Elements { list, element, targets, barrier, behind }, length + 1);
            }
            let run = Run { start: targets.start, end: targets.start + length };
            let behind = match (behind, capture) {
                // Captured when it is known which keywords it takes.
                (Some(behind), Some(capture)) if is_last_run => {
                    Some(Behind { last: Some((*capture, run)), ..behind })
                }
                (behind, capture) => {
                    if !self.bind_run(*capture, run, Run::default())? {
                        return Ok(false);
                    }
                    behind
                }
            };
            let targets = Run { start: run.end, end: targets.end };
            self.push(Goal::Elements { list, element: element + 1, targets, barrier, behind });
            return Ok(true);
        }
        // Without a `$$$` that takes up the rest, counts agree.
        let enough =
            if is_last_run && !is_prefix { targets.len() == others + 1 } else { targets.len() > others };
        if !enough {
            return Ok(false);
        }
        let target = self.arena[targets.start as usize];
        if rest.is_empty() && *is_prefix {
            self.last = target.node;
        }
        let targets = Run { start: targets.start + 1, end: targets.end };
        self.push(Goal::Elements { list, element: element + 1, targets, barrier, behind });
        self.compare(*wanted, target)
    }

    /// Whether a target is what an element of a list, other than `$$$`, asks for.
    fn compare(&mut self, wanted: Element, target: Target) -> Result<bool, Damage> {
        match (wanted, target.what) {
            (Element::Item(Item::Hole(capture)), What::Node) => return self.bind_node(capture, target.node),
            (Element::Item(item), _) => self.push(Goal::Item(item, target.node)),
            (Element::Parameter(wanted, item, default), What::Parameter(field, found)) => {
                if wanted != field {
                    return Ok(false);
                }
                match default {
                    Wanted::NotAsked => {}
                    Wanted::Nothing => self.push(Goal::Optional(None, found)),
                    Wanted::Item(item) => self.push(Goal::Optional(Some(item), found)),
                }
                match item {
                    Item::Hole(capture) => return self.bind(capture, target),
                    item => self.push(Goal::Item(item, target.node)),
                }
            }
            (Element::Pair(key, value), What::Pair(found)) => {
                self.push(Goal::Item(value, target.node));
                self.push(Goal::Optional(key, found));
            }
            (Element::Name(test), What::Name(number)) => return self.name(test, target.node, number),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn keyword(&mut self, element: u32, behind: Behind, way: u32) -> Result<bool, Damage> {
        let pattern = self.pattern;
        let Behind { keywords, left, last } = behind;
        let wanted = &pattern.keywords[keywords as usize];
        let Some((name, value)) = wanted.elements.get(element as usize) else {
            return match last {
                Some((capture, run)) => self.bind_run(Some(capture), run, left),
                None => Ok(left.len() == 0 || wanted.open),
            };
        };
        for place in way..left.len() {
            let target = self.arena[(left.start + place) as usize];
            let number = match target.what {
                What::Keyword(number) => Some(number),
                _ => self.tree.payload(target.node, Kind::Keyword)?.name(),
            };
            let fits = match (name, number) {
                (KeywordName::Exactly(wanted), Some(number)) => self.names[*wanted as usize] == Some(number),
                (KeywordName::Stars, None) | (KeywordName::Hole(_), Some(_)) => true,
                _ => false,
            };
            if !fits {
                continue;
            }
            if place + 1 < left.len() {
                self.choose(Goal::Keywords { element, behind }, place + 1);
            }
            let start = self.arena.len() as u32;
            self.arena.extend_from_within(left.start as usize..(left.start + place) as usize);
            self.arena.extend_from_within((left.start + place + 1) as usize..left.end as usize);
            let left = Run { start, end: self.arena.len() as u32 };
            self.push(Goal::Keywords { element: element + 1, behind: Behind { left, ..behind } });
            // The value of a `keyword` is its one child.
            let node = if matches!(target.what, What::Keyword(_)) { target.node } else { target.node + 1 };
            self.push(Goal::Item(*value, node));
            return match (name, number) {
                (KeywordName::Hole(capture), Some(number)) => {
                    self.bind(*capture, Target { node: target.node, what: What::Name(number) })
                }
                _ => Ok(true),
            };
        }
        Ok(false)
    }

    /// A name that is a hole, or has one in it.
    fn captured_name(&mut self, test: NameTest, node: NodeId) -> Result<bool, Damage> {
        let kind = self.tree.kind(node)?;
        match (self.tree.payload(node, kind)?.name(), test) {
            (Some(number), test) => self.name(test, node, number),
            // The `_` of `*_` is no name to CPython.
            (None, NameTest::Hole(capture)) if kind == Kind::MatchStar => {
                self.bind(capture, Target { node, what: What::Underscore })
            }
            (None, _) => Ok(false),
        }
    }

    fn bind_node(&mut self, capture: Option<CaptureId>, node: NodeId) -> Result<bool, Damage> {
        if capture.is_none() {
            return Ok(true);
        }
        self.bind(capture, Target { node: self.inner(node)?, what: What::Node })
    }

    /// What is captured where a node stands: of an item of a `with` that has no `as`, its expression.
    fn inner(&self, node: NodeId) -> Result<NodeId, Damage> {
        let is_bare =
            self.tree.kind(node)? == Kind::Withitem && self.child(node, Field::OptionalVars)?.is_none();
        Ok(if is_bare { node + 1 } else { node })
    }

    fn bind(&mut self, capture: Option<CaptureId>, target: Target) -> Result<bool, Damage> {
        let Some(capture) = capture else { return Ok(true) };
        match self.captured[usize::from(capture)] {
            Captured::Nothing => {
                self.captured[usize::from(capture)] = Captured::One(target);
                self.trail.push(capture);
                Ok(true)
            }
            Captured::One(before) => equal::targets(self.tree, before, target),
            Captured::Run(_) => Ok(false),
        }
    }

    /// Captures a run, and keywords, in the order of the source.
    fn bind_run(&mut self, capture: Option<CaptureId>, run: Run, keywords: Run) -> Result<bool, Damage> {
        let Some(capture) = capture else { return Ok(true) };
        let is_of_items = match self.arena[run.range()].first() {
            Some(Target { node, what: What::Node }) => self.tree.kind(*node)? == Kind::Withitem,
            _ => false,
        };
        let run = if is_of_items {
            let start = self.arena.len() as u32;
            for place in run.range() {
                let node = self.inner(self.arena[place].node)?;
                self.arena.push(Target { node, what: What::Node });
            }
            Run { start, end: self.arena.len() as u32 }
        } else if keywords.len() == 0 {
            run
        } else {
            let start = self.arena.len();
            self.arena.extend_from_within(run.range());
            self.arena.extend_from_within(keywords.range());
            self.arena[start..].sort_unstable_by_key(|target| target.node);
            Run { start: start as u32, end: self.arena.len() as u32 }
        };
        match self.captured[usize::from(capture)] {
            Captured::Nothing => {
                self.captured[usize::from(capture)] = Captured::Run(run);
                self.trail.push(capture);
                Ok(true)
            }
            Captured::Run(before) if before.len() == run.len() => {
                for (before, now) in before.range().zip(run.range()) {
                    if !equal::targets(self.tree, self.arena[before], self.arena[now])? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn name(&mut self, test: NameTest, node: NodeId, number: u32) -> Result<bool, Damage> {
        match test {
            NameTest::Exactly(wanted) => Ok(self.names[wanted as usize] == Some(number)),
            NameTest::Hole(capture) => self.bind(capture, Target { node, what: What::Name(number) }),
            NameTest::Dotted(list) => {
                let pattern = self.pattern;
                let elements = &pattern.lists[list as usize].elements;
                let parts = self.tree.name(number)?.split('.');
                if parts.clone().count() != elements.len() {
                    return Ok(false);
                }
                for (place, (part, element)) in parts.zip(elements).enumerate() {
                    let fits = match element {
                        Element::Name(NameTest::Exactly(wanted)) => {
                            pattern.names[*wanted as usize].text() == part
                        }
                        Element::Name(NameTest::Hole(capture)) => {
                            self.bind(*capture, Target { node, what: What::Part(number, place as u16) })?
                        }
                        _ => false,
                    };
                    if !fits {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    }

    fn optional_name(
        &mut self,
        test: Option<NameTest>,
        node: NodeId,
        number: Option<u32>,
    ) -> Result<bool, Damage> {
        match (test, number) {
            (None, None) => Ok(true),
            (Some(test), Some(number)) => self.name(test, node, number),
            _ => Ok(false),
        }
    }

    fn payload(&mut self, test: &PayloadTest, kind: Kind, node: NodeId) -> Result<bool, Damage> {
        if matches!(test, PayloadTest::NotAsked) {
            return Ok(true);
        }
        let tree = self.tree;
        let payload = tree.payload(node, kind)?;
        match (test, payload) {
            (PayloadTest::Name(test), payload) => match payload.name() {
                Some(number) => self.name(*test, node, number),
                None => Ok(false),
            },
            (PayloadTest::OptionalName(test), payload) => self.optional_name(*test, node, payload.name()),
            (PayloadTest::Same(wanted), payload) => Ok(payload == *wanted),
            (PayloadTest::Operators(operators), Payload::Operators(Stored::Record(list))) => {
                Ok(tree.extra_list(list)?.eq(operators.iter().map(|operator| u32::from(*operator))))
            }
            (PayloadTest::Alias(name, asname), Payload::Alias(alias)) => {
                let (number, alias) = tree.alias(alias)?;
                Ok(self.name(*name, node, number)? && self.optional_name(*asname, node, alias)?)
            }
            (PayloadTest::ImportFrom(module, wanted), Payload::ImportFrom(import)) => {
                let import = tree.import_from(import)?;
                Ok(import.level == *wanted && self.optional_name(*module, node, import.module)?)
            }
            (PayloadTest::Constant(literal), payload) => equal::literal(tree, literal, kind, payload),
            _ => Ok(false),
        }
    }
}
