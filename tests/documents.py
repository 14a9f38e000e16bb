"""Run the code blocks of a document: `python tests/documents.py docs/tour.md`.

They run in order, in one process, in a copy of the example project, with a cache of their own:

- `python` blocks share their variables. An `output` block after one says what it printed.
- `pycon` blocks are sessions, compared as doctest does it.
- `console` blocks have commands after `$ `, which may fail only if the block says so: `$ command; echo $?`. The lines
  below a command are all that it prints; without such lines its output is not compared.
- `toml` and `json` blocks are parsed.
- A block with a title, such as `yaml title="rules/ours.yaml"`, is written to this file.

`...` in an output stands for any text. A comment `<!-- not run: REASON -->` before a block leaves the block out.
"""

import contextlib
import doctest
import io
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
from pathlib import Path

EXAMPLE = Path(__file__).parent / "python" / "example"
# Rust blocks are doctests of the crate `lazyast-tests`.
NOT_RUN = {"rust", "yaml", "dockerfile", "text"}
BLOCK = re.compile(
    r"(?P<comment><!-- not run: [^\n]+ -->\n+)?^(?P<indent> *)```(?P<language>[\w-]*)(?P<options>[^\n]*)\n(?P<code>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(r"^\$ (?P<command>.*(?:(?<=\\)\n.*)*)\n(?P<output>(?:(?!\$ ).*\n)*)", re.MULTILINE)
CHECKER = doctest.OutputChecker()


class Failed(Exception):
    """A block does not do what the document says."""


def check_output(expected, output):
    """Compare an output with what a document says; `...` stands for any text."""
    if not CHECKER.check_output(expected, output, doctest.ELLIPSIS):
        raise Failed(f"expected:\n{expected}\nprinted:\n{output}")


class Page:
    """The state that the blocks of one document share."""

    def __init__(self, path):
        self.path = path
        self.variables = {"__name__": "__main__"}
        self.printed = ""

    def run(self):
        """Run all blocks and return the number of those that ran."""
        text = self.path.read_text(encoding="utf-8")
        if text.count("```") % 2:
            raise Failed(f"{self.path}: a code block has no end")
        count = 0
        for block in BLOCK.finditer(text):
            language = block["language"]
            line = text.count("\n", 0, block.start("code"))
            if title := re.search(r'title="([^"]+)"', block["options"]):
                Path(title[1]).parent.mkdir(parents=True, exist_ok=True)
                Path(title[1]).write_text(block["code"], encoding="utf-8")
                count += 1
                continue
            if block["comment"] or language in NOT_RUN:
                continue
            run = getattr(self, f"run_{language}", None)
            if run is None:
                raise Failed(f"{self.path}:{line}: no such kind of block: {language!r}")
            code = re.sub(f"^{block['indent']}", "", block["code"], flags=re.MULTILINE)
            try:
                run(code, line)
            except Exception as error:
                raise Failed(f"{self.path}:{line}: {language} block:\n{code}") from error
            count += 1
        return count

    def run_python(self, code, line):
        """Execute a block, with its line numbers in the document."""
        with contextlib.redirect_stdout(io.StringIO()) as output:
            exec(compile("\n" * line + code, self.path, "exec"), self.variables)
        self.printed = output.getvalue()

    def run_output(self, code, line):
        """Compare what the last block printed."""
        check_output(code, self.printed)

    def run_pycon(self, code, line):
        """Run a session of the interpreter."""
        session = doctest.DocTestParser().get_doctest(code, self.variables, self.path.name, str(self.path), line)
        runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
        report = io.StringIO()
        runner.run(session, out=report.write, clear_globs=False)
        self.variables.update(session.globs)
        if runner.failures:
            raise Failed(report.getvalue())

    def run_console(self, code, line):
        """Run commands with bash."""
        commands = list(COMMAND.finditer(code))
        if "".join(command[0] for command in commands) != code:
            raise Failed("a block of commands begins with `$ `")
        for command in commands:
            result = subprocess.run(
                ["bash", "-c", command["command"]],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            if result.returncode:
                raise Failed(f"exit code {result.returncode} of: {command['command']}\n{result.stdout}")
            if command["output"].strip():
                check_output(command["output"], result.stdout)
            self.printed = result.stdout

    def run_toml(self, code, line):
        """Parse TOML."""
        tomllib.loads(code)

    def run_json(self, code, line):
        """Parse JSON."""
        json.loads(code)


def main(path):
    """Run the blocks of a document."""
    path = Path(path).resolve()
    os.environ["PATH"] = sysconfig.get_path("scripts") + os.pathsep + os.environ["PATH"]
    # What CI sets, documents do not speak of.
    for name in ("CI", "LAZYAST_GC", "PYTHONWARNINGS"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="lazyast-document-") as directory:
        project = Path(directory, "project")
        shutil.copytree(EXAMPLE, project)
        os.environ["LAZYAST_CACHE_DIR"] = os.path.join(directory, "cache")
        with contextlib.chdir(project):
            print(f"{path.name}: {Page(path).run()} blocks")


if __name__ == "__main__":
    main(*sys.argv[1:])
