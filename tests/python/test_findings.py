"""`lazyast.findings` beside `lazyast check`, which finds the same in files."""

import json
import pickle
import subprocess
import sys
import sysconfig
from pathlib import Path

import lazyast
import pytest

LIBRARY = Path(sysconfig.get_path("stdlib"))
FILES = sorted(
    path
    for name in ("asyncio", "distutils", "email", "idlelib", "tkinter", "unittest")
    for path in (LIBRARY / name).glob("*.py")
)
RULES = """
rules:
  - id: opened
    message: $PATH is opened
    severity: error
    pattern: open($PATH, $$$REST)
  - id: compared
    message: compared
    severity: hint
    pattern: $LEFT == None
    paths: {include: [nowhere/]}
"""


def rows_of(table):
    return list(zip(*(table[name].to_pylist() for name in table.columns), strict=True))


def test_findings_are_those_of_check():
    command = [sys.executable, "-m", "lazyast", "check", "--select", "all", "--format", "json", "--exit-zero"]
    run = subprocess.run([*command, *map(str, FILES)], capture_output=True, text=True, check=True)
    checked = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(checked) > 50 and len({finding["rule"] for finding in checked}) > 5
    expected = sorted(
        (finding["path"], finding["rule"], finding["severity"], finding["message"], *(
            finding[name] for name in ("lineno", "col_offset", "end_lineno", "end_col_offset", "text")
        ))
        for finding in checked
    )  # fmt: skip
    sources = [path.read_bytes() for path in FILES]
    rules = lazyast.Rules(select=["all"])
    for options in ({}, {"jobs": 1}, {"jobs": 4}):
        table = lazyast.findings(sources, rules, **options)
        assert table.columns[:9] == [
            "source", "rule", "severity", "message", "lineno", "col_offset", "end_lineno", "end_col_offset", "text",
        ]  # fmt: skip
        assert all(name.startswith("$") for name in table.columns[9:])
        assert len(table.errors["source"]) == 0
        assert sorted((str(FILES[row[0]]), *row[1:9]) for row in rows_of(table)) == expected


def test_captures_are_columns(tmp_path):
    (tmp_path / "rules.yaml").write_text(RULES)
    rules = lazyast.Rules(tmp_path)
    assert rules.ids == ["opened", "compared"] and len(rules) == 2
    assert repr(rules) == "<Rules: 2 from opened to compared>"
    source = "open(a.b, 'w')\nx == None\nopen(c)  # noqa: opened\nopen(d)  # noqa: other\n"
    table = lazyast.findings([b"def f(:", source, None], rules)
    assert table.columns[9:] == ["$LEFT", "$PATH", "$REST"]
    assert [(row[0], row[1], *row[9:]) for row in rows_of(table)] == [
        (1, "opened", None, "a.b", "'w'"),
        (1, "compared", "x", None, None),
        (1, "opened", None, "d", ""),
    ]
    assert table["message"].to_pylist() == ["a.b is opened", "compared", "d is opened"]
    assert table.errors["kind"].to_pylist() == ["syntax", "missing"]


def test_rules_are_pickled_with_the_texts_of_their_files(tmp_path):
    file = tmp_path / "rules.yaml"
    file.write_text(RULES)
    for rules in (lazyast.Rules([file], ignore=["opened"]), lazyast.Rules(select=["bugs"], ignore=["bare-except"])):
        pickled = pickle.dumps(rules)
        code = "import pickle, sys; print(*pickle.load(sys.stdin.buffer).ids)"
        file.unlink(missing_ok=True)
        run = subprocess.run([sys.executable, "-c", code], input=pickled, capture_output=True, check=True)
        assert run.stdout.decode().split() == rules.ids != []


def test_the_default_rules():
    source = "try: f()\nexcept: g()\n"
    assert lazyast.findings([source])["rule"].to_pylist() == ["bare-except"]
    assert lazyast.findings([source], lazyast.Rules(ignore=["bare-except"]))["rule"].to_pylist() == []
    assert set(lazyast.Rules().ids) < set(lazyast.Rules(select=["all"]).ids)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rules: [{id: a, message: m, pattern: 'f('}]", "rules.yaml:1: rule a"),
        ("rules: [{id: a, mesage: m, pattern: f()}]", "mesage"),
        ("rules: {", "rules.yaml"),
    ],
)
def test_wrong_rules_raise(tmp_path, text, message):
    (tmp_path / "rules.yaml").write_text(text)
    with pytest.raises(lazyast.QueryError, match=message):
        lazyast.Rules(tmp_path / "rules.yaml")


def test_wrong_arguments_raise(tmp_path):
    with pytest.raises(lazyast.QueryError, match="No such file"):
        lazyast.Rules([tmp_path / "none.yaml"])
    with pytest.raises(lazyast.QueryError, match="no rule and no category"):
        lazyast.Rules(select=["no-such-rule"])
    with pytest.raises(TypeError, match="rules must be a Rules, not str"):
        lazyast.findings(["a"], "all")
    with pytest.raises(TypeError, match="select"):
        lazyast.Rules(select="all")
