//! Target `query`: compiles any text as a pattern or as a selector, and executes it.

use std::sync::OnceLock;

use lazyast::OwnedTree;

use crate::seeds;

/// The trees of all seeds of the target `source`: they have every kind of node.
fn trees() -> &'static [OwnedTree] {
    static TREES: OnceLock<Vec<OwnedTree>> = OnceLock::new();
    TREES.get_or_init(|| {
        let sources = seeds::of("source").expect("the seeds are in the checkout");
        let trees: Vec<_> = sources.iter().filter_map(|source| lazyast::parse(source).ok()).collect();
        assert!(trees.len() > 10, "only {} of {} seeds are supported", trees.len(), sources.len());
        trees
    })
}

/// The first byte chooses the language.
pub fn query(data: &[u8]) {
    let Some((language, text)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let compiled = match language % 2 {
        0 => lazyast::pattern(text),
        _ => lazyast::selector(text),
    };
    let query = match compiled {
        Ok(query) => query,
        Err(error) => {
            let span = error.span();
            assert!(span.start <= span.end && span.end <= text.len(), "{error}: {span:?} is not in {text:?}");
            assert!(
                text.is_char_boundary(span.start) && text.is_char_boundary(span.end),
                "{error}: {span:?}"
            );
            return;
        }
    };
    let _ = query.describe();
    for tree in trees() {
        let tree = tree.tree();
        // Queries that take too many steps give errors.
        let Ok(hits) = query.hits(tree) else { continue };
        for hit in hits.iter().take(20) {
            let captures = query.captures(tree, *hit).expect("a hit has captures");
            assert!(captures.len() <= query.capture_names().len());
        }
    }
}
