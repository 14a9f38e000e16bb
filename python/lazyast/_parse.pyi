import ast
import os
from ast import parse as parse
from typing import Any
from weakref import WeakSet

interpreter_parse = ast.parse

live_trees: WeakSet[ast.AST]

def registered(tree: Any) -> Any: ...
def _serve(
    source: object, filename: object, mode: object, type_comments: object, eager_limit: int = 0
) -> ast.Module | None: ...
def parse_file(path: str | os.PathLike[str]) -> ast.Module: ...
