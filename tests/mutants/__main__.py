"""Changes readers of files in one place at a time, and runs the tests of their crates, which must fail.

    python tests/mutants             every mutant: some two minutes, most of it building
    python tests/mutants --list      what is changed
    python tests/mutants --only TEXT those whose description contains the text

Every mutant is in one build, in which the environment variable `LAZYAST_MUTANT` chooses one. The build is that of a
copy of the checkout in `target/mutants`. The program ends with 1 if a mutant survives that `equivalent.txt` does not
list: a line there has the mutant and, after two blanks and a number sign, the reason.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / "target" / "mutants" / "tree"
EQUIVALENT = Path(__file__).with_name("equivalent.txt")
# Longer than any test takes: a mutant can make a loop endless.
TIMEOUT = 100
# A test that makes all mutants take three times as long, and finds none that the others do not find.
SLOW = "a_damaged_file_is_not_imported"

# The sources that are changed, by crate.
SOURCES = {
    "lazyast-format": [
        "verify/bases.rs", "verify/check.rs", "verify/child_rules.rs", "verify/codes.rs", "verify/node_lists.rs",
        "verify/nodes.rs", "verify/payloads.rs", "verify/tables.rs",
    ],
    "lazyast-store": [
        "pack/format.rs", "pack/index.rs", "pack/report.rs", "pack/stored.rs", "pack/untrusted.rs", "pack/verify.rs",
        "index/identifiers.rs", "index/project_state_bytes.rs",
    ],
}  # fmt: skip

# Operators with blanks around them are never those of types.
OPERATORS = {
    " < ": " <= ", " <= ": " < ", " > ": " >= ", " >= ": " > ", " == ": " != ", " != ": " == ",
    " && ": " || ", " || ": " && ", " + 1": " + 2", ".is_none()": ".is_some()", ".is_some()": ".is_none()",
}  # fmt: skip
OPERATOR = re.compile("(?:" + "|".join(map(re.escape, OPERATORS)) + r")(?!\d)")

# Where an expression is in a line.
CONDITION = re.compile(r"\s*(?:\} else )?(?:if|while) (?:let .*? = )?(?P<expression>.*) \{$")
CLOSURE = re.compile(r"\|[\w(), &]*\| ")
OTHERS = [
    re.compile(r"\s*let [^=]* = (?P<expression>.*?);?$"),
    re.compile(r"\s*[^=]* if (?P<expression>.*) => .*$"),
    re.compile(r"\s*(?:.* => )?(?P<expression>.*?)\??[;,]?$"),
]
MODULE = """
#[doc(hidden)]
pub mod mutants {
    pub fn is_active(number: usize) -> bool {
        static ACTIVE: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
        let read = || std::env::var("LAZYAST_MUTANT").ok().and_then(|text| text.parse().ok()).unwrap_or(usize::MAX);
        *ACTIVE.get_or_init(read) == number
    }
}
"""


def expression_at(line, position):
    """Give the start and the end of the expression in a line that contains a position."""
    found = CONDITION.match(line)
    if found:
        return found.span("expression")
    for closure in CLOSURE.finditer(line[:position]):
        depth, end = 0, closure.end()
        while end < len(line) and depth >= 0 and line[end] != ";":
            depth += {"(": 1, ")": -1}.get(line[end], 0)
            end += depth >= 0
        if position < end:
            return closure.end(), end
    return next(form.match(line) for form in OTHERS if form.match(line)).span("expression")


class Mutant:
    def __init__(self, crate, path, number, line, span, changed):
        self.crate, self.path, self.number, self.span = crate, path, number, span
        self.changed = line[: span[0]] + changed + line[span[1] :]
        self.added = len(self.changed) - len(line)
        self.description = f"{path.name}: {line.strip()} => {self.changed.strip()}"

    def expression(self, start, end):
        """Give the changed expression at a place in the line that contains the change."""
        return self.changed[start : end + self.added]


def mutants_of(crate, path):
    """Yield the mutants of a file."""
    for number, line in enumerate(path.read_text().splitlines()):
        code = line.split("//")[0].rstrip()
        if "#[cfg(test)]" in line:
            break
        if "debug_assert" in code or re.match(r"\s*(use|pub|fn|impl|const|static|let .*format_args)", code):
            continue
        for found in OPERATOR.finditer(code):
            start, end = expression_at(code, found.start())
            if start <= found.start() and found.end() <= end:
                changed = code[start : found.start()] + OPERATORS[found[0]] + code[found.end() : end]
                yield Mutant(crate, path, number, code, (start, end), changed)
        condition = re.match(r"\s*(?:if|\} else if) (?!let )([^{]*) \{$", code)
        if condition and " let " not in code:
            yield Mutant(crate, path, number, code, condition.span(1), f"false && ({condition[1]})")


def all_mutants():
    return [
        mutant
        for crate, names in SOURCES.items()
        for name in names
        for mutant in mutants_of(crate, ROOT / "crates" / crate / "src" / name)
    ]


def copy_checkout(mutants):
    """Copy the files that git knows, with all mutants in their places."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    shutil.rmtree(COPY, ignore_errors=True)
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, COPY / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    for crate in SOURCES:
        library = COPY / "crates" / crate / "src" / "lib.rs"
        library.write_text(library.read_text() + MODULE)
    places = {}
    for number, mutant in enumerate(mutants):
        places.setdefault((mutant.path, mutant.number), []).append((number, mutant))
    for (path, line_number), numbered in places.items():
        target = COPY / path.relative_to(ROOT)
        lines = target.read_text().split("\n")
        line = lines[line_number]
        # The expression that contains all changes of the line.
        start = min(mutant.span[0] for _, mutant in numbered)
        end = max(mutant.span[1] for _, mutant in numbered)
        alternatives = "".join(
            f"if crate::mutants::is_active({number}) {{ {mutant.expression(start, end)} }} else "
            for number, mutant in numbered
        )
        lines[line_number] = f"{line[:start]}({alternatives}{{ {line[start:end]} }}){line[end:]}"
        target.write_text("\n".join(lines))


def build():
    """Build the tests. Give the programs of each crate, those of the whole crate last."""
    programs = {}
    for crate in SOURCES:
        command = ["cargo", "test", "--quiet", "--no-run", "--locked", "--package", crate, "--lib", "--tests"]
        command += ["--message-format=json", "--target-dir", str(COPY.parent / "build")]
        run = subprocess.run(command, cwd=COPY, stdout=subprocess.PIPE, text=True)
        if run.returncode:
            sys.exit("the mutants do not compile")
        messages = map(json.loads, run.stdout.splitlines())
        programs[crate] = [message["executable"] for message in messages if message.get("executable")]
    return programs


def pass_tests(programs, crate, number):
    """Run a crate's tests with a mutant, or with none. Give whether all pass."""
    environment = {**os.environ, "LAZYAST_MUTANT": str(number)}
    for program in programs[crate]:
        try:
            run = subprocess.run(
                [program, "--quiet", "--skip", SLOW],
                cwd=COPY / "crates" / crate,
                env=environment,
                capture_output=True,
                timeout=TIMEOUT,
            )
        except subprocess.TimeoutExpired:
            return False
        if run.returncode:
            return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="only mutants whose description contains this")
    parser.add_argument("--list", action="store_true", help="print the mutants and try none")
    arguments = parser.parse_args()
    mutants = all_mutants()
    if arguments.list:
        for mutant in mutants:
            print(f"{mutant.number + 1}: {mutant.description}")
        return 0
    copy_checkout(mutants)
    programs = build()
    if not all(pass_tests(programs, crate, "none") for crate in SOURCES):
        sys.exit("the tests fail without a change")
    known = [line.split("  # ")[0] for line in EQUIVALENT.read_text().splitlines() if line and line[0] != "#"]

    def result_of(pair):
        number, mutant = pair
        if not pass_tests(programs, mutant.crate, number):
            return "killed", mutant
        return "equivalent" if mutant.description in known else "survived", mutant

    chosen = [pair for pair in enumerate(mutants) if arguments.only in pair[1].description]
    with ThreadPoolExecutor(os.cpu_count()) as executor:
        results = list(executor.map(result_of, chosen))
    for result, mutant in results:
        if result != "killed":
            print(f"{result}: line {mutant.number + 1} of {mutant.description}")
    counts = Counter(result for result, _ in results)
    print(f"{len(results)} mutants:", ", ".join(f"{count} {result}" for result, count in sorted(counts.items())))
    return 1 if counts["survived"] else 0


if __name__ == "__main__":
    sys.exit(main())
