import ast
import os
from ast import parse as parse

interpreter_parse = ast.parse

def parse_file(path: str | os.PathLike[str]) -> ast.Module: ...
