//! Commands that work on the cache: warm, stats, verify, gc, clean, dir, pack.

use crate::sandbox::{Sandbox, assert_transcript};

#[test]
fn warm_and_stats() {
    let sandbox = Sandbox::new();
    assert_transcript!(sandbox, "stats-missing", ["stats"]);
    assert_transcript!(sandbox, "warm-json", ["warm", "--json", "--no-cache", "src/pkg"]);
    assert_transcript!(sandbox, "warm", ["warm", "src"]);
    assert_transcript!(sandbox, "warm-again", ["warm", "--verify-content", "--verbose", "src"]);
    assert_transcript!(sandbox, "stats", ["stats"]);
    assert_transcript!(sandbox, "stats-json", ["stats", "--json"]);
    assert_transcript!(sandbox, "dir", ["dir"]);
}

#[test]
fn verify() {
    let sandbox = Sandbox::new();
    assert_transcript!(sandbox, "verify-missing", ["verify"]);
    // With one thread the archives are always in the same order.
    sandbox.run(&["warm", "--jobs", "1", "src"]);
    assert_transcript!(sandbox, "verify", ["verify"]);
    let pack = sandbox.pack();
    let mut bytes = std::fs::read(&pack).expect("the pack exists");
    bytes[200] ^= 1;
    std::fs::remove_file(&pack).expect("the sandbox is writable");
    std::fs::write(&pack, &bytes).expect("the sandbox is writable");
    assert_transcript!(sandbox, "verify-damaged", ["verify"]);
    sandbox.write("short.pack", &bytes[..100]);
    assert_transcript!(sandbox, "verify-files", ["verify", "short.pack"]);
    assert_transcript!(sandbox, "verify-missing-file", ["verify", "short.pack", "missing.pack"]);
}

#[test]
fn gc_and_clean() {
    let sandbox = Sandbox::new();
    assert_transcript!(sandbox, "gc-missing", ["gc"]);
    sandbox.run(&["warm", "src"]);
    assert_transcript!(sandbox, "gc", ["gc"]);
    assert_transcript!(sandbox, "gc-dry-run", ["gc", "--dry-run", "--max-age", "0"]);
    assert_transcript!(sandbox, "clean-dry-run", ["clean", "--dry-run"]);
    assert_transcript!(sandbox, "clean", ["clean"]);
    std::fs::remove_dir_all(sandbox.path("cache")).expect("the sandbox is writable");
    assert_transcript!(sandbox, "clean-missing", ["clean"]);
}

#[test]
fn pack_export_and_import() {
    let sandbox = Sandbox::new();
    assert_transcript!(sandbox, "pack-export", ["pack", "export", "trees.pack", "src"]);
    assert_transcript!(sandbox, "pack-import", ["pack", "import", "--cache-dir", "other", "trees.pack"]);
    sandbox.write("damaged.pack", "no pack");
    let files = ["pack", "import", "--cache-dir", "other", "trees.pack", "damaged.pack"];
    assert_transcript!(sandbox, "pack-import-damaged", sandbox.run(&files));
    assert_transcript!(sandbox, "pack-import-missing", ["pack", "import", "missing.pack"]);
    assert!(sandbox.output_bytes(&["pack", "export", "-", "src"]).starts_with(b"LAZYPAK"));
    assert!(!sandbox.path("-").exists());
}
