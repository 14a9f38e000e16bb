//! Bounds on the work for one query: lists of any length, hostile patterns and regular expressions.

use std::time::{Duration, Instant};

use lazyast_query::ExecutionError;

use crate::{archive, hits, pattern, selector};

#[test]
fn a_thousand_keys_are_compared() {
    let query = pattern("{**$$$, $K: $_, **$$$, $K: $_, **$$$}").expect("a query");
    let items: Vec<String> = (0..1500).map(|number| format!("{number}: 0")).collect();
    assert!(hits(&query, &format!("{{{}}}\n", items.join(", "))).is_empty());
    assert_eq!(hits(&query, &format!("{{{}, 1498: 1}}\n", items.join(", "))).len(), 1);
}

#[test]
fn a_node_that_is_given_up_hides_no_other() {
    let numbers: Vec<String> = (0..400).map(|number| number.to_string()).collect();
    let query = pattern("[$$$A, $X, $$$B, $Y, $$$C, $X, $$$D, $Y, $$$E]").expect("a query");
    let source = format!("[1, 2, 1, 2]\n[{}]\n[3, 4, 3, 4]\n", numbers.join(", "));
    assert_eq!(hits(&query, &source), ["[1, 2, 1, 2]", "[3, 4, 3, 4]"]);
    let either = query.or(&pattern("eval($X)").expect("a query")).expect("a query");
    assert_eq!(hits(&either, &format!("[{}]\neval(1)\n", numbers.join(", "))), ["eval(1)"]);
}

#[test]
fn comparisons_are_limited() {
    // Each number occurs twice, but never in the order of the pattern.
    let numbers: Vec<String> = (0..3000).chain((0..3000).rev()).map(|number| number.to_string()).collect();
    let source = format!("[{}]\n[1, 2, 1, 2]\n", numbers.join(", "));
    let archive = archive(&source).expect("Python");
    let tree = archive.tree().expect("an archive");
    let started = Instant::now();
    let query = pattern("[$$$A, $X, $$$B, $Y, $$$C, $X, $$$D, $Y, $$$E]").expect("a query");
    let found = query.search(&tree).expect("no error");
    assert_eq!((found.hits.len(), found.given_up.len()), (1, 1));
    assert!(matches!(found.limit_error(), Some(ExecutionError::TooManySteps { .. })), "{found:?}");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn long_lists_are_decided() {
    for count in [1000, 10_000, 100_000] {
        let numbers: Vec<String> = (0..count).map(|number| number.to_string()).collect();
        let list = numbers.join(", ");
        let items = list.replace(", ", ": 0, ");
        let middle = count / 2;
        for (text, none, some) in [
            ("[$$$, $X, $$$, $X, $$$]", format!("[{list}]"), format!("[{list}, {middle}]")),
            (
                "{**$$$, $K: $_, **$$$, $K: $_, **$$$}",
                format!("{{{items}: 0}}"),
                format!("{{{items}: 0, {middle}: 1}}"),
            ),
            (
                "{$$$, $_: $V, $$$, $_: $V, $$$}",
                format!(
                    "{{{}: x}}",
                    list.replace(", ", ": [], ").replace("[]", "0 or []").replacen("0 or []", "1", 1)
                ),
                format!("{{{items}: 0}}"),
            ),
            (
                "f($$$, $A, $$$, $B, $$$, $A, $$$)",
                format!("f({list}, {})", count - 1),
                format!("f({list}, {middle})"),
            ),
        ] {
            let query = pattern(text).expect(text);
            let source = format!("{none}\n{some}\n");
            let archive = archive(&source).expect("Python");
            let started = Instant::now();
            let found = query.search(&archive.tree().expect("a tree")).expect("no error");
            let expected = if text.contains("$V") { 2 } else { 1 };
            assert_eq!((found.hits.len(), found.given_up.len()), (expected, 0), "{text}");
            assert!(started.elapsed() < Duration::from_secs(5), "{text}: {:?}", started.elapsed());
        }
    }
}

#[test]
fn hostile_regular_expressions_have_a_bound() {
    for text in [
        "[value=/((a{1,100}){1,100}){1,100}/]",
        "[value=/\\w{5000}/]",
        &format!("[value=/{}/]", "(".repeat(500)),
    ] {
        assert!(selector(text).is_err(), "{text}");
    }
    let source = format!("x = '{}'\n", "a".repeat(200_000));
    for text in [
        "Constant[value=/^(a*)*b$/]",
        "Constant[value=/(a|aa|aaa)+$x/]",
        "Constant[value=/(.*)(.*)(.*)(.*)b/s]",
    ] {
        let started = Instant::now();
        assert!(hits(&selector(text).expect(text), &source).is_empty());
        let captured = pattern("x = $V").expect("a query").captured("V", &selector(text).expect(text));
        assert!(hits(&captured.expect("a query"), &source).is_empty());
        assert!(started.elapsed() < Duration::from_secs(5), "{text}: {:?}", started.elapsed());
    }
}

#[test]
fn sequences_that_failed_are_not_tried_again() {
    // Both places of a number are neighbours, so there is none for `$B`. Each `$B` would try all that is left.
    let pairs: Vec<String> = (0..600).map(|number| format!("{number}, {number}")).collect();
    let query = pattern("f($$$, $A, $$$, $B, $$$, $A, $$$)").expect("a query");
    let source = format!("f({})\nf(1, 2, 1)\n", pairs.join(", "));
    let archive = archive(&source).expect("Python");
    let found = query.search(&archive.tree().expect("a tree")).expect("no error");
    assert_eq!((found.hits.len(), found.given_up.len()), (1, 0));
}

#[test]
fn long_patterns_take_no_longer_per_step() {
    let elements = "$_, ".repeat(8000);
    let query = pattern(&format!("[$$$, {elements} 1, $$$]")).expect("a query");
    let source = format!("[1, {}0]\n", "0, ".repeat(20_000));
    let archive = archive(&source).expect("Python");
    let started = Instant::now();
    let found = query.search(&archive.tree().expect("a tree")).expect("no error");
    assert_eq!((found.hits.len(), found.given_up.len()), (0, 1));
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[test]
fn independent_lists_take_linear_time() {
    // If each `$$$` kept its choice point, there would be some 10^20 ways to match.
    let query = pattern("[$$$, 1, $$$, 1, $$$, 1, $$$, 1, $$$, 1, $$$, 1, $$$, 1, $$$, 2]").expect("a query");
    let source = format!("2, [{}3]\n", "1, ".repeat(2000));
    assert!(hits(&query, &source).is_empty());
}

#[test]
fn independent_segments_before_repeated_metavariables_are_matched_once() {
    // `$X` may need any of its places, but the `1` before it only the first ones.
    let query = pattern("[$$$, 1, $$$, 1, $$$, 1, $$$, 1, $$$, g($X), $$$, g($X)]").expect("a query");
    let numbers: Vec<String> = (2..200).map(|number| format!("g({number})")).collect();
    let source =
        format!("[{}{}]\n[{}g(5), 6, g(5)]\n", "1, ".repeat(400), numbers.join(", "), "1, ".repeat(400));
    let archive = archive(&source).expect("Python");
    let found = query.search(&archive.tree().expect("a tree")).expect("no error");
    assert_eq!((found.hits.len(), found.given_up.len()), (1, 0));
}

#[test]
fn nested_conditions_are_evaluated_once() {
    let nested = (0..50).fold("Name".to_owned(), |inner, _| format!("*:has({inner})"));
    let source = format!("x = {}1{}\n", "(a, ".repeat(90), ")".repeat(90));
    let started = Instant::now();
    assert!(hits(&selector(&nested).expect("a query"), &source).len() > 10);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[test]
fn queries_have_limits() {
    let long = format!("f({})", "a, ".repeat(30_000));
    assert!(pattern(&long).expect_err("too long").message().contains("at most 65536"));
    let nested = format!("{}Name{}", ":not(".repeat(70), ")".repeat(70));
    assert!(selector(&nested).expect_err("too deep").message().contains("64 levels"));
    let chain = vec!["Name"; 80].join(" > ");
    assert!(selector(&chain).expect_err("too long").message().contains("64 combinators"));
    let mut query = selector("Name").expect("a query");
    let error = (0..1000).find_map(|_| match query.inside(&query) {
        Ok(larger) => {
            query = larger;
            None
        }
        Err(error) => Some(error),
    });
    assert!(error.expect("there is a limit").message().contains("the query is too large"));
    let deep = format!("{}x{}", "[".repeat(300), "]".repeat(300));
    assert!(pattern(&deep).is_err());
}

#[test]
fn deep_patterns_fit_on_a_small_stack() {
    let work = || {
        for text in
            [format!("x{}", ".a".repeat(490)), format!("{}1", "1 + ".repeat(490)), "-".repeat(490) + "x"]
        {
            let query = pattern(&text).expect("a query within the limits");
            assert_eq!(hits(&query, &format!("{text}\n")), [text]);
        }
        let nested = (0..30).fold("Name".to_owned(), |inner, _| format!(":not(* > :has({inner}))"));
        assert_eq!(hits(&selector(&nested).expect("a query within the limits"), "x\n").len(), 2);
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(work).expect("a thread");
    thread.join().expect("no overflow");
}
