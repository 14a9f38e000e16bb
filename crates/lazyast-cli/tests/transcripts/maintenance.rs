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

/// Files of another version have an exit code of their own, unless another file is damaged.
#[test]
fn other_versions_are_not_damage() {
    let sandbox = Sandbox::new();
    // On one thread, the same archive is always the first one of the pack.
    sandbox.run(&["warm", "--jobs", "1", "src"]);
    let bytes = std::fs::read(sandbox.pack()).expect("the pack exists");
    sandbox.write("trees.pack", &bytes);
    let mut pack = bytes.clone();
    pack[8] = 9;
    sandbox.write("version.pack", &pack);
    // The parser version of the first archive, which starts at byte 16.
    let mut archive = bytes.clone();
    let body = u32::from_le_bytes(archive[52..56].try_into().expect("four bytes"));
    archive[40] = 0xff;
    let end = 16 + 96 + body as usize;
    let checksum = lazyast::format::layout::checksum(&archive[16..end]);
    archive[64..72].copy_from_slice(&checksum.to_le_bytes());
    sandbox.write("archive.pack", &archive);
    sandbox.write("damaged.pack", "no pack");
    assert_transcript!(
        sandbox,
        "verify-other-version",
        ["verify", "version.pack", "archive.pack", "trees.pack"]
    );
    assert_transcript!(sandbox, "verify-other-and-damaged", ["verify", "version.pack", "damaged.pack"]);
    let import = ["pack", "import", "--cache-dir", "other"];
    let files = ["version.pack", "archive.pack", "trees.pack"];
    assert_transcript!(sandbox, "pack-import-other-version", sandbox.run(&[&import[..], &files].concat()));
    let files = ["version.pack", "damaged.pack"];
    assert_transcript!(
        sandbox,
        "pack-import-other-and-damaged",
        sandbox.run(&[&import[..], &files].concat())
    );
    assert_transcript!(sandbox, "pack-list-other-version", ["pack", "list", "version.pack"]);
}

#[test]
fn manifests() {
    let sandbox = Sandbox::new();
    assert_transcript!(sandbox, "pack-export-sources", ["pack", "export", "--sources", "trees.pack", "src"]);
    assert_transcript!(sandbox, "pack-list", ["pack", "list", "trees.pack"]);
    assert_transcript!(sandbox, "pack-verify-sources", ["verify", "trees.pack"]);
    assert_transcript!(
        sandbox,
        "pack-import-sources",
        ["pack", "import", "--cache-dir", "other", "trees.pack"]
    );
    let export = ["pack", "export", "--manifest", "--root"];
    assert_transcript!(
        sandbox,
        "pack-export-root",
        sandbox.run(&[&export[..], &["src", "trees.pack", "src"]].concat())
    );
    assert_transcript!(sandbox, "pack-list-root", ["pack", "list", "trees.pack"]);
    let outside = [&export[..], &["src/pkg", "trees.pack", "src"]].concat();
    assert_transcript!(sandbox, "pack-export-outside", sandbox.run(&outside));
    sandbox.run(&["pack", "export", "plain.pack", "src"]);
    assert_transcript!(sandbox, "pack-list-without", ["pack", "list", "plain.pack"]);
}

#[test]
fn shards() {
    let sandbox = Sandbox::new();
    let export =
        |shard, root| sandbox.run(&["pack", "export", "--shard", shard, "--root", root, "trees.pack", "src"]);
    assert_transcript!(sandbox, "pack-export-shard-1", export("1/2", "src"));
    assert_transcript!(sandbox, "pack-export-shard-2", export("2/2", "src"));
    assert_transcript!(sandbox, "pack-export-shard-wrong", export("3/2", "src"));
    assert_transcript!(sandbox, "pack-export-shard-outside", export("1/2", "src/pkg"));
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
    assert_transcript!(sandbox, "pack-export-whole", ["pack", "export", "whole.pack"]);
    assert_transcript!(sandbox, "pack-export-empty", ["pack", "export", "--cache-dir", "third", "none.pack"]);
    let zstd = [0x28, 0xb5, 0x2f, 0xfd];
    assert!(sandbox.output_bytes(&["pack", "export", "-", "src"]).starts_with(&zstd));
    assert!(sandbox.output_bytes(&["pack", "export", "-"]).starts_with(&zstd));
    assert!(!sandbox.path("-").exists());
}
