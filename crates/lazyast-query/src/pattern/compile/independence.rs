//! Decides which segments of lists are independent of the rest of their pattern.
//!
//! A `$$$` can often match in several ways, and each is a choice point of the matcher. A segment is a `$$$` and the elements
//! up to the next one. Where no metavariable in a segment and in the next `$$$` occurs twice, the first way to match the
//! segment is as good as any other: it binds nothing that a later test compares with, and leaves most to the next `$$$`.
//! The matcher then drops the choice points of the segment, so that the time for the list is not exponential in the
//! number of `$$$`, but for those around metavariables that occur twice.

use crate::pattern::program::{
    CaptureId, DefaultTest, FieldTest, KeywordNameTest, KeywordSetId, ListElement, ListId, ListPattern,
    NameTest, NodeTest, Pattern, PayloadTest, TextPart,
};

/// Sets [`ends_independent`](crate::pattern::program::ListPattern::ends_independent) of all lists.
pub(super) fn mark_independent_segments(pattern: &mut Pattern) {
    let marks: Vec<Vec<bool>> = pattern.lists.iter().map(|list| independent_ends(pattern, list)).collect();
    for (list, ends_independent) in pattern.lists.iter_mut().zip(marks) {
        list.ends_independent = ends_independent;
    }
}

fn independent_ends(pattern: &Pattern, list: &ListPattern) -> Vec<bool> {
    let mut start = 0;
    let elements = list.elements.iter().enumerate();
    let ends = elements.map(|(index, element)| {
        if !element.is_sequence() {
            return false;
        }
        let segment = &list.elements[start..=index];
        start = index;
        !has_repeated(pattern, segment)
    });
    ends.collect()
}

impl Pattern {
    /// The pattern for comparisons in which some metavariables are bound already, so that they occur once more.
    pub(crate) fn with_bound(&self, names: &[&str]) -> Self {
        let mut pattern = self.clone();
        for slot in &mut pattern.captures {
            slot.is_repeated |= names.contains(&&*slot.name);
        }
        mark_independent_segments(&mut pattern);
        pattern
    }
}

/// Whether elements have, at any depth, a metavariable that occurs more than once in the pattern.
fn has_repeated(pattern: &Pattern, elements: &[ListElement]) -> bool {
    let mut walk = Walk { pattern, lists: Vec::new(), tests: Vec::new(), found: false };
    elements.iter().for_each(|element| walk.element(*element));
    while !walk.found {
        if let Some(NodeTest::Template(template)) = walk.tests.pop() {
            let template = &pattern.templates[template as usize];
            walk.payload(&template.payload);
            template.fields.iter().for_each(|field| walk.field(*field));
        } else if let Some(list) = walk.lists.pop() {
            pattern.lists[list as usize].elements.iter().for_each(|element| walk.element(*element));
        } else {
            return false;
        }
    }
    true
}

/// A walk over a part of a program: what is still to be visited, and whether a repeated metavariable was found.
struct Walk<'p> {
    pattern: &'p Pattern,
    lists: Vec<ListId>,
    /// Templates; a metavariable is checked when it is met.
    tests: Vec<NodeTest>,
    found: bool,
}

impl Walk<'_> {
    fn capture(&mut self, capture: Option<CaptureId>) {
        self.found |= capture.is_some_and(|capture| self.pattern.captures[usize::from(capture)].is_repeated);
    }

    fn node(&mut self, test: NodeTest) {
        match test {
            NodeTest::Any(capture) => self.capture(capture),
            NodeTest::Template(_) => self.tests.push(test),
            NodeTest::Deep(deep) => self.node(self.pattern.deep[deep as usize].test),
            NodeTest::Reference(_) | NodeTest::Value(_) => {}
        }
    }

    fn name(&mut self, test: NameTest) {
        match test {
            NameTest::Exactly(_) => {}
            NameTest::Any(capture) => self.capture(capture),
            NameTest::Dotted(list) => self.lists.push(list),
        }
    }

    fn payload(&mut self, test: &PayloadTest) {
        match test {
            PayloadTest::Name(test) => self.name(*test),
            PayloadTest::OptionalName(test) | PayloadTest::ImportFrom(test, _, _) => {
                test.iter().for_each(|test| self.name(*test));
            }
            PayloadTest::Alias(name, asname) => {
                self.name(*name);
                asname.iter().for_each(|test| self.name(*test));
            }
            PayloadTest::Text(parts) => {
                for part in parts {
                    if let TextPart::Any(capture) = part {
                        self.capture(*capture);
                    }
                }
            }
            PayloadTest::Anything
            | PayloadTest::Same(_)
            | PayloadTest::Operators(_)
            | PayloadTest::Constant(_) => {}
        }
    }

    fn field(&mut self, test: FieldTest) {
        match test {
            FieldTest::Absent(_) => {}
            FieldTest::Child(_, test) => self.node(test),
            FieldTest::Name(test) => self.name(test),
            FieldTest::List(_, list)
            | FieldTest::Parameters(list)
            | FieldTest::DictItems(list)
            | FieldTest::Names(list) => self.lists.push(list),
            FieldTest::Decorators(keywords) => self.keywords(keywords),
            FieldTest::Arguments(_, list, keywords) | FieldTest::ClassPatterns(list, keywords) => {
                self.lists.push(list);
                self.keywords(keywords);
            }
        }
    }

    fn keywords(&mut self, set: KeywordSetId) {
        let set = &self.pattern.keyword_sets[set as usize];
        self.capture(set.rest.flatten());
        for (name, test) in &set.elements {
            if let KeywordNameTest::Any(capture) = name {
                self.capture(*capture);
            }
            self.node(*test);
        }
    }

    fn element(&mut self, element: ListElement) {
        match element {
            ListElement::Sequence(capture) => self.capture(capture),
            ListElement::Node(test) => self.node(test),
            ListElement::Name(test) => self.name(test),
            ListElement::Parameter(_, test, default) => {
                self.node(test);
                if let DefaultTest::Matches(test) = default {
                    self.node(test);
                }
            }
            ListElement::DictItem(key, value) => {
                key.into_iter().for_each(|key| self.node(key));
                self.node(value);
            }
        }
    }
}
