"""Fuzzes targets with libFuzzer: `python tests/fuzz SECONDS [TARGET...]`, each target for the seconds.

The stable toolchain and a C++ compiler are enough. What is built, the inputs that libFuzzer keeps and those that fail
are in `target/fuzz`.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "target" / "fuzz"
WORKSPACE = ROOT / "tests" / "fuzz" / "libfuzzer"
# The longest input of each target in bytes. Small inputs find as much in less time.
TARGETS = {"archive": 2048, "pack": 4096, "cache": 1024, "source": 512, "query": 128}
# Counters of edges and traced comparisons, as libFuzzer needs them. Arithmetic is checked for overflows.
FLAGS = [
    "-Cpasses=sancov-module", "-Ccodegen-units=1", "-Cdebug-assertions", "--cfg=fuzzing",
    *("-Cllvm-args=-sanitizer-coverage-" + option for option in (
        "level=4", "inline-8bit-counters", "pc-table", "trace-compares",
    )),
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
]  # fmt: skip


def host():
    version = subprocess.run(["rustc", "-vV"], capture_output=True, check=True, text=True).stdout
    return re.search(r"^host: (.*)$", version, re.MULTILINE)[1]


def build():
    """Build the programs and write the seeds. Give the directory of the programs."""
    # The versions of dependencies are those of the project; Cargo adds libFuzzer's.
    shutil.copy2(ROOT / "Cargo.lock", WORKSPACE / "Cargo.lock")
    # With a target, build scripts and macros are compiled without the flags.
    triple = host()
    command = ["cargo", "build", "--quiet", "--release", "--target", triple, "--target-dir", str(BUILD)]
    flags = "\x1f".join(FLAGS)
    subprocess.run(command, cwd=WORKSPACE, check=True, env={**os.environ, "CARGO_ENCODED_RUSTFLAGS": flags})
    # With the features of the whole workspace, so that nothing is built again that the tests have built.
    seeds = ["cargo", "build", "--quiet", "--locked", "--profile", "ci", "--workspace", "--bin", "fuzz-seeds"]
    subprocess.run(seeds, cwd=ROOT, check=True)
    subprocess.run([ROOT / "target" / "ci" / "fuzz-seeds", BUILD / "corpus"], check=True)
    return BUILD / triple / "release"


def main():
    if len(sys.argv) < 2 or set(sys.argv[2:]) - set(TARGETS):
        sys.exit(f"usage: python tests/fuzz SECONDS [{'|'.join(TARGETS)}]...")
    seconds, targets = sys.argv[1], sys.argv[2:] or list(TARGETS)
    programs = build()
    for target in targets:
        artifacts = BUILD / "artifacts" / target
        artifacts.mkdir(parents=True, exist_ok=True)
        options = [
            f"-max_total_time={seconds}", f"-max_len={TARGETS[target]}", f"-artifact_prefix={artifacts}/",
            "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1",
        ]  # fmt: skip
        run = subprocess.run([str(programs / target), str(BUILD / "corpus" / target), *options])
        if run.returncode:
            sys.exit(f"{target} fails; the input is in {artifacts}")


if __name__ == "__main__":
    main()
