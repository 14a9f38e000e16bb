//! Queries through the public interface.

mod limits;
mod newcomers;

use std::time::{Duration, Instant};

use lazyast_format::layout::Buffer;
use lazyast_format::{Archive, Tree};
use lazyast_parse::{Parser, Unsupported};
use lazyast_query::{CapturedElement, Hit, NameMatching, ParseFailure, Query, QueryError};

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
fn names_are_found_whatever_their_number_is() {
    // The payloads of names have up to four bytes.
    let count = 20_000;
    let source: String = (0..count).map(|number| format!("x.n{number}(n{number})\n")).collect();
    for number in [0, 1, 30, 31, 62, 63, 64, 8_190, 8_191, 8_192, count - 1] {
        let calls = pattern(&format!("$X.n{number}($Y)")).expect("a query");
        assert_eq!(hits(&calls, &source), [format!("x.n{number}(n{number})")]);
        let names = pattern(&format!("n{number}")).expect("a query");
        assert_eq!(hits(&names, &source), [format!("n{number}")]);
    }
    assert_eq!(hits(&pattern("x.$F($Y)").expect("a query"), &source).len(), count);
    assert_eq!(hits(&pattern("x").expect("a query"), &source).len(), count);
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
