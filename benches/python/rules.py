"""Measures `lazyast check`, ast-grep, semgrep and ruff with comparable rules.

    pip install . ast-grep-cli ruff semgrep
    python benches/python/rules.py [--corpus DIRECTORY] [--rounds N] [--lazyast PROGRAM]

The programs take turns in each round; each has one run before that is not timed, so that caches are warm. ruff runs with
its cache and without it. The columns are medians: the time of the whole process, its ratio to `lazyast check` with the
same rules, and the number of findings. Programs that are not installed are skipped.

Then findings are compared: for each rule and program the lines that it alone reports, and those that it does not. Where
`DIFFERS` has the reason, it is printed.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

# rule of lazyast -> (code of ruff, patterns of semgrep, patterns of ast-grep); None if a program has nothing like it
COMPARABLE = {
    "differs-from-none": (None, ["$X != None"], ["$X != None"]),
    "equals-none": ("E711", ["$X == None"], ["$X == None"]),
    "bare-except": ("E722", None, None),
    "assert-on-tuple": ("F631", None, None),
    "compared-types": ("E721", ["type($X) == $Y", "type($X) != $Y"], ["type($X) == $Y", "type($X) != $Y"]),
    "comparison-without-use": ("B015", None, None),
    "eval-of-data": ("S307", ["eval(...)"], ["eval($$$)"]),
    "exec-of-data": ("S102", ["exec(...)"], ["exec($$$)"]),
    "fields-missing-in-string": ("F541", None, None),
    "identity-of-literal": ("F632", None, None),
    "mutable-default": ("B006", ["def $F(..., $X=[], ...): ..."], None),
    "raise-not-implemented": (
        "F901",
        ["raise NotImplemented", "raise NotImplemented(...)"],
        ["raise NotImplemented", "raise NotImplemented($$$)"],
    ),
    "temporary-name": ("S306", ["tempfile.mktemp(...)"], ["tempfile.mktemp($$$)"]),
    "unpickled-data": (
        "S301",
        ["pickle.load(...)", "pickle.loads(...)", "pickle.Unpickler(...)"],
        ["pickle.load($$$)", "pickle.loads($$$)", "pickle.Unpickler($$$)"],
    ),
    "weak-hash": ("S324", ["hashlib.md5(...)", "hashlib.sha1(...)"], ["hashlib.md5($$$)", "hashlib.sha1($$$)"]),
}
DIFFERS = {
    ("equals-none", "ruff"): "E711 also has `!=`, which is differs-from-none, and `None == x`",
    ("bare-except", "ruff"): "E722 also has handlers that raise the exception again under some condition",
    ("compared-types", "ruff"): "E721 asks whether a side is `type(...)` or a built-in class, on either side",
    ("eval-of-data", "ruff"): "S307 also has eval of constants",
    ("eval-of-data", "semgrep"): "the pattern also has eval of constants",
    ("eval-of-data", "ast-grep"): "the pattern also has eval of constants, and any name eval",
    ("exec-of-data", "ruff"): "S102 also has exec of constants, and ruff reads UTF-8 only: one file is in KOI8-R",
    (
        "fields-missing-in-string",
        "ruff",
    ): "F541 reports each f-string of `'a' f'b' f'c'` where it starts; the tree has one",
    ("identity-of-literal", "ruff"): "F632 also has `is` in longer comparisons such as `1 < x is 1`",
    (
        "compared-types",
        "ast-grep",
    ): "the pattern also has the first part of longer comparisons: `type(a) == type(b) == C`",
    ("exec-of-data", "semgrep"): "the pattern also has exec of constants",
    ("exec-of-data", "ast-grep"): "the pattern also has exec of constants, and any name exec; UTF-8 only",
    ("mutable-default", "ruff"): "B006 also has calls such as set(), and leaves out some defaults that nothing changes",
    ("mutable-default", "semgrep"): "the pattern has empty lists alone, and the whole function",
    ("unpickled-data", "ruff"): "S301 has other functions: those of marshal and shelve are S302 and S301 in part",
    ("unpickled-data", "semgrep"): "the patterns leave out marshal and shelve",
    ("unpickled-data", "ast-grep"): "the patterns leave out marshal and shelve, and compare names as text",
    ("weak-hash", "ruff"): "S324 also has crypt and hashlib.new of other hashes",
    ("weak-hash", "semgrep"): "the patterns leave out hashlib.new, and have usedforsecurity=False",
    ("weak-hash", "ast-grep"): "the patterns leave out hashlib.new, have usedforsecurity=False, and compare text",
    ("temporary-name", "ast-grep"): "names are compared as text",
}
# ruff and lazyast leave these directories out by themselves.
LEFT_OUT = "site-packages"


def rules_of_semgrep():
    """Write the rules of semgrep, one for each of ours that has patterns."""
    rules = [
        {
            "id": name,
            "languages": ["python"],
            "severity": "WARNING",
            "message": name,
            "pattern-either": [{"pattern": pattern} for pattern in patterns],
        }
        for name, (_, patterns, _) in COMPARABLE.items()
        if patterns
    ]
    return json.dumps({"rules": rules})


def rules_of_ast_grep():
    """Write the rules of ast-grep."""
    rules = [
        {
            "id": name,
            "language": "python",
            "severity": "warning",
            "message": name,
            "rule": {"any": [{"pattern": pattern} for pattern in patterns]},
        }
        for name, (_, _, patterns) in COMPARABLE.items()
        if patterns
    ]
    return "\n---\n".join(json.dumps(rule) for rule in rules)


def programs(arguments, directory):
    """Give the command of each program, by its name."""
    corpus = str(arguments.corpus)
    cache = directory / "lazyast-cache"
    semgrep, ast_grep = directory / "semgrep.yaml", directory / "ast-grep.yaml"
    semgrep.write_text(rules_of_semgrep())
    ast_grep.write_text(rules_of_ast_grep())
    check = [arguments.lazyast, "check", "--cache-dir", str(cache), "--format", "json"]
    ruff_rules = ["--select", ",".join(code for code, _, _ in COMPARABLE.values() if code)]
    ruff = ["ruff", "check", "--isolated", "--no-respect-gitignore", "--output-format", "json", *ruff_rules, corpus]
    commands = {
        "lazyast": [*check, "--select", ",".join(COMPARABLE), corpus],
        "lazyast, default set": [*check, "--select", "default", corpus],
        "lazyast, all rules": [*check, "--select", "all", corpus],
        "ruff": [*ruff, "--cache-dir", str(directory / "ruff-cache")],
        "ruff without cache": [*ruff, "--no-cache"],
        "ast-grep": ["ast-grep", "scan", "--rule", str(ast_grep), "--json=stream", f"--globs=!**/{LEFT_OUT}/**",
            corpus,
        ],
        "semgrep": [
            "semgrep", "scan", "--config", str(semgrep), "--json", "--metrics=off", "--disable-version-check",
            "--no-git-ignore", "--max-target-bytes=0", "--timeout=0", f"--exclude={LEFT_OUT}", corpus,
        ],
    }  # fmt: skip
    found = {name: command for name, command in commands.items() if shutil.which(command[0])}
    for name in commands.keys() - found.keys():
        print(f"{name}: not installed, skipped", file=sys.stderr)
    return found


def run(command):
    """Run a command and give its time and its output."""
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.run(command, stdout=output, stderr=subprocess.PIPE, check=False)
        seconds = time.perf_counter() - started
        output.seek(0)
        text = output.read().decode()
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command}: exit code {process.returncode}\n{process.stderr.decode(errors='replace')}")
    return seconds, text


def findings(name, text):
    """Read the findings of a program: (rule of lazyast, path, line)."""
    by_code = {code: rule for rule, (code, _, _) in COMPARABLE.items() if code}
    if name.startswith("lazyast"):
        objects = map(json.loads, text.splitlines())
        return [(found["rule"], found["path"], found["lineno"]) for found in objects]
    if name.startswith("ruff"):
        objects = [found for found in json.loads(text) if found["code"] in by_code]
        return [(by_code[found["code"]], found["filename"], found["location"]["row"]) for found in objects]
    if name == "ast-grep":
        objects = map(json.loads, text.splitlines())
        return [(found["ruleId"], found["file"], found["range"]["start"]["line"] + 1) for found in objects]
    results = json.loads(text)["results"]
    return [(found["check_id"].rpartition(".")[2], found["path"], found["start"]["line"]) for found in results]


def compare(found):
    """Print where the findings of other programs differ from those of lazyast."""
    ours = defaultdict(Counter)
    for rule, path, line in found["lazyast"]:
        ours[rule][os.path.realpath(path), line] += 1
    for position, program in enumerate(("ruff", "semgrep", "ast-grep")):
        if program not in found:
            continue
        theirs = defaultdict(Counter)
        for rule, path, line in found[program]:
            theirs[rule][os.path.realpath(path), line] += 1
        print(f"\n{program}: rule, findings of lazyast, of {program}, only of lazyast, only of {program}")
        for rule, other in COMPARABLE.items():
            if not other[position]:
                continue
            only_ours, only_theirs = ours[rule] - theirs[rule], theirs[rule] - ours[rule]
            counts = [ours[rule].total(), theirs[rule].total(), only_ours.total(), only_theirs.total()]
            reason = DIFFERS.get((rule, program), "") if only_ours or only_theirs else ""
            print(f"  {rule:26}" + "".join(f"{count:6}" for count in counts), f" {reason}")
            if (only_ours or only_theirs) and not reason:
                for title, only in (("only of lazyast", only_ours), (f"only of {program}", only_theirs)):
                    for path, line in sorted(only)[:3]:
                        print(f"      {title}: {path}:{line}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path(sysconfig.get_path("stdlib")))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--lazyast", default="lazyast", help="the program lazyast")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        commands = programs(arguments, Path(directory))
        found = {name: findings(name, run(command)[1]) for name, command in commands.items()}
        times = defaultdict(list)
        for _ in range(arguments.rounds):
            for name, command in commands.items():
                times[name].append(run(command)[0])
        baseline = statistics.median(times["lazyast"])
        print(f"{'program':24}{'ms':>9}{'ratio':>8}{'findings':>10}")
        for name, seconds in times.items():
            median = statistics.median(seconds)
            print(f"{name:24}{1000 * median:9.1f}{median / baseline:8.2f}{len(found[name]):10}")
        compare(found)


if __name__ == "__main__":
    main()
