"""Changes `verify` of the format crate in one place at a time, and runs the crate's tests, which must fail.

    python tests/mutants             every mutant: about an hour on an idle machine
    python tests/mutants --sample 8  eight of them, evenly spread
    python tests/mutants --list      what would be changed

It works on a copy of the checkout in `target/mutants` with build directories of its own. It ends with 1 if a mutant
survives that `equivalent.txt` does not list: a line there has the file, the line's text and the change, with a reason.
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPY = ROOT / "target" / "mutants" / "tree"
SOURCES = "crates/lazyast-format/src/verify"
EQUIVALENT = Path(__file__).with_name("equivalent.txt")

# Operators with blanks around them are never those of types.
OPERATORS = [
    (" < ", " <= "), (" <= ", " < "), (" > ", " >= "), (" >= ", " > "), (" == ", " != "), (" != ", " == "),
    (" && ", " || "), (" || ", " && "), (" + 1", " + 2"), (".is_none()", ".is_some()"), (".is_some()", ".is_none()"),
]  # fmt: skip


def mutants():
    """Yield the file, the number of the line, the line, and the changed line."""
    for path in sorted((ROOT / SOURCES).glob("*.rs")):
        if path.name in ("mod.rs", "rule.rs", "findings.rs"):
            continue
        for number, line in enumerate(path.read_text().splitlines()):
            code = line.split("//")[0]
            if "#[cfg(test)]" in line:
                break
            if "debug_assert" in code or re.match(r"\s*(use|pub|fn|let .*format_args)", code):
                continue
            for old, new in OPERATORS:
                for found in re.finditer(re.escape(old), code):
                    yield path, number, line, line[: found.start()] + new + line[found.end() :]
            condition = re.match(r"(\s*)(if|\} else if) (?!let )([^{]*) \{$", code)
            if condition and " let " not in code:
                indent, word, text = condition.groups()
                yield path, number, line, f"{indent}{word} false && ({text}) {{"


def describe(path, line, changed):
    return f"{path.name}: {line.strip()} => {changed.strip()}"


def copy_checkout():
    """Copy the files that git knows, and keep the copy's build."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    shutil.rmtree(COPY, ignore_errors=True)
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, COPY / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def run_tests():
    """Run the crate's tests. Give whether they pass, or None if they do not compile."""
    command = ["cargo", "test", "--quiet", "--package", "lazyast-format", "--lib", "--test", "integration"]
    options = ["--target-dir", str(COPY.parent / "build"), "--locked"]
    try:
        run = subprocess.run([*command, *options], cwd=COPY, capture_output=True, text=True, timeout=900)
    except subprocess.TimeoutExpired:
        return False
    if "could not compile" in run.stderr:
        return None
    return run.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, help="how many mutants to try")
    parser.add_argument("--list", action="store_true", help="print the mutants and try none")
    arguments = parser.parse_args()
    chosen = list(mutants())
    if arguments.sample:
        chosen = chosen[:: max(1, len(chosen) // arguments.sample)][: arguments.sample]
    if arguments.list:
        for path, number, line, changed in chosen:
            print(f"{number + 1}: {describe(path, line, changed)}")
        return 0
    known = [line.split("  # ")[0] for line in EQUIVALENT.read_text().splitlines() if line and line[0] != "#"]
    copy_checkout()
    if run_tests() is not True:
        sys.exit("the tests fail without a change")
    counts = {"killed": 0, "survived": 0, "equivalent": 0, "not compiled": 0}
    for path, number, line, changed in chosen:
        target = COPY / path.relative_to(ROOT)
        lines = path.read_text().splitlines(keepends=True)
        lines[number] = changed + "\n"
        target.write_text("".join(lines))
        passed = run_tests()
        target.write_text(path.read_text())
        what = describe(path, line, changed)
        result = {None: "not compiled", False: "killed", True: "equivalent" if what in known else "survived"}[passed]
        counts[result] += 1
        print(f"{result}: line {number + 1} of {what}", flush=True)
    print(", ".join(f"{count} {result}" for result, count in counts.items()))
    return 1 if counts["survived"] else 0


if __name__ == "__main__":
    sys.exit(main())
