//! Target `source`: parses any bytes.

use lazyast::dump::DumpOptions;
use lazyast_format::read::TargetPython;
use lazyast_format::verify::verify;

/// Parses a source. If our parser supports it, its archive is valid and its tree can be printed.
pub fn source(data: &[u8]) {
    let Ok(tree) = lazyast::parse(data) else { return };
    let archive: &[u8] = tree.bytes().as_ref();
    if let Err(violation) = verify(archive) {
        panic!("the archive of a source is not valid: {violation}");
    }
    let text = lazyast::text(data).expect("a source with an archive can be decoded");
    assert_eq!(text.len(), tree.tree().header().text_len as usize);
    let header = tree.tree().header();
    // One version of Python for each source, at or above the minimum.
    let minor = header.facts.minimum_python.max(11 + header.source_hash[0] % 5);
    let target = TargetPython::new(minor, 0);
    let options = DumpOptions { target, include_attributes: true, indent: None, show_empty: false };
    // Integers that are too long are the one thing that has no text.
    let _ = options.write(tree.tree(), &mut std::io::sink());
}
