//! What people type who know other tools: it works, or is answered with what does.

use crate::{hits, pattern};

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
