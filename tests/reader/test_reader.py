"""Compares what the reader in Python makes of the committed vectors with `ast.parse` of the running interpreter.

Run with pytest, or as a program: `python tests/reader/test_reader.py`.
"""

import ast
import sys
import types
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import reader  # noqa: E402  (needs the path above)
import rules  # noqa: E402

VECTORS = Path(__file__).parents[2] / "format-spec" / "vectors" / "v2"
VERSION_1 = VECTORS.with_name("v1")


def archives(directory):
    found = sorted((VECTORS / directory).glob("*.lazyast"))
    assert found, f"no vectors in {VECTORS / directory}"
    return found


def parsed(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(path.read_bytes())


def dump(tree):
    return ast.dump(tree, include_attributes=True, indent=1)


def test_valid_vectors_are_what_ast_parse_returns():
    equal = 0
    for path in archives("valid"):
        archive = path.read_bytes()
        if reader.minimum_python(archive) > sys.version_info[1]:
            continue
        expected, found = dump(parsed(path.with_suffix(".py"))), dump(reader.read(archive))
        for line, (one, other) in enumerate(zip(expected.splitlines(), found.splitlines())):
            assert one == other, f"{path.name}, line {line + 1} of the dump"
        assert expected == found, path.name
        equal += 1
    assert equal >= 15, f"only {equal} vectors are for this Python"


def test_sources_below_the_minimum_are_errors():
    for path in archives("valid"):
        if reader.minimum_python(path.read_bytes()) > sys.version_info[1]:
            try:
                parsed(path.with_suffix(".py"))
            except SyntaxError:
                continue
            raise AssertionError(f"{path.name}: this Python accepts it")


def test_empty_constants_of_early_3_12():
    archive = (VECTORS / "built" / "empty_constant_312.lazyast").read_bytes()
    assert dump(reader.read(archive)) == dump(ast.parse("f'{a:{b}}'"))


class Names:
    """Stands for the module `ast` of another Python."""

    def __getattr__(self, name):
        return lambda **values: types.SimpleNamespace(class_name=name, **values)


def test_syntax_that_is_newer_than_the_running_python():
    """`ast.parse` cannot be asked on older versions, where this is the only test of the new nodes."""
    archive = (VECTORS / "valid" / "python_314.lazyast").read_bytes()
    module = reader.read(archive, version=(3, 14, 0), namespace=Names())
    constant, interpolation = module.body[0].value.values[1:3]
    assert constant.value == "a y = " and interpolation.str == " y " and interpolation.conversion == ord("r")
    interpolation = module.body[0].value.values[4]
    assert interpolation.str == "z " and interpolation.format_spec.values[1].value.id == "w"
    archive = (VECTORS / "valid" / "python_315.lazyast").read_bytes()
    module = reader.read(archive, version=(3, 15, 0), namespace=Names())
    assert [statement.is_lazy for statement in module.body[:4]] == [1, 1, 1, 0]
    assert [statement.level for statement in module.body[1:4]] == [1, 0, 0]


def test_valid_vectors_violate_no_rule():
    for directory in ("valid", "built"):
        for path in archives(directory):
            assert rules.violations(path.read_bytes()) == set(), path.name


def test_invalid_vectors_violate_the_rule_in_their_name_and_no_other():
    for path in archives("invalid"):
        assert rules.violations(path.read_bytes()) == {path.name[:3]}, path.name


def test_archives_of_version_1_are_of_another_version():
    for path in [path for part in ("valid", "built", "revision-1") for path in archives(VERSION_1 / part)]:
        assert rules.violations(path.read_bytes()) == {"V02"}, path.name


def test_other_formats_are_rejected():
    rejected = 0
    for path in archives("invalid"):
        rule = path.name[:3]
        if rule not in ("V01", "V02", "V03", "V04"):
            continue
        try:
            reader.read(path.read_bytes(), version=(3, 99, 0))
        except reader.FormatError as error:
            assert str(error).startswith(rule), f"{path.name}: {error}"
            rejected += 1
        else:
            raise AssertionError(f"{path.name} is read")
    assert rejected >= 4


if __name__ == "__main__":
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
            print(f"{name}: ok")
