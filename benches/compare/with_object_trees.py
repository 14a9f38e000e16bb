"""Contestants that make trees of their own classes of what another parser has parsed: astroid and mypy."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from answers import CALLED
from setting import Setting, TimedWork
from with_syntax_trees import nothing


def astroid(job: str, setting: Setting) -> TimedWork:
    """astroid without transforms and inference: `ast.parse`, then its own nodes."""
    from astroid import nodes as classes
    from astroid.builder import AstroidBuilder
    from astroid.manager import AstroidManager

    builder = AstroidBuilder(AstroidManager(), apply_transforms=False)
    # The first module makes the nodes of builtins.
    builder.string_build("")

    def imports(tree: Any) -> list[Any]:
        found: list[Any] = []
        for node in tree.nodes_of_class((classes.Import, classes.ImportFrom)):
            if isinstance(node, classes.Import):
                found += [(0, name, "", asname or "") for name, asname in node.names]
            else:
                found += [(node.level or 0, node.modname, name, asname or "") for name, asname in node.names]
        return found

    def calls(tree: Any) -> list[Any]:
        found = tree.nodes_of_class(classes.Call)
        return [sum(isinstance(node.func, classes.Name) and node.func.name == CALLED for node in found)]

    def functions(tree: Any) -> list[Any]:
        found: list[Any] = []
        pending = [("", tree.body)]
        while pending:
            prefix, body = pending.pop()
            for node in body:
                if isinstance(node, classes.FunctionDef) and not node.name.startswith("_"):
                    found.append((prefix + node.name, *parameters(node.args)))
                elif isinstance(node, classes.ClassDef) and not node.name.startswith("_"):
                    pending.append((f"{prefix}{node.name}.", node.body))
        return found

    def parameters(arguments: Any) -> list[str]:
        positional = [parameter.name for parameter in (*arguments.posonlyargs, *arguments.args)]
        for number in range(len(positional) - len(arguments.defaults or ()), len(positional)):
            positional[number] += "="
        if arguments.posonlyargs:
            positional.insert(len(arguments.posonlyargs), "/")
        if arguments.vararg is not None:
            positional.append(f"*{arguments.vararg}")
        elif arguments.kwonlyargs:
            positional.append("*")
        for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            positional.append(parameter.name + "=" * (default is not None))
        return [*positional, f"**{arguments.kwarg}"] if arguments.kwarg is not None else positional

    def count(tree: Any) -> list[Any]:
        count, pending = 0, [tree]
        while pending:
            count += 1
            pending.extend(pending.pop().get_children())
        return [count]

    on_trees: dict[str, Callable[[Any], list[Any]]] = {
        "imports": imports,
        "calls": calls,
        "functions": functions,
        "nodes": count,
    }

    def parse(path: Path) -> Any:
        return builder.string_build(path.read_text("utf-8"))

    return setting.over_files(job, parse, on_trees.get(job, nothing))


def ast_serialize(job: str, setting: Setting) -> TimedWork:
    """The parser of mypy alone: it makes bytes, not nodes."""
    import ast_serialize as library

    def parse(path: Path) -> Any:
        return library.parse(str(path), None, cache_version=5)

    return setting.over_files(job, parse, nothing)


def mypy(job: str, setting: Setting) -> TimedWork:
    """mypy's nodes, made of the bytes of ast_serialize."""
    from mypy.errors import Errors
    from mypy.nativeparse import native_parse
    from mypy.nodes import Import, ImportAll, ImportFrom
    from mypy.options import Options
    from mypy.parse import load_from_raw

    options = Options()
    errors = Errors(options)

    def parse(path: Path) -> Any:
        file, _, _ = native_parse(str(path), options)
        return load_from_raw(str(path), None, file.raw_data, errors, options, imports_only=job == "imports")

    def imports(tree: Any) -> list[Any]:
        found: list[Any] = []
        for node in tree.imports:
            if isinstance(node, Import):
                found += [(0, name, "", asname or "") for name, asname in node.ids]
            elif isinstance(node, ImportFrom):
                found += [(node.relative, node.id, name, asname or "") for name, asname in node.names]
            elif isinstance(node, ImportAll):
                found.append((node.relative, node.id, "*", ""))
        return found

    return setting.over_files(job, parse, imports if job == "imports" else nothing)
