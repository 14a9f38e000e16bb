import ast
import os
import sys
from ast import parse as parse

def parse_file(path: str | os.PathLike[str]) -> ast.Module: ...
