//! Target `query`: compiles any text as a pattern or as a selector, and executes it.

use std::sync::OnceLock;

use lazyast::OwnedTree;

use crate::seeds;

/// A few small trees, which together have every kind of node that the seeds of the target `source` have.
fn trees() -> &'static [OwnedTree] {
    static TREES: OnceLock<Vec<OwnedTree>> = OnceLock::new();
    TREES.get_or_init(|| {
        let sources = seeds::of("source").expect("the seeds are in the checkout");
        let mut trees: Vec<_> = sources.iter().filter_map(|source| lazyast::parse(source).ok()).collect();
        trees.sort_by_key(|tree| tree.tree().len());
        let mut seen = [false; 256];
        trees.retain(|tree| {
            let kinds = tree.tree().kinds().iter();
            kinds.fold(false, |is_new, kind| !std::mem::replace(&mut seen[usize::from(*kind)], true) | is_new)
        });
        let kinds = seen.iter().filter(|seen| **seen).count();
        assert!(kinds > 70, "the seeds have {kinds} kinds of nodes");
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
