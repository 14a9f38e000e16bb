import ast
import os
from ast import parse as parse
from typing import Any

interpreter_parse = ast.parse

def live_trees() -> list[ast.AST]: ...
def registered(tree: Any, source: object) -> Any: ...
def with_warnings(tree: ast.Module, text_that_warns: str | None, filename: str) -> ast.Module | None: ...
def _serve(
    source: object,
    filename: object,
    mode: object,
    type_comments: object,
    eager_limit: int = 0,
    module: str | None = None,
    keep_source: bool = False,
) -> ast.Module | None: ...
def parse_file(path: str | os.PathLike[str]) -> ast.Module: ...
