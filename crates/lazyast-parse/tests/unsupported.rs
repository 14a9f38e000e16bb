//! Which sources are served and which are unsupported. `tests/fidelity.py` compares the trees with each
//! interpreter's.

use lazyast_format::layout::SourceFacts;
use lazyast_format::{Header, Tree, verify::verify};
use lazyast_parse::{PARSER_VERSION, Parser, Unsupported};

fn parse(source: impl AsRef<[u8]>) -> Result<Header, Unsupported> {
    let mut parser = Parser::new();
    let archive = parser.parse(source.as_ref(), &[7; 32])?;
    verify(archive).expect("every archive is valid");
    let header = *Tree::open(archive, Some(PARSER_VERSION)).expect("the archive is valid").header();
    assert_eq!((header.source_hash, header.source_len as usize), ([7; 32], source.as_ref().len()));
    Ok(header)
}

fn facts(source: impl AsRef<[u8]>) -> SourceFacts {
    let source = source.as_ref();
    match parse(source) {
        Ok(header) => header.facts,
        Err(reason) => panic!("{:?} is unsupported: {reason}", String::from_utf8_lossy(source)),
    }
}

#[test]
fn syntax_errors_have_positions() {
    let Err(Unsupported::Syntax { line, column, offset, .. }) = parse("x = 1\ny = = 2\n") else {
        panic!("a syntax error is reported as such");
    };
    assert_eq!((line, column, offset), (2, 4, 10));
}

#[test]
fn a_doubled_brace_after_a_backslash_is_one_brace() {
    let mut parser = Parser::new();
    let archive = parser.parse(br"f'\udc00\}}\{{'", &[7; 32]).expect("it is served");
    let tree = Tree::open(archive, Some(PARSER_VERSION)).expect("the archive is valid");
    assert_eq!(tree.string(0).expect("there is a string"), b"\xed\xb0\x80\\}\\{");
}

#[test]
fn an_else_of_a_try_needs_an_except() {
    for source in ["try:\n a\nelse:\n b\nfinally:\n c\n", "def f():\n try: a\n else: b\n finally: c\n"] {
        assert!(matches!(parse(source), Err(Unsupported::Construct(_))), "{source}");
    }
    assert!(parse("try: a\nexcept E: b\nelse: c\nfinally: d\n").is_ok());
    assert!(parse("try: a\nfinally: d\n").is_ok());
}

#[test]
fn depth_is_bounded() {
    let deep: [(&str, String); 23] = [
        ("brackets", "(".repeat(1_000_000)),
        ("closed brackets", "(".repeat(101) + "x" + &")".repeat(101)),
        ("lists on lines", "[\n".repeat(300_000)),
        ("braces", "{".repeat(1_000_000)),
        ("attributes", "a".to_owned() + &".b".repeat(200_000)),
        ("few attributes", "a".to_owned() + &".b".repeat(1_000)),
        ("calls", "a".to_owned() + &"()".repeat(300_000)),
        ("sums", "1".to_owned() + &"+1".repeat(300_000)),
        ("powers", "1".to_owned() + &"**1".repeat(300_000)),
        ("not", "not ".repeat(300_000) + "x"),
        ("minus", "-".repeat(600_000) + "x"),
        ("lambdas", "lambda:".repeat(300_000) + "x"),
        ("conditions", "x if y else ".repeat(200_000) + "z"),
        ("yields", "yield ".repeat(200_000)),
        ("yields with values", "yield x, ".repeat(200_000)),
        ("lambdas with parameters", "lambda a,: ".repeat(200_000)),
        ("conditions without else", "x".to_owned() + &" if y if".repeat(200_000)),
        ("async", "async ".repeat(200_000)),
        ("blocks on a line", "while x: ".repeat(200_000)),
        ("an error after a chain", "a".to_owned() + &".b".repeat(16_000) + " )"),
        ("elif", "if x: pass\n".to_owned() + &"elif x: pass\n".repeat(100_000)),
        ("f-strings", "f\"{".repeat(100_000)),
        (
            "blocks",
            (0..5_000).map(|level| " ".repeat(level) + "if x:\n").collect::<String>()
                + &" ".repeat(5_000)
                + "x\n",
        ),
    ];
    for (what, source) in deep {
        let reason = parse(&source).expect_err(what);
        assert!(matches!(reason, Unsupported::Depth { .. } | Unsupported::Syntax { .. }), "{what}: {reason}");
    }
}

#[test]
fn wide_is_not_deep() {
    let wide = [
        "x = [".to_owned() + &"1, ".repeat(200_000) + "]\n",
        "x\n".repeat(200_000),
        "x = (".to_owned() + &"'a'\n".repeat(100_000) + ")\n",
        "x = ".to_owned() + &"a and ".repeat(20_000) + "b\n",
        "f(".to_owned() + &"a.b(c, -d), ".repeat(20_000) + ")\n",
        "(".repeat(100) + "x" + &")".repeat(100) + "\n",
    ];
    for source in wide {
        assert!(parse(&source).is_ok(), "{}... is unsupported", &source[..20]);
    }
}

#[test]
fn bytes_are_decoded_as_cpython_does() {
    let served: [(&[u8], bool); 9] = [
        (b"x = 1", false),
        (b"\xef\xbb\xbfx = 1\n", false),
        (b"\xef\xbb\xbf# coding: utf-8\nx = 1\n", false),
        (b"# -*- coding: UTF_8 -*-\nx = '\xc3\xa9'\n", false),
        (b"# coding: latin-1\nx = '\xe9'\n", true),
        (b"#!/usr/bin/python\n# vim: set fileencoding=koi8-r :\nx = '\xc1'\n", true),
        (b"x = 1\n# coding: klingon\n", false),
        (b"x = 1\r\ny = 2\rz = 3\n", false),
        (b"", false),
    ];
    for (source, reencoded) in served {
        assert_eq!(facts(source).reencoded, reencoded, "{}", String::from_utf8_lossy(source));
    }
    let unsupported: [&[u8]; 8] = [
        b"\xef\xbb\xbf\xef\xbb\xbfx = 1\n",
        b"x = 1\0",
        b"# \xe9\n",
        b"x = '\xe9'\n",
        b"# coding: klingon\n",
        b"\xff\xfex\0",
        b"\xef\xbb\xbf# coding: latin-1\n",
        b"\xef\xbb\xbf# coding: utf8\n",
    ];
    for source in unsupported {
        let reason = parse(source).expect_err("this cannot be decoded");
        assert!(matches!(reason, Unsupported::Encoding(_)), "{}: {reason}", String::from_utf8_lossy(source));
    }
}

#[test]
fn the_oldest_python_is_found() {
    let minimum = [
        ("x = 1\n", 11),
        ("try:\n    x\nexcept* E:\n    y\n", 11),
        ("def f[T](x: T): pass\n", 12),
        ("type X = int\n", 12),
        ("class C[T = int]: pass\n", 13),
        ("f'{x!r}'\n", 11),
        ("f'{x!r }'\n", 12),
        ("f'{'a'}'\n", 12),
        ("f'{a\n}'\n", 12),
        ("f'{x:{y:{z}}}'\n", 12),
        ("f'{*a}'\n", 12),
        ("f'{\"\\n\"}'\n", 12),
    ];
    for (source, expected) in minimum {
        assert_eq!(facts(source).minimum_python, expected, "{source}");
    }
}

#[test]
fn warnings_are_seen() {
    for source in [
        "'\\d'\n",
        "b'\\u'\n",
        "f'\\d{x}'\n",
        "f'\\{x}'\n",
        "'\\400'\n",
        "1if x else y\n",
        "[0x1for x in y]\n",
    ] {
        assert!(facts(source).warns, "{source}");
    }
    for source in
        ["r'\\d'\n", "'\\n\\x41\\u0041\\N{BULLET}'\n", "'\\377'\n", "rf'\\d{x}'\n", "1 if x else y\n"]
    {
        assert!(!facts(source).warns, "{source}");
    }
}

#[test]
fn warnings_are_in_source_order() {
    let mut parser = Parser::new();
    let source = b"x = 1if '\\d' else f'{2or 3}\\d'\n'\\400'\n";
    let archive = parser.parse(source, &[7; 32]).expect("it is served");
    let tree = Tree::open(archive, Some(PARSER_VERSION)).expect("the archive is valid");
    let offsets: Vec<u32> = tree.warnings().map(|(offset, _)| offset).collect();
    assert_eq!(offsets, [5, 9, 22, 27, 32]);
}

/// Brackets are counted many tokens at a time, and a replacement field counts as two.
#[test]
fn brackets_are_counted_wherever_they_begin() {
    let cases = [
        ("", "(", ")", "", 100),
        ("", "[", "]", "", 100),
        ("", "{", "}", "", 100),
        ("f'{", "(", ")", "}'", 98),
    ];
    for before in 0..70 {
        for (start, open, close, end, most) in cases {
            let nested = |levels: usize| {
                let (before, opened, closed) =
                    ("y;".repeat(before), open.repeat(levels), close.repeat(levels));
                parse(format!("{before}{start}{opened}x{closed}{end}\n"))
            };
            assert!(nested(most).is_ok(), "{start}{open} after {before} statements");
            let reason = nested(most + 1).expect_err("there is one bracket more");
            assert!(
                matches!(reason, Unsupported::Depth { limit: 100, .. }),
                "{start}{open} {before}: {reason}"
            );
        }
    }
}

#[test]
fn type_comments_are_seen() {
    for (source, expected) in
        [("x = 1  # type: int\n", true), ("x = 1  #type:int\n", true), ("x = 1  # types: a\n", false)]
    {
        assert_eq!(facts(source).type_comments, expected, "{source}");
    }
}

#[test]
fn what_only_ruff_accepts_is_unsupported() {
    let unsupported = [
        "def f():\n    yield % 1\n",
        "def f():\n    yield, 1\n",
        "def f():\n    yield != x\n",
        "if x:\n\tif y:\n        z\n",
        " \tx\n",
    ];
    for source in unsupported {
        assert!(parse(source).is_err(), "{source:?} is served");
    }
    for source in [
        "def f():\n    yield\n",
        "def f():\n    (yield) + 1\n",
        "f'{(yield)}'\n",
        "if x:\n\ty\n\tif z:\n\t\ta\n",
    ] {
        assert!(parse(source).is_ok(), "{source:?} is unsupported");
    }
}

#[test]
fn details_in_which_versions_differ_are_unsupported() {
    let unsupported = [
        "u'a' f'{x}'\n",
        "f'{x:\\N{BULLET}}'\n",
        "rf'{x:\\d}'\n",
        "f'{x:{{1}}}'\n",
        "f'{x!=y=}'\n",
        "f'{x:{y=}}'\n",
        "f'{f(k=1),a[1:2]=}'\n",
        "t'{x#c\n}'\n",
        "from __future__ import braces\n",
        "\u{16d40} = 1\n",
        "\u{1e030} = 1\n",
        "a\u{1ccf0} = 1\n",
        "'\\N{KAWI LETTER A}'\n",
    ];
    for source in unsupported {
        let reason = parse(source).expect_err(source);
        assert!(
            matches!(reason, Unsupported::Construct(_) | Unsupported::Syntax { .. }),
            "{source}: {reason}"
        );
    }
    assert!(parse("'\\N{PENGUIN}\\N{BULLET}'").is_ok());
    assert!(parse("1".repeat(640)).is_ok());
    assert!(parse("1".repeat(641)).is_err());
}
