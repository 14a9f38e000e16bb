//! Rewrites of short sources, compared with what they must become.

use lazyast_format::Archive;
use lazyast_format::layout::Buffer;
use lazyast_query::{ParseFailure, Query};
use lazyast_rewrite::{QueryRewrite, RewriteError, Rewritten, apply};

fn parse(source: &str) -> Result<Archive<Buffer>, ParseFailure> {
    let failure = |message| ParseFailure { message, offset: None };
    let mut parser = lazyast_parse::Parser::new();
    let bytes = parser.parse(source.as_bytes(), &[0; 32]).map_err(|reason| match reason {
        lazyast_parse::Unsupported::Syntax { message, offset, .. } => {
            ParseFailure { message, offset: Some(offset as usize) }
        }
        reason => failure(reason.to_string()),
    })?;
    let mut buffer = Buffer::with_capacity(bytes.len());
    buffer.extend_from_slice(bytes);
    Archive::open(buffer, None).map_err(|error| failure(error.to_string()))
}

fn try_rewrite(pattern: &str, template: &str, source: &str) -> Result<Rewritten, RewriteError> {
    let query = Query::pattern(pattern, &parse).expect("a pattern");
    let rewrite = QueryRewrite::new(&query, template, &parse).expect("a template");
    let archive = parse(source).expect("a source");
    let tree = archive.tree().expect("a tree");
    let hits = query.hits(&tree).expect("hits");
    assert!(!hits.is_empty(), "{pattern} matches nothing in {source}");
    rewrite.rewrite(&tree, source, &hits, &|edits| parse(&apply(source, edits)))
}

/// A pattern, a template, a source, and what comes of it.
type Case<'c> = (&'c str, &'c str, &'c str, &'c str);

/// Compares new sources.
fn check(cases: &[Case<'_>]) {
    for (pattern, template, source, expected) in cases {
        let new = try_rewrite(pattern, template, source).map(|rewritten| apply(source, &rewritten.edits));
        assert_eq!(
            new.map_err(|error| error.to_string()).as_deref(),
            Ok(*expected),
            "{pattern} -> {template}"
        );
    }
}

/// Compares why sources are not rewritten: one of the reasons, or the error, contains the text.
fn check_reasons(cases: &[Case<'_>]) {
    for (pattern, template, source, expected) in cases {
        let reasons = match try_rewrite(pattern, template, source) {
            Ok(rewritten) => rewritten.skipped.iter().map(|skipped| skipped.reason.to_string()).collect(),
            Err(error) => vec![error.to_string()],
        };
        assert!(
            reasons.iter().any(|reason| reason.contains(expected)),
            "{pattern} -> {template} in {source}: {reasons:?}"
        );
    }
}

#[test]
fn parentheses_are_added_where_they_are_needed() {
    check(&[
        ("f($X)", "$X", "f(a)\n", "a\n"),
        ("f($X)", "$X", "f(a + b) * 2\n", "(a + b) * 2\n"),
        ("f($X)", "$X", "x = f(a + b)\n", "x = a + b\n"),
        ("f($X)", "$X * 2", "x = f(a + b)\n", "x = (a + b) * 2\n"),
        ("f($X)", "$X * 2", "x = f((a + b))\n", "x = (a + b) * 2\n"),
        ("f($X)", "-$X", "x = f(a) ** 2\n", "x = (-a) ** 2\n"),
        ("f($X)", "$X ** 2", "x = f(-a)\n", "x = (-a) ** 2\n"),
        ("f($X)", "$X ** 2", "x = f(await a)\n", "x = await a ** 2\n"),
        ("f($X)", "await $X", "x = f(a).b\n", "x = (await a).b\n"),
        ("f($X)", "await $X", "x = f(a ** b)\n", "x = await (a ** b)\n"),
        ("f($X)", "not $X", "x = f(a or b)\n", "x = not (a or b)\n"),
        ("f($X)", "not $X", "x = f(a) == b\n", "x = (not a) == b\n"),
        ("f($X)", "$X.bit_length()", "f(1)\n", "(1).bit_length()\n"),
        ("f($X)", "$X.real", "f(1.0)\n", "1.0.real\n"),
        ("f($X)", "$X.a", "f(lambda: 0)\n", "(lambda: 0).a\n"),
        ("f($A, $B)", "$A < $B", "x = f(a < b, c)\n", "x = (a < b) < c\n"),
        ("f($A, $B)", "$A < $B", "x = f(a, b) < c\n", "x = (a < b) < c\n"),
        ("f($A, $B)", "$A < $B", "x = not f(a, b)\n", "x = not a < b\n"),
        ("f($A, $B)", "$A - $B", "x = f(a, b - c)\n", "x = a - (b - c)\n"),
        ("f($A, $B)", "$A - $B", "x = f(a - b, c)\n", "x = a - b - c\n"),
        ("f($A, $B)", "$A - $B", "x = 1 - f(a, b)\n", "x = 1 - (a - b)\n"),
        ("f($X)", "g(x, $X)", "f(i for i in a)\n", "g(x, (i for i in a))\n"),
        ("f($X)", "g($X)", "f(i for i in a)\n", "g(i for i in a)\n"),
        ("(i for i in a)", "b", "f(i for i in a)\n", "f(b)\n"),
        ("f($X)", "g($X)", "f(x := 1)\n", "g(x := 1)\n"),
        ("f($X)", "g(k=$X)", "f(x := 1)\n", "g(k=(x := 1))\n"),
        ("f($X)", "$X", "f(x := 1)\n", "(x := 1)\n"),
        ("f($X)", "$X", "if f(x := 1): pass\n", "if x := 1: pass\n"),
        ("f($X)", "g($X)", "f((yield))\n", "g((yield))\n"),
        ("f($X)", "$X", "x = f((yield))\n", "x = yield\n"),
        ("f($X)", "$X", "x = [f((yield))]\n", "x = [(yield)]\n"),
        (
            "f($X)",
            "$X",
            "return_ = 1\ndef g():\n    return f((yield 1))\n",
            "return_ = 1\ndef g():\n    return (yield 1)\n",
        ),
        ("f($X)", "$X", "return_(f((1, 2)))\n", "return_((1, 2))\n"),
        ("x[$X]", "g($X)", "x[1, 2]\n", "g((1, 2))\n"),
        ("f($X)", "x[$X]", "f((1, 2))\n", "x[(1, 2)]\n"),
        ("f($X)", "g($X)", "f(*a)\n", "g(*a)\n"),
        ("f($X)", "lambda: $X", "x = f(a) if b else c\n", "x = (lambda: a) if b else c\n"),
        ("f($X)", "$X if a else b", "x = f(lambda: 0)\n", "x = (lambda: 0) if a else b\n"),
        ("f($X)", "$X if a else b", "x = [i for i in f(x)]\n", "x = [i for i in (x if a else b)]\n"),
        ("f($X)", "$X or b", "x = {**f(a), 'k': f(c)}\n", "x = {**(a or b), 'k': c or b}\n"),
        ("f($X)", "{**$X}", "x = f(a or b)\n", "x = {**(a or b)}\n"),
        ("f($X)", "$X or b", "x = f(a) and c\n", "x = (a or b) and c\n"),
        ("f($X)", "$X", "x = f(a or b) or c\n", "x = (a or b) or c\n"),
        ("f($X)", "($X)", "x = f(a or b)\n", "x = a or b\n"),
        ("f($X)", "not ($X)", "x = f(a or b)\n", "x = not (a or b)\n"),
        ("$A and $B", "all([$A, $B])", "if(a)and(b):\n    pass\n", "if all([a, b]):\n    pass\n"),
        ("'a'", "b", "def f():\n    return'a'\n", "def f():\n    return b\n"),
        ("1", "one", "x = 1if a else 2\n", "x = one if a else 2\n"),
    ]);
}

#[test]
fn line_breaks_comments_and_strings_are_kept() {
    check(&[
        ("f($X)", "$X", "x = f(a +\n      b)\n", "x = (a +\n      b)\n"),
        ("f($X)", "g($X)", "x = f(a +  # one\n      b)\n", "x = g(a +  # one\n      b)\n"),
        ("f($X)", "return_($X, 1)", "f(a\n  + b)\n", "return_(a\n  + b, 1)\n"),
        ("f($X)", "x = $X", "f(a\n  + b)\n", "x = (a\n  + b)\n"),
        (
            "f($$$A)",
            "g($$$A)",
            "f(a,  # one\n  b=1,\n  # two\n  *c)\n",
            "g(a,  # one\n  b=1,\n  # two\n  *c)\n",
        ),
        (
            "f($X, $Y)",
            "h($Y)",
            "if a:\n    f(b,\n        g(\n            c,\n            '''\n  d''',\n        ))\n",
            "if a:\n    h(g(\n        c,\n        '''\n  d''',\n    ))\n",
        ),
        (
            "if $C: $$$B",
            "while $C:\n    $$$B\n    break",
            "def f():\n  if a:  # one\n    # two\n    b = '''\nx\n'''  # three\n\n    c\n  d\n",
            "def f():\n  while a:\n      # two\n      b = '''\nx\n'''  # three\n\n      c\n      break\n  d\n",
        ),
        ("if $C: $$$B", "$$$B", "if True:\n    a\n    if b:\n        c\nd\n", "a\nc\nd\n"),
        ("if $C: $$$B", "if not $C: $$$B", "if a: b\n", "if not a: b\n"),
        ("if $C: $$$B", "if not $C: $$$B", "if a:\n  b\n  c\n", "if not a:\n  b\n  c\n"),
        (
            "if $C: $$$B",
            "if $C:\n    pass\nelse:\n    $$$B",
            "if a:\n\t\tb\n",
            "if a:\n    pass\nelse:\n    b\n",
        ),
        (
            "f()",
            "g(\n    '''\n  a\n''',\n)",
            "if a:\n    f()\n",
            "if a:\n    g(\n        '''\n  a\n''',\n    )\n",
        ),
        ("f($X)", "g($X)", "x = f\\\n(a)\n", "x = g(a)\n"),
    ]);
}

#[test]
fn statements_replace_statements() {
    check(&[
        (
            "assert $X",
            "if not $X:\n    raise E",
            "assert a or b  # c\n",
            "if not (a or b):\n    raise E  # c\n",
        ),
        ("print($X)", "log($X)\nflush()", "if a:\n    print(b)\n", "if a:\n    log(b)\n    flush()\n"),
        ("$X = $X", "", "a = a\nb = c\n", "b = c\n"),
        ("print($X)", "", "if a:\n    print(b)\nc\n", "if a:\n    pass\nc\n"),
        ("print($X)", "", "if a:\n    print(b)\n    print(c)\n", "if a:\n    pass\n"),
        ("print($X)", "", "if a:\n    print(b)  # c\n    d\n", "if a:\n    # c\n    d\n"),
        ("print($X)", "", "a; print(b); c\n", "a; pass; c\n"),
        ("print($X)", "", "if a: print(b)\n", "if a: pass\n"),
        (
            "$A = $B\nreturn $A",
            "return $B",
            "def f():\n    a = 1\n    return a\n",
            "def f():\n    return 1\n",
        ),
        (
            "def $F($$$A): $$$B",
            "async def $F($$$A): $$$B",
            "@d\ndef f(a, /, *, b=1, **k):\n    c\n",
            "@d\nasync def f(a, /, *, b=1, **k):\n    c\n",
        ),
        (
            "def $F($$$A): $$$B",
            "def $F(self, $$$A): $$$B",
            "def f(a, *, b=1): c\n",
            "def f(self, a, *, b=1): c\n",
        ),
        (
            "def $F($$$A): $$$B",
            "def $F($$$A, z=0): $$$B",
            "def f(a, *, b=1): c\n",
            "def f(a, z=0, *, b=1): c\n",
        ),
        ("def $F($$$A): $$$B", "def $F(self, $$$A): $$$B", "def f(): c\n", "def f(self): c\n"),
        (
            "def $F($$$A) -> $$$R: $$$B",
            "def g($$$A) -> $$$R: $$$B",
            "def f() -> int: c\ndef f(): d\n",
            "def g() -> int: c\ndef g(): d\n",
        ),
        (
            "return $$$V",
            "return f($$$V)",
            "def f():\n    return\n    return 1, 2\n",
            "def f():\n    return f()\n    return f((1, 2))\n",
        ),
        (
            "return $$$V",
            "yield $$$V",
            "def f():\n    return\n    return 1\n",
            "def f():\n    yield\n    yield 1\n",
        ),
        (
            "lambda $$$A: $B",
            "lambda $$$A: ($B, 1)",
            "f(lambda: a, lambda b, *c: d)\n",
            "f(lambda: (a, 1), lambda b, *c: (d, 1))\n",
        ),
        (
            "except $E: $$$B",
            "except ($E, X): $$$B",
            "try:\n    a\nexcept E:\n    b\n",
            "try:\n    a\nexcept (E, X):\n    b\n",
        ),
        ("import $$$A, os, $$$B", "import $$$A, x, $$$B", "import a, os, b as c\n", "import a, x, b as c\n"),
        ("import $M", "", "import a\nb\n", "b\n"),
        ("@a", "@b", "@a\ndef f(): pass\n", "@b\ndef f(): pass\n"),
        ("import $M", "import $M", "import a\n", "import a\n"),
        (
            "from $M import $$$N",
            "from x.$M import $$$N",
            "from a import (b,  # c\n               d)\n",
            "from x.a import b, d\n",
        ),
        (
            "if $A: $$$B\nelse: $$$C",
            "if not $A:\n    $$$C\nelse:\n    $$$B",
            "if a:\n    b\nelif c:\n    d\n",
            "if not a:\n    if not c:\n        pass\n    else:\n        d\nelse:\n    b\n",
        ),
        (
            "if $A: $$$B",
            "if $A and x:\n    $$$B",
            "if a:\n    b\nelif c:\n    d\n",
            "if a:\n    b\nelif c and x:\n    d\n",
        ),
        (
            "@$$$D\ndef $F(): $$$B",
            "@$$$D\n@x\ndef $F(): $$$B",
            "@a\n@b(c)\ndef f():\n    d\n",
            "@a\n@b(c)\n@x\ndef f():\n    d\n",
        ),
        ("@$$$D\ndef $F(): $$$B", "@$$$D\n@x\ndef $F(): $$$B", "def f():\n    d\n", "@x\ndef f():\n    d\n"),
    ]);
}

#[test]
fn lists_lose_commas_with_their_elements() {
    check(&[
        ("f($$$A)", "g(x, $$$A)", "f()\nf(1, k=2)\n", "g(x)\ng(x, 1, k=2)\n"),
        ("f($$$A)", "g($$$A, x)", "f()\nf(1)\n", "g(x)\ng(1, x)\n"),
        ("f(k=$V, $$$A)", "g($$$A, v=$V)", "f(1, k=2, j=3)\nf(k=1)\n", "g(1, j=3, v=2)\ng(v=1)\n"),
        ("[$$$A]", "($$$A,)", "x = [1, 2]\ny = []\nz = [1]\n", "x = (1, 2,)\ny = ()\nz = (1,)\n"),
        ("[$X, $$$A]", "($X, $$$A)", "x = [1, 2]\ny = [1]\n", "x = (1, 2)\ny = (1,)\n"),
        (
            "{'a': $V, **$$$R}",
            "dict(a=$V, **{**$$$R})",
            "x = {'a': 1, 'b': 2, **c}\n",
            "x = dict(a=1, **{'b': 2, **c})\n",
        ),
        ("{'a': $V, **$$$R}", "{'b': $V, **$$$R}", "x = {'a': 1}\n", "x = {'b': 1}\n"),
        (
            "class $C($$$B): $$$D",
            "class $C($$$B, m=M): $$$D",
            "class A(B, C): pass\nclass A: pass\n",
            "class A(B, C, m=M): pass\nclass A(m=M): pass\n",
        ),
        ("global $$$N", "nonlocal $$$N", "def f():\n    global a, b\n", "def f():\n    nonlocal a, b\n"),
    ]);
}

#[test]
fn hits_inside_of_captures_are_replaced() {
    check(&[
        ("f($X)", "g($X)", "f(f(1) + f(2))\n", "g(g(1) + g(2))\n"),
        ("f($X)", "$X + 1", "f(f(1) * 2)\n", "(1 + 1) * 2 + 1\n"),
        ("$A + $B", "add($A, $B)", "a + b + c\n", "add(add(a, b), c)\n"),
        ("f($X)", "($X, $X)", "x = f(f(1))\n", "x = ((1, 1), (1, 1))\n"),
        ("f($$$)", "g()", "f(f(1))\n", "g()\n"),
        ("f($X)", "g($X)", "x = f'{f(1)!r:{f(2)}}'\n", "x = f'{g(1)!r:{g(2)}}'\n"),
        ("f($X)", "lambda: $X", "x = f'{f(1)}'\n", "x = f'{(lambda: 1)}'\n"),
        ("f($X)", "{$X}", "x = f'{f(1)}'\n", "x = f'{ {1}}'\n"),
        ("'http://$U'", "'https://$U'", "x = 'http://a\\'\\n'\n", "x = 'https://a\\'\\n'\n"),
        (
            "def $F(): $$$B",
            "def $F():\n    log('$F')\n    $$$B",
            "def f(): pass\n",
            "def f():\n    log('f')\n    pass\n",
        ),
    ]);
}

#[test]
fn some_hits_stay_as_they_are() {
    check_reasons(&[
        ("f($X)", "g($X)", "x = f'{f(1)=}'\n", "="),
        ("f($X)", "g('a', $X)", "x = f'{f(1)}'\n", "3.12"),
        ("f($X)", "return $X", "x = f(1)\n", "a part of a statement"),
        ("assert $X", "if $X:\n    pass", "if a: assert b\n", "shares its line"),
        ("if $A: $$$B", "assert $A", "if a:\n    b\nelif c:\n    d\n", "elif"),
        ("def $F($$$A): $$$B", "def g($$$A): $$$B", "def f() -> int: pass\n", "return annotation"),
        ("@a\ndef $F(): $$$B", "@b\ndef $F(): $$$B", "@a\n@c\ndef f(): pass\n", "decorators"),
        ("import $M", "import x", "import a, b\n", "other names"),
        ("from a import b", "", "from a import b, c\n", "other names"),
    ]);
}

#[test]
fn sources_that_would_mean_something_else_are_errors() {
    check_reasons(&[
        ("x", "f(x)", "x = 1\n", "line 1 is not valid"),
        ("f", "1", "f(2)\n\nf = 3\n", "line 3 is not valid"),
        ("a", "b if c else d", "x = a\n\nfor a in b: pass\n", "line 3 is not valid"),
        ("f(k=$V, $$$A)", "g(v=$V, $$$A)", "f(1, k=2, j=3)\n", "line 1 is not valid"),
    ]);
}

#[test]
fn templates_with_mistakes_are_errors() {
    let query = Query::pattern("f($X, $$$A)", &parse).expect("a pattern");
    for (template, message) in [
        ("g($Y)", "unknown metavariable Y: the pattern has $X, $$$A"),
        ("g($_)", "capture nothing"),
        ("g($$$)", "capture nothing"),
        ("g($$$X)", "write $X"),
        ("g($A)", "write $$$A"),
        ("g('$HOME')", "\\x24"),
        ("g(", "template:"),
        ("$X + $$$A", "cannot stand here"),
    ] {
        match QueryRewrite::new(&query, template, &parse) {
            Ok(_) => panic!("{template} is a template"),
            Err(error) => assert!(error.to_string().contains(message), "{template}: {error}"),
        }
    }
}
