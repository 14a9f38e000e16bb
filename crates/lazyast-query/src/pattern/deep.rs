//! The deep operator `<... P ...>`, which matches an expression that is P or has P somewhere inside.
//!
//! In the text that is parsed, a call stands for it: `<...` becomes the name of a function and a parenthesis, `...>` a
//! second argument and the other parenthesis. Both are as long as what they replace.

/// Where the operator opens and closes, as pairs of offsets. An opening without its end is left to the parser.
pub(super) fn deep_operators(text: &str) -> Vec<(usize, usize)> {
    let mut open = Vec::new();
    let mut pairs = Vec::new();
    let mut at = 0;
    while let Some(dots) = text[at..].find("...").map(|distance| at + distance) {
        let (before, after) = (&text[..dots], &text[dots + 3..]);
        if before.ends_with('<') && !before.ends_with("<<") {
            open.push(dots - 1);
        } else if after.starts_with('>')
            && !after.starts_with(">>")
            && !before.ends_with('$')
            && let Some(start) = open.pop()
        {
            pairs.push((start, dots));
        }
        at = dots + 3;
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::deep_operators;

    #[test]
    fn operators_are_found_in_pairs() {
        for (text, expected) in [
            ("f(<... x ...>)", vec![(2, 9)]),
            ("<... f(<... x ...>) ...>", vec![(7, 14), (0, 20)]),
            ("a < ...", vec![]),
            ("<... x", vec![]),
            ("x ...>", vec![]),
            ("f(<... g($...) ...>)", vec![(2, 15)]),
        ] {
            assert_eq!(deep_operators(text), expected, "{text}");
        }
    }
}
