//! Queries through the public interface: plans, limits, and damaged archives.

use std::time::{Duration, Instant};

use lazyast_format::layout::Buffer;
use lazyast_format::{Archive, Tree};
use lazyast_parse::{Parser, Unsupported};
use lazyast_query::{CapturedElement, ExecutionError, Hit, NameMatching, ParseFailure, Query, QueryError};

fn archive(source: &str) -> Result<Archive<Buffer>, ParseFailure> {
    let mut parser = Parser::new();
    let archive = parser.parse(source.as_bytes(), &[0; 32]).map_err(|reason| match reason {
        Unsupported::Syntax { message, offset, .. } => {
            ParseFailure { message, offset: Some(offset as usize) }
        }
        reason => ParseFailure { message: reason.to_string(), offset: None },
    })?;
    Ok(Archive::open(copy(archive), None).expect("the builder writes whole archives"))
}

fn copy(bytes: &[u8]) -> Buffer {
    let mut buffer = Buffer::with_capacity(bytes.len());
    buffer.extend_from_slice(bytes);
    buffer
}

fn pattern(text: &str) -> Result<Query, QueryError> {
    Query::pattern(text, &archive)
}

fn selector(text: &str) -> Result<Query, QueryError> {
    Query::selector(text, &archive)
}

/// The texts of the hits in a source.
fn hits(query: &Query, source: &str) -> Vec<String> {
    let archive = archive(source).expect("Python");
    let tree = archive.tree().expect("an archive");
    let text = |hit: Hit| {
        let (start, end) = hit.range(&tree, Some(source)).expect("a range");
        source[start as usize..end as usize].to_owned()
    };
    query.hits(&tree).expect("no error").into_iter().map(text).collect()
}

#[test]
fn plans_as_text() {
    let query =
        selector("ClassDef > FunctionDef[name=run]:has(Yield), Call:pattern('eval($X)')").expect("a query");
    let expected = "\
prefilter: (identifier run, kind FunctionDef, kind Yield, kind ClassDef) or (identifier eval, kind Call, kind Name)
candidates:
  kind FunctionDef, Call
filter:
  any of:
    all of:
      kind FunctionDef
      attribute [name=run]
      descendant:
        kind Yield
      parent:
        kind ClassDef
    all of:
      kind Call
      pattern `eval($X)`
";
    assert_eq!(query.to_string(), expected);
}

#[test]
fn prefilters_have_the_names_of_patterns() {
    let query = pattern("requests.get($URL, verify=False)").expect("a query");
    assert_eq!(
        query.prefilter().to_string(),
        "identifier verify, ((identifier get, identifier requests) or identifier requests.get), \
         kind Call, kind Constant"
    );
    let literal =
        Query::pattern_with("requests.get($URL)", NameMatching::Literal.into(), &archive).expect("a query");
    assert!(literal.prefilter().to_string().starts_with("identifier "), "{}", literal.prefilter());
}

#[test]
fn dotted_names_match_what_stands_for_them() {
    let query = pattern("requests.get($$$)").expect("a query");
    for (source, expected) in [
        ("from requests import get as g\ng(1)\nget(2)\n", &["g(1)"][..]),
        ("import requests as r\nr.get(1)\nrequests.get(2)\n", &["r.get(1)"]),
        ("import requests\nrequests.get(1)\n", &["requests.get(1)"]),
        ("import requests.adapters\nrequests.get(1)\n", &["requests.get(1)"]),
        ("from requests import *\nget(1)\n", &["get(1)"]),
        ("def f():\n    from requests import get\n    get(1)\nget(2)\n", &["get(1)"]),
        ("import requests\ndef f(requests):\n    requests.get(1)\n", &[]),
        ("from requests import get\n[get(1) for get in x]\n", &[]),
        ("class C:\n    from requests import get\n    get(1)\n    def f(self): get(2)\n", &["get(1)"]),
        // The file does not import it: its text counts.
        ("requests.get(1)\nget(2)\n", &["requests.get(1)"]),
        ("from mine import requests\nrequests.get(1)\n", &["requests.get(1)"]),
        ("from .requests import get\nget(1)\n", &[]),
        ("from requests.api import get\nget(1)\n", &[]),
        ("import requests.get as g\ng(1)\n", &["g(1)"]),
    ] {
        assert_eq!(hits(&query, source), expected, "{source}");
    }
    let literal =
        Query::pattern_with("requests.get($$$)", NameMatching::Literal.into(), &archive).expect("a query");
    let source = "import requests as r\nr.get(1)\nrequests.get(2)\n";
    assert_eq!(hits(&literal, source), ["requests.get(2)"]);
    let builtin = pattern("builtins.open($$$)").expect("a query");
    assert_eq!(hits(&builtin, "open(1)\ndef f(open): open(2)\nx.open(3)\n"), ["open(1)"]);
    assert_eq!(hits(&pattern("os.path").expect("a query"), "from os import path as p\np.join\n"), ["p"]);
    assert_eq!(
        hits(
            &pattern("except socket.error: $$$").expect("a query"),
            "from socket import error as e\ntry: 0\nexcept e: 0\n"
        ),
        ["except e: 0"]
    );
    let store = pattern("os.environ = $V").expect("a query");
    assert_eq!(
        hits(&store, "import os\nfrom os import environ\nos.environ = 1\nenviron = 2\n"),
        ["os.environ = 1"]
    );
    let decorated = pattern("@functools.cache\ndef $F($$$): $$$").expect("a query");
    assert_eq!(hits(&decorated, "from functools import cache as c\n@c\ndef f(): 0\n").len(), 1);
    let calls = selector("Call[func~=requests.get]").expect("a query");
    assert_eq!(hits(&calls, "from requests import get as g\ng(1)\nrequests.get(2)\n"), ["g(1)"]);
    assert_eq!(hits(&calls, "requests.get(2)\nrequests.get.x(3)\n"), ["requests.get(2)"]);
}

#[test]
fn strings_have_metavariables() {
    let captured = |text: &str, source: &str| {
        let query = pattern(text).expect("a query");
        let archive = archive(source).expect("Python");
        let tree = archive.tree().expect("an archive");
        let hits = query.hits(&tree).expect("no error");
        let captures = hits.iter().flat_map(|hit| query.captures(&tree, *hit).expect("no error"));
        let elements = captures.flat_map(|capture| {
            capture.elements.into_iter().map(|one| match one {
                CapturedElement::Name(text, _) => text.to_owned(),
                CapturedElement::Node(_) => "a node".to_owned(),
            })
        });
        elements.collect::<Vec<String>>()
    };
    for (text, source, expected) in [
        ("'$S'", "f('a', b'b', 1, f'c', '')\n", &["a", ""][..]),
        ("'http://$REST'", "f('http://a', 'https://b', 'x http://c')\n", &["a"]),
        ("'$A://$B/$C'", "f('http://a/b/c', 'a/b')\n", &["http", "a", "b/c"]),
        ("'%$X%'", "f('%a%b%', '%', '%%')\n", &["a%b", ""]),
        ("$X == '$X'", "a == 'a'\n", &[]),
        ("f('$X', '$X')", "f('a', 'a')\nf('a', 'b')\n", &["a"]),
        ("'$X-$X'", "f('a-a', 'a-b')\n", &["a"]),
        // No metavariables: these are frequent in strings.
        ("f('$name', $X)", "f('$name', y)\nf('a', z)\n", &["a node"]),
        ("f('$5', $X)", "f('$5', y)\nf('a', z)\n", &["a node"]),
        ("f('$$A', $X)", "f('$$A', y)\nf('a', z)\n", &["a node"]),
        ("f(b'$A', $X)", "f(b'$A', y)\nf(b'a', z)\n", &["a node"]),
    ] {
        assert_eq!(captured(text, source), expected, "{text}");
    }
}

#[test]
fn a_decorator_is_a_pattern() {
    let source = "@patch('a')\n@d\ndef f(): patch('b')\n@e.patch\n@patch()\nclass C: pass\n";
    assert_eq!(hits(&pattern("@patch($$$)").expect("a query"), source), ["patch('a')", "patch()"]);
    assert_eq!(hits(&pattern("@$_").expect("a query"), source), ["patch('a')", "d", "e.patch", "patch()"]);
    assert_eq!(
        hits(&pattern("@mock.patch").expect("a query"), "from mock import patch as p\n@p\ndef f(): p\n"),
        ["p"]
    );
    assert!(pattern("@a\n@b").is_err());
    assert_eq!(hits(&pattern("@d\ndef $F(): $$$").expect("a query"), source).len(), 1);
    assert_eq!(hits(&pattern("@patch($$$)\nclass $C: $$$").expect("a query"), source).len(), 1);
}

#[test]
fn a_hit_starts_at_the_first_decorator_that_matched() {
    let source = "if 1:\n  @a\n  @ \\\n  b(1)\n  @(  # @c\n    c\n  )\n  @b(2)\n  def f(): pass\n@b(3)\nclass g: pass\n";
    let lines = |text: &str| -> Vec<(u32, u32, String)> {
        let archive = archive(source).expect("Python");
        let tree = archive.tree().expect("an archive");
        let hits = pattern(text).expect("a query").hits(&tree).expect("no error");
        let start =
            |hit: &Hit, text| tree.position(hit.range(&tree, text).expect("a range").0).expect("a position");
        let line = |hit: &Hit| {
            let (exact, estimate) = (start(hit, Some(source)), start(hit, None));
            assert_eq!(exact.column, estimate.column);
            let text = source.lines().nth(exact.line as usize - 1).expect("a line").trim();
            (exact.line, estimate.line, text.to_owned())
        };
        hits.iter().map(line).collect()
    };
    // Without the text, the line is that of the decorator's expression.
    assert_eq!(lines("@$$$\ndef f(): $$$"), [(2, 2, "@a".to_owned())]);
    assert_eq!(lines("@$X\n@$$$\ndef f(): $$$"), [(2, 2, "@a".to_owned())]);
    assert_eq!(lines("@b($_)\ndef f(): $$$"), [(3, 4, "@ \\".to_owned())]);
    assert_eq!(lines("@c\ndef f(): $$$"), [(5, 6, "@(  # @c".to_owned())]);
    // The alternatives that were given up do not count.
    assert_eq!(lines("@b($X)\n@b(1)\ndef f(): $$$"), [(3, 4, "@ \\".to_owned())]);
    assert_eq!(lines("@b(2)\ndef f(): $$$"), [(8, 8, "@b(2)".to_owned())]);
    assert_eq!(lines("def f(): $$$"), [(9, 9, "def f(): pass".to_owned())]);
    assert_eq!(lines("@$$$\nclass $C: pass"), [(10, 10, "@b(3)".to_owned())]);
    // A decorator inside of the definition is not the definition's own, and neither is that of the next one.
    let nested = "def f():\n  @a\n  def g(): pass\n@a\ndef h(): pass\nx\n";
    assert_eq!(hits(&pattern("def f():\n  @a\n  def $G(): $$$").expect("a query"), nested).len(), 1);
    assert!(hits(&pattern("@$$$\ndef f(): $$$").expect("a query"), nested)[0].starts_with("def f"));
    assert_eq!(hits(&pattern("@a\ndef $F(): $$$\nx").expect("a query"), nested), ["@a\ndef h(): pass\nx"]);
}

#[test]
fn captures_have_conditions() {
    let query = |text: &str, name: &str, condition: &str| {
        let condition = selector(condition).expect("a query");
        pattern(text).expect("a query").captured(name, &condition)
    };
    let source = "f(1, 'a')\nf(200, 'http://b')\nf(x)\nf()\ndef test_g(): pass\ndef g(): pass\n";
    let text_of = |query: Result<Query, QueryError>| hits(&query.expect("a query"), source);
    assert_eq!(text_of(query("f($N, $$$)", "N", "[value>100]")), ["f(200, 'http://b')"]);
    assert_eq!(text_of(query("f($_, $S)", "S", "[value=/^http/]")), ["f(200, 'http://b')"]);
    assert_eq!(text_of(query("f($X)", "X", "Name")), ["f(x)"]);
    assert_eq!(text_of(query("f($$$A)", "A", "Constant")), ["f(1, 'a')", "f(200, 'http://b')", "f()"]);
    assert_eq!(text_of(query("f($$$A)", "A", ":not(Constant)")), ["f(x)", "f()"]);
    assert_eq!(text_of(query("def $F(): $$$", "F", "[name=/^test_/]")), ["def test_g(): pass"]);
    let both = query("f($N, $S)", "N", "[value=1]").expect("a query");
    let both = both.captured("S", &selector("[value=a]").expect("a query"));
    assert_eq!(text_of(both), ["f(1, 'a')"]);
    let either =
        pattern("f($N)").expect("a query").or(&pattern("f($N, $_)").expect("a query")).expect("a query");
    assert_eq!(
        text_of(either.captured("N", &selector("Name, [value=1]").expect("a query"))),
        ["f(1, 'a')", "f(x)"]
    );
    let error = query("f($N)", "M", "Name").expect_err("no such metavariable");
    assert_eq!(error.to_string(), "combined query: there is no metavariable $M: the query has $N");
}

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
fn overlapping_names_are_found() {
    // A tree stores all names in one text, in which `add` and `dd` are `adddd`.
    assert_eq!(hits(&pattern("dd").expect("a query"), "add = dd\n"), ["dd"]);
    let query = selector("[name=___]").expect("a query");
    assert_eq!(hits(&query, "def _a(): 0\ndef __(): 0\ndef ___(): 0\n").len(), 1);
}

#[test]
fn common_kinds_are_all_found() {
    for count in [0, 1, 7, 8, 9, 63, 64, 65, 1000] {
        let source = "pass\n".repeat(count) + "x = 0\n";
        assert_eq!(hits(&selector("Pass").expect("a query"), &source).len(), count);
        let many = selector("Pass, Assign, Name, Constant").expect("a query");
        assert_eq!(hits(&many, &source).len(), count + 3);
    }
}

#[test]
fn several_statements_are_one_hit() {
    let query = pattern("$X = $_\n$$$\nreturn $X").expect("a query");
    let source = "def f():\n    a = 1\n    g()\n    h()\n    return a\n";
    assert_eq!(hits(&query, source), ["a = 1\n    g()\n    h()\n    return a"]);
    let archive = archive(source).expect("Python");
    let tree = archive.tree().expect("an archive");
    let hit = query.hits(&tree).expect("no error")[0];
    assert_eq!(hit.statements(&tree).len(), 4);
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
fn operands_that_are_equal_are_told_from_others() {
    let source = "a == a\na == b\na.b == a.b\na.b == b.a\nf(a, 1) == f(a, 1)\na.b.c == a.b(c)\n(a) == a == a\n1 == 1.0\n\
                  f(x=1, *y) == f(*y, x=1)\n'a' == u'a'\na + a\na + a.b\na or a\na or a or a\na and b\n";
    for (text, expected) in [
        (
            "$X == $X",
            vec!["a == a", "a.b == a.b", "f(a, 1) == f(a, 1)", "f(x=1, *y) == f(*y, x=1)", "'a' == u'a'"],
        ),
        ("$X + $X", vec!["a + a"]),
        ("$X or $X", vec!["a or a"]),
        ("$X == $X == $X", vec!["(a) == a == a"]),
        ("$_ and $_", vec!["a and b"]),
    ] {
        assert_eq!(hits(&pattern(text).expect(text), source), expected, "{text}");
    }
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
fn parameters_stand_beside_the_signs_between_them() {
    let functions = [
        "def f(a): 0",
        "def f(a, /): 0",
        "def f(*, a): 0",
        "def f(x, *, a=1): 0",
        "def f(a, /, x): 0",
        "def f(*a): 0",
        "def f(**a): 0",
        "def f(x, a): 0",
    ];
    let source = functions.join("\n");
    for (text, expected) in [
        ("def f($$$, a, $$$): $$$", vec![0, 1, 2, 4, 7]),
        ("def f($$$, $_=$_, $$$): $$$", vec![3]),
        ("def f($$$, $A): $$$", vec![0, 2, 3, 4, 7]),
        ("def f($A, $$$): $$$", vec![0, 1, 3, 4, 7]),
        ("def f($$$, a, /, $$$): $$$", vec![1, 4]),
        ("def f($$$, *, a): $$$", vec![2]),
        ("def f($$$, x, *, $$$): $$$", vec![3, 4, 7]),
        ("def f(a): $$$", vec![0]),
    ] {
        let found = hits(&pattern(text).expect(text), &source);
        let expected: Vec<&str> = expected.into_iter().map(|index| functions[index]).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn sequences_stand_in_dictionaries() {
    let source = "{'a': 1}\n{'a': 1, 'b': 2}\n{'b': 2, **c, 'a': 1}\n{}\n{'a', 1}\n{**c}\n";
    for (text, expected) in [
        ("{'a': 1, $$$}", vec!["{'a': 1}", "{'a': 1, 'b': 2}"]),
        ("{$$$, 'a': 1, $...REST}", vec!["{'a': 1}", "{'a': 1, 'b': 2}", "{'b': 2, **c, 'a': 1}"]),
        ("{$$$, **$X}", vec!["{**c}"]),
        ("{'a', $$$}", vec!["{'a', 1}"]),
        ("{$$$, $...}", vec!["{'a', 1}"]),
    ] {
        assert_eq!(hits(&pattern(text).expect(text), source), expected, "{text}");
    }
}

#[test]
fn invalid_patterns_are_answered_with_what_works() {
    for (text, suggestion) in [
        ("def $F(...)", "write `def $F($$$): $$$`"),
        ("def $F(...): ...", "write `def $F($$$): $$$`"),
        ("def $F($ARG, $$$)", "write `def $F($ARG, $$$): $$$`"),
        ("def $F", "write `def $F($$$): $$$`"),
        ("async def $F:", "write `async def $F($$$): $$$`"),
        ("class $C", "write `class $C($$$): $$$`"),
        ("class $C(Base)", "write `class $C(Base): $$$`"),
        ("@a\ndef $F", "write `@a` and, on the next line, `def $F($$$): $$$`"),
        ("if $X", "write `if $X: $$$`"),
        ("if $X:", "write `if $X: $$$`"),
        ("while $X", "write `while $X: $$$`"),
        ("for $X in $Y", "write `for $X in $Y: $$$`"),
        ("with open($F) as $G", "write `with open($F) as $G: $$$`"),
        ("except:", "write `except: $$$`"),
        ("except $E", "write `except $E: $$$`"),
        ("case $P", "write `case $P: $$$`"),
        ("match $X: $$$", "write `match $X:` and, on the next line, `    case $$$: $_`"),
        ("match $X", "write `match $X:` and, on the next line, `    case $$$: $_`"),
        ("try: ... except: pass", "write `try: $$$` and, on the next line, `except: pass`"),
        ("try: $$$", "write `try: $$$` and, on the next line, `except $$$: $_`"),
        ("try", "write `try: $$$` and, on the next line, `except $$$: $_`"),
        ("try:\\n    $$$\\nexcept: pass", "write `try:` and, on the next line, `    $$$` and"),
        ("from $M import ...", "write `from $M import $$$`"),
        ("{..., 'a': $X}", "write `{$$$, 'a': $X}`"),
        ("print $X", "write `print($X)`"),
        ("fields.$C($$$A blank=True $$$B)", "write `fields.$C($$$A, blank=True, $$$B)`"),
        ("$X && !f(...)", "write `$X and not f($$$)`"),
        ("f(... x=1)", "write `f($$$, x=1)`"),
        ("else: $$$", "the selector `If[orelse]`"),
        ("elif $X: $$$", "the selector `If:elif`"),
        ("finally: $$$", "the selector `Try[finalbody]`"),
    ] {
        let message = pattern(text).expect_err(text).to_string();
        assert!(message.contains(suggestion), "{text}: {message}");
    }
    for text in ["f($X", "a b c", "f($$X)", "x = = 1", "print(", &"(".repeat(3000)] {
        let message = pattern(text).expect_err(text).to_string();
        assert!(!message.contains("; write"), "{text}: {message}");
    }
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

#[test]
fn damaged_archives_give_answers_or_errors() {
    let source = "import a.b as c\nfrom .d import e, f\nclass K(B, m=1):\n    @p\n    def g(self, x: int = 1, *y, **z):\n        \
                  with open(x) as h, q: pass\n        global r, s; k = {1: 'v', **z}; return f'{h!r:>{x}}'\n\
                  try: 0\nexcept E as n: lambda u, v=2: u[1:2] < 3 <= 4\n\
                  match m:\n    case P(1, w=2) | {'k': [*t]}: pass\n";
    let queries = [
        pattern("$X"),
        pattern("$F($$$A)"),
        pattern("def $F($$$A): $$$B"),
        pattern("class $C($$$A, $K=$V): $$$B"),
        pattern("import $M.$N as $A"),
        pattern("from .$M import $$$N"),
        pattern("$A = $B\nreturn $C"),
        pattern("{$K: $V, **$Z}"),
        pattern("with $$$I: $$$B"),
        pattern("global $$$N"),
        pattern("f'{$$$P}'"),
        pattern("lambda $$$P: $B"),
        pattern("except $E as $N: $$$"),
        pattern("case $P($$$A, w=$V) | $Q: $$$"),
        pattern("$A < $B <= $C"),
        selector("stmt ~ stmt:nth-child(2n+1)"),
        selector("*:has(> Name + Constant)"),
        selector(".body.value, [args.length>1], [name=/./], [value>1], [lineno>2]"),
    ];
    let queries: Vec<Query> = queries.into_iter().map(|query| query.expect("a query")).collect();
    let whole = archive(source).expect("Python").into_bytes();
    let mut errors = 0;
    for index in 0..whole.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut bytes = copy(&whole);
            bytes[index] ^= change;
            let Ok(tree) = Tree::open(&bytes, None) else { continue };
            for query in &queries {
                match query.hits(&tree) {
                    Ok(hits) => {
                        for hit in hits {
                            let _ =
                                (query.captures(&tree, hit), hit.range(&tree, None), hit.statements(&tree));
                        }
                    }
                    Err(_) => errors += 1,
                }
            }
        }
    }
    assert!(errors > 100, "{errors} errors");
}

#[test]
fn errors_show_the_position() {
    let error = pattern("f(a,\n  $$X)").expect_err("an invalid metavariable");
    let expected = "\
pattern: invalid metavariable: write $X for one node, $$$ or $$$XS for any number
    $$X)
    ^^";
    assert_eq!(error.to_string(), expected);
    let error = selector("Call > FuncDef").expect_err("an unknown kind");
    assert_eq!(
        error.to_string(),
        "selector: there is no kind FuncDef; did you mean FunctionDef?\n  Call > FuncDef\n         ^^^^^^^"
    );
}

/// A pattern restricted by a condition on captures.
fn restricted(text: &str, condition: &str) -> Result<Query, QueryError> {
    pattern(text)?.restricted(condition, NameMatching::Resolved.into(), &archive)
}

#[test]
fn captures_are_compared_with_each_other_and_with_numbers() {
    let source = "f(a, a)\nf(a, b)\nf(g(1), g(1))\nf(g(1), g(2))\nf(0x10, 16)\nf('a', \"a\")\n";
    for (condition, expected) in [
        ("$A == $B", vec!["f(a, a)", "f(g(1), g(1))", "f(0x10, 16)", "f('a', \"a\")"]),
        ("$A != $B", vec!["f(a, b)", "f(g(1), g(2))"]),
        ("A==$B", vec!["f(a, a)", "f(g(1), g(1))", "f(0x10, 16)", "f('a', \"a\")"]),
        ("B = Name[id=b]", vec!["f(a, b)"]),
    ] {
        let query = restricted("f($A, $B)", condition).expect("a condition");
        assert_eq!(hits(&query, source), expected, "{condition}");
    }
    let source = "f(1)\nf(-1)\nf(-200)\nf(200)\nf(100.5)\nf('x')\nf(True)\nf(100)\nf(1 + 1)\nf(+300)\n";
    for (condition, expected) in [
        ("$N > 100", vec!["f(200)", "f(100.5)"]),
        ("$N >= 100", vec!["f(200)", "f(100.5)", "f(100)"]),
        ("$N < 0", vec!["f(-1)", "f(-200)"]),
        ("$N < -1", vec!["f(-200)"]),
        ("$N <= -1", vec!["f(-1)", "f(-200)"]),
        ("$N == 1", vec!["f(1)"]),
        ("$N == -1", vec!["f(-1)"]),
        ("$N != 1", vec!["f(-1)", "f(-200)", "f(200)", "f(100.5)", "f(100)"]),
    ] {
        let query = restricted("f($N)", condition).expect("a condition");
        assert_eq!(hits(&query, source), expected, "{condition}");
    }
    for (condition, message) in [
        ("$A == $C", "there is no metavariable $C"),
        ("$A < $B", "== and != only"),
        ("$A ~ 1", "expected NAME=SELECTOR"),
        ("== 1", "expected NAME=SELECTOR"),
        ("$A > x", "a number"),
        ("A=[", "selector"),
    ] {
        let error = restricted("f($A, $B)", condition).expect_err("no condition");
        assert!(error.to_string().contains(message), "{condition}: {error}");
    }
}

#[test]
fn ancestors_can_be_bounded() {
    let source = "while a:\n    f(1)\n    def g():\n        f(2)\n        while b:\n            f(3)\n    lambda: f(4)\nf(5)\n";
    let inside = |until: &str| {
        let other = selector("While").expect("a selector");
        pattern("f($X)").and_then(|query| query.inside_until(&other, &selector(until)?)).expect("a query")
    };
    assert_eq!(hits(&inside("FunctionDef"), source), ["f(1)", "f(3)", "f(4)"]);
    assert_eq!(hits(&inside("FunctionDef, Lambda"), source), ["f(1)", "f(3)"]);
    assert_eq!(hits(&inside("ClassDef"), source), ["f(1)", "f(2)", "f(3)", "f(4)"]);
    // A node that is both counts.
    assert_eq!(hits(&inside("While"), source), ["f(1)", "f(2)", "f(3)", "f(4)"]);
    assert_eq!(hits(&inside("Expr"), source), Vec::<String>::new());
}

#[test]
fn hits_stand_before_and_after_others() {
    let source = "a()\nf(1)\nif x:\n    f(2)\n    b = 1\n    a()\nelse:\n    f(3)\n[f(4), a(), f(5)]\n";
    let beside = |follows: bool| {
        let (query, other) = (pattern("f($X)").expect("a pattern"), pattern("a()").expect("a pattern"));
        if follows { query.follows(&other) } else { query.precedes(&other) }.expect("a query")
    };
    assert_eq!(hits(&beside(true), source), ["f(1)", "f(5)"]);
    assert_eq!(hits(&beside(false), source), ["f(2)", "f(4)"]);
}

#[test]
fn elif_is_told_from_an_if_in_an_else() {
    let source = "if a: pass\nelif b: pass\nelif  (c): pass\nelse:\n    if d:\n        if e: pass\n        elif f: pass\n    else: pass\n";
    let starts = |text: &str| -> Vec<String> {
        let found = hits(&selector(text).expect("a selector"), source);
        found.iter().map(|text| text.split(':').next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(starts("If:elif"), ["elif b", "elif  (c)", "elif f"]);
    assert_eq!(starts("If:not(:elif)"), ["if a", "if d", "if e"]);
}

#[test]
fn any_element_of_a_list_is_tested() {
    let source = "f(a, b)\nf(b, g(a))\nf()\nf(1, 5)\nimport os, re\nx < y <= z\nglobal p, q\n";
    for (text, expected) in [
        ("Call[args.*.id=b]", vec!["f(a, b)", "f(b, g(a))"]),
        ("Call[args.*.id=a]", vec!["f(a, b)", "g(a)"]),
        ("Call[args.*.func.id=g]", vec!["f(b, g(a))"]),
        ("Call[args.*.value>3]", vec!["f(1, 5)"]),
        ("Call[args.*]", vec!["f(a, b)", "f(b, g(a))", "g(a)", "f(1, 5)"]),
        ("Call[args.*.id!=a]", vec!["f(b, g(a))", "f()", "f(1, 5)"]),
        ("Import[names.*.name=re]", vec!["import os, re"]),
        ("Global[names.*=q]", vec!["global p, q"]),
        ("Compare[ops.*=LtE]", vec!["x < y <= z"]),
        ("Call[args.*.args.length=1]", vec!["f(b, g(a))"]),
        ("Call[args.length.*=1]", vec![]),
    ] {
        assert_eq!(hits(&selector(text).expect(text), source), expected, "{text}");
    }
    assert!(selector("Call[*.id=a]").is_err());
}

#[test]
fn newcomers_get_hints() {
    for (text, hint) in [
        ("open(...)", "write $$$"),
        ("$FUNC(...)", "write $$$"),
        ("f(a, ..., b)", "write $$$"),
        ("[..., $X]", "write $$$"),
        ("a = 1\n...\nb = 2", "write $$$"),
        ("class $C: $$$", "class $C($$$): $$$"),
        ("with open($F) as $G: ...", "write $$$"),
        ("if ...: $$$\nelse: $$$", "write $$$"),
        ("try: ...\nexcept: pass", "write $$$"),
        ("return ...", "write $$$"),
        ("f(\"...\")", "\"$_\""),
        ("f\"...{$X}...\"", "f\"{$$$}{$X}{$$$}\""),
        ("f({$$$})", "{**$$$}"),
        ("if $X: $$$", "else: $$$"),
        ("def $F($ARG, $$$): $$$", "def $F(*, $X, $$$): $$$"),
    ] {
        let hints = pattern(text).expect(text).hints();
        assert!(hints.iter().any(|found| found.contains(hint)), "{text}: {hints:?}");
    }
    for text in [
        "def $F(): ...",
        "x[..., 0]",
        "Tuple[int, ...]",
        "class $C($$$): $$$",
        "class A: $$$",
        "...",
        "f(a=...)",
        "f(\"a...\")",
        "{1, $$$}",
        "if $X: return",
        "if $X: $$$\nelse: $$$",
        "def $F(self, $$$): $$$",
        "def $F($$$, $ARG, $$$): $$$",
        "x: int = ...",
    ] {
        assert_eq!(pattern(text).expect(text).hints(), Vec::<String>::new(), "{text}");
    }
    for text in ["else: $$$", "elif $X: $$$", "finally:\n    $$$"] {
        let error = pattern(text).expect_err(text).to_string();
        assert!(error.contains("the whole statement"), "{text}: {error}");
    }
}

#[test]
fn strings_backtrack_and_fstrings_have_metavariables() {
    for (text, source, expected) in [
        ("'$A-$A'", "'a-b-a-b'\n'a-b'\n'a-a'\n'-'\n", vec!["'a-b-a-b'", "'a-a'", "'-'"]),
        ("'$A$B$A'", "'xyx'\n'ää'\n''\n'xy'\n", vec!["'xyx'", "'ää'", "''", "'xy'"]),
        ("'$A.$B:$A'", "'a.b:a'\n'a.b.c:a.b'\n'a.b:b'\n", vec!["'a.b:a'", "'a.b.c:a.b'"]),
        ("'x$A$A'", "'xabab'\n'xaba'\n'x'\n", vec!["'xabab'", "'x'"]),
        ("f('$A', '$A$A')", "f('ab', 'abab')\nf('a', 'aaa')\n", vec!["f('ab', 'abab')"]),
        ("f'$S'", "f'a'\nf'{a}'\nf''\n'a'\nf'a' 'b'\n", vec!["f'a'", "f'a' 'b'"]),
        ("f'a$S{$X}'", "f'ab{c}'\nf'a{c}'\nf'b{c}'\nf'a{c}d'\n", vec!["f'ab{c}'", "f'a{c}'"]),
        ("f'$S{$X:>$W}'", "f'ab{c:>10}'\nf'ab{c:<10}'\n", vec!["f'ab{c:>10}'"]),
    ] {
        assert_eq!(hits(&pattern(text).expect(text), source), expected, "{text}");
    }
    let source = format!("'{}!zz'\n", "ab".repeat(20_000));
    let archive = archive(&source).expect("Python");
    let query = pattern("'$A$B$C$A$B$C$A!$A'").expect("a pattern");
    let started = Instant::now();
    let found = query.search(&archive.tree().expect("a tree")).expect("no error");
    assert_eq!((found.hits.len(), found.given_up.len()), (0, 1));
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
}
