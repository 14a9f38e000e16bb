"""`lazyast run`: every Python process of a command takes its trees from lazyast, and sees nothing of it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import lazyast
import pytest

LAZYAST = shutil.which("lazyast", path=sysconfig.get_path("scripts"))
STARTUP = str(Path(lazyast.__file__).parent / "_startup")
posix = pytest.mark.skipif(os.name != "posix", reason="Windows has other ways")
# Prints whether the process takes its trees from lazyast.
CHECK = """
import ast, sys
assert type(ast.parse("x = 1\\n" * 5000).body[0]) is ast.Assign
print("lazyast._native" in sys.modules, flush=True)
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in ("PYTHONPATH", "LAZYAST_RUN", "LAZYAST_DISABLE", "LAZYAST_RUN_STATS"):
        monkeypatch.delenv(name, raising=False)


def run(*arguments, options=(), **settings):
    return subprocess.run(
        [LAZYAST, "run", *options, *map(str, arguments)], capture_output=True, text=True, timeout=120, **settings
    )


def run_python(program, *arguments, python=sys.executable, **settings):
    return run(python, "-c", program, *arguments, **settings)


def check_served(program, *arguments, **settings):
    result = run_python(program, *arguments, **settings)
    assert (result.stdout, result.stderr, result.returncode) == ("True\n", "", 0)


def test_trees_are_served():
    check_served(CHECK)


def test_nothing_is_loaded_for_little():
    result = run_python("""
import ast, inspect, sys
inspect.signature(len)
ast.literal_eval("[" + "1, " * 10000 + "]")
assert type(ast.parse("x = 1").body[0]) is ast.Assign
compile("1", "", "eval")
exec("x = 1")
print([name for name in sys.modules if "lazyast" in name], "importlib.util" in sys.modules)
""")
    assert result.stdout.startswith("[] ")


@pytest.mark.parametrize(
    "call",
    [
        "ast.parse(large)",
        "ast.parse(large.encode())",
        "[ast.parse(large[:6000]) for _ in range(5)]",
        "compile('1', '', 'exec', ast.PyCF_ONLY_AST)",
        "compile('1', '', 'exec', flags=0x400)",
        "builtins.compile(source='1', filename='', mode='exec', flags=ast.PyCF_ONLY_AST)",
        "saved('1', '', 'exec', ast.PyCF_ONLY_AST)",
        "list(map(ast.parse, [large]))",
    ],
)
def test_every_call_for_a_tree_is_served(call):
    check_served(
        f"import ast, builtins, sys; saved = compile; large = 'x = 1\\n' * 5000; {call}; print('lazyast._native' in sys.modules)"
    )


# What each process prints with lazyast and without it.
SAME = {
    "the search path": "print(sys.path, sys.path_importer_cache.keys())",
    "the environment": "print(sorted(name for name in os.environ if name[:3] != 'LAZ'), os.environ.get('PYTHONPATH'))",
    "compile": "print(compile, callable(compile), compile.__name__, compile.__module__, compile.__doc__)",
    "the signature of compile": "import inspect; print(inspect.isbuiltin(compile), inspect.signature(compile))",
    "pickled compile": "import pickle; print(pickle.dumps(compile), pickle.loads(pickle.dumps(compile)) is compile)",
    "a traceback": "import ast; ast.parse('a b')",
    "a traceback of lazyast": "import ast; ast.parse('x = 1\\n' * 5000)\nast.parse('a b')",
    "a traceback of a large source": "import ast; ast.parse('x = 1\\n' * 5000 + 'a b')",
    "invalid arguments": "compile()",
    "inherited future statements": (
        "from __future__ import annotations\n"
        "def f(): return compile('def g(x: y): pass', '', 'exec')\n"
        "print(f().co_flags, compile('1', '', 'eval', 0, True).co_flags)"
    ),
    "future statements that parsing depends on": (
        "from __future__ import barry_as_FLUFL\nimport ast\n"
        "print(ast.dump(compile('1 <> 2', '', 'eval', ast.PyCF_ONLY_AST)))"
    ),
    "warnings": "import ast; ast.parse(r\"'\\d'\")",
    "the functions that start processes": (
        "import inspect, os\n"
        "print([(f.__name__, f.__module__, f.__doc__, inspect.signature(f), f in os.supports_fd)"
        " for f in [os.execve, os.posix_spawn]])"
    ),
    "programs that do not exist": "import subprocess; subprocess.run(['no-such-program'], env=dict(os.environ))",
    "the child's environment": (
        "import subprocess\n"
        "print(subprocess.check_output([sys.executable, '-c', 'import os, sys; print(sys.path, os.environ.get(\"PYTHONPATH\"))']))"
    ),
}


@pytest.mark.parametrize("search_path", [None, "/nowhere", os.pathsep.join(["/nowhere", "", "/nothing"])])
@pytest.mark.parametrize("program", SAME)
def test_a_program_sees_no_difference(monkeypatch, program, search_path):
    if search_path is not None:
        monkeypatch.setenv("PYTHONPATH", search_path)
    if os.name != "posix" and "environment" in program:
        pytest.skip("PYTHONPATH is visible on Windows")
    arguments = [sys.executable, "-c", f"import os, sys\n{SAME[program]}"]
    plain = subprocess.run(arguments, capture_output=True, text=True)
    cached = run(*arguments)
    assert (cached.stdout, cached.stderr, cached.returncode) == (plain.stdout, plain.stderr, plain.returncode)


START = """
import os, subprocess, sys
from pathlib import Path
check = [sys.executable, "-c", sys.argv[1]]
"""
STARTS = {
    "subprocess": "subprocess.run(check)",
    "an environment that is copied": "subprocess.run(check, env=dict(os.environ))",
    "PYTHONPATH set in a copy": "subprocess.run(check, env={**os.environ, 'PYTHONPATH': '/nowhere'})",
    "PYTHONPATH set": "os.environ['PYTHONPATH'] = '/nowhere'; subprocess.run(check)",
    "PYTHONPATH removed": "os.environ.pop('PYTHONPATH', None); subprocess.run(check)",
    "sh": "subprocess.run(['/bin/sh', '-c', '\"$0\" -c \"$1\"', sys.executable, sys.argv[1]])",
    "system": "Path('check.py').write_text(sys.argv[1]); os.system(f'{sys.executable} check.py')",
    "exec": "os.execv(sys.executable, check)",
    "exec with an environment": "os.execve(sys.executable, check, dict(os.environ))",
    "exec with an environment of bytes": "os.execve(sys.executable, check, dict(os.environb))",
    "spawn": "os.spawnv(os.P_WAIT, sys.executable, check)",
    "spawn with an environment": "os.spawnve(os.P_WAIT, sys.executable, check, dict(os.environ))",
    "posix_spawn": "os.waitpid(os.posix_spawn(sys.executable, check, os.environ), 0)",
    "asyncio": "import asyncio\n"
    "async def main(): await (await asyncio.create_subprocess_exec(*check)).wait()\n"
    "asyncio.run(main())",
    "fork": "if os.fork(): os.wait()\nelse: exec(sys.argv[1])",
    "two levels": "subprocess.run([sys.executable, '-c', 'import subprocess, sys; subprocess.run(sys.argv[1:])', *check])",
}


@posix
@pytest.mark.parametrize("start", STARTS)
def test_processes_are_served(tmp_path, start):
    check_served(START + STARTS[start], CHECK, cwd=tmp_path)


@posix
@pytest.mark.parametrize("change", ["del os.environ['LAZYAST_RUN']", "os.environ['LAZYAST_DISABLE'] = '1'"])
def test_a_program_can_leave_lazyast_out(change):
    result = run_python(f"{START}{change}; subprocess.run(check, env=dict(os.environ))", CHECK)
    assert (result.stdout, result.stderr) == ("False\n", "")


MULTIPROCESSING = """
import ast, multiprocessing, sys
from concurrent.futures import ProcessPoolExecutor

def is_served(_):
    ast.parse("x = 1\\n" * 5000)
    return "lazyast._native" in sys.modules

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    with context.Pool(2) as pool:
        results = pool.map(is_served, range(4))
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        results += executor.map(is_served, range(4))
    print(set(results))
"""


@posix
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(tmp_path, method):
    path = tmp_path / "program.py"
    path.write_text(MULTIPROCESSING)
    result = run(sys.executable, path, method)
    assert (result.stdout, result.stderr) == ("{True}\n", "")


def test_xdist(tmp_path):
    pytest.importorskip("xdist")
    (tmp_path / "test_a.py").write_text(
        "import os, sys\n"
        "def test_it():\n"
        "    import ast; ast.parse('x = 1\\n' * 5000)\n"
        "    assert os.environ['PYTEST_XDIST_WORKER'] and 'lazyast._native' in sys.modules\n"
    )
    result = run("-m", "pytest", "-q", "-n2", "-p", "no:cacheprovider", tmp_path, cwd=tmp_path)
    assert "1 passed" in result.stdout, result.stdout + result.stderr


@posix
def test_new_trees_of_forked_processes_reach_the_cache(tmp_path):
    """`multiprocessing` ends them with `os._exit`."""
    cache = tmp_path / "cache"
    source = "y = 2 # unlike any other\n" * 2000
    program = (
        "import ast, os, sys\nast.parse('x = 1\\n' * 5000)\n"
        "if os.fork(): os.wait()\nelse: ast.parse(sys.argv[1]); os._exit(0)"
    )
    run_python(program, source, env={**os.environ, "LAZYAST_CACHE_DIR": str(cache)})
    result = run_python(
        "import ast, sys; ast.parse(sys.argv[1])",
        source,
        options=["--stats"],
        env={**os.environ, "LAZYAST_CACHE_DIR": str(cache)},
    )
    assert "1 tree served (1 hits, 0 misses)" in result.stderr


@pytest.mark.parametrize("options", [(), ("--stats",)])
@pytest.mark.parametrize("code", [0, 1, 3, 255])
def test_exit_codes(code, options):
    assert run_python(f"raise SystemExit({code})", options=options).returncode == code


@pytest.mark.parametrize("options", [(), ("--stats",)])
def test_standard_input(options):
    assert run_python("print(input() * 2)", input="ab\n", options=options).stdout == "abab\n"


@posix
@pytest.mark.parametrize("options", [(), ("--stats",)])
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_signals_reach_the_command(name, options):
    number = getattr(signal, name)
    program = (
        "import signal, sys, time\n"
        "def handle(number, frame): print(signal.Signals(number).name, flush=True); sys.exit(7)\n"
        f"signal.signal({int(number)}, handle)\nprint('ready', flush=True)\n"
        # A signal just before a sleep does not end it.
        "for _ in range(600): time.sleep(0.1)"
    )
    command = [LAZYAST, "run", *options, sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.read() == f"{name}\n"
    assert process.returncode == 7


@posix
@pytest.mark.parametrize("options", [(), ("--stats",)])
def test_death_by_a_signal(options):
    result = run_python("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", options=options)
    assert result.returncode == -signal.SIGTERM


@posix
def test_there_is_no_process_in_between():
    command = [LAZYAST, "run", sys.executable, "-c", "import os; print(os.getpid())"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert int(process.stdout.read()) == process.pid


@posix
def test_programs_that_cannot_be_run(tmp_path):
    result = run("no-such-program")
    assert result.returncode == 127
    assert "cannot run no-such-program" in result.stderr
    (tmp_path / "tool.py").write_text("")
    result = run(tmp_path / "tool.py")
    assert result.returncode == 126
    assert "lazyast run python FILE" in result.stderr
    assert run().returncode == 2


@posix
def test_programs_that_are_installed_beside_lazyast():
    """Also if their directory is not on the path."""
    result = run("lazyast", "--version", env={**os.environ, "PATH": "/nowhere"})
    assert result.stdout.startswith("lazyast ")


def test_modules_run_in_the_interpreter_that_runs_lazyast(tmp_path):
    (tmp_path / "module.py").write_text("import sys; print(sys.executable, sys.argv[1:])")
    command = [sys.executable, "-m", "lazyast", "run", "-m", "module", "-x", "--stats"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert result.stdout == f"{sys.executable} ['-x', '--stats']\n", result.stderr


def test_disabled():
    for value, served in [("1", "False\n"), ("0", "True\n"), ("", "True\n")]:
        result = run_python(CHECK, env={**os.environ, "LAZYAST_DISABLE": value})
        assert (result.stdout, result.stderr) == (served, "")


SITECUSTOMIZE = "import sys; print('sitecustomize', 'sitecustomize' in sys.modules, __file__)"


def test_another_sitecustomize_is_executed(tmp_path, monkeypatch):
    path = tmp_path / "sitecustomize.py"
    path.write_text(SITECUSTOMIZE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    result = run_python("import sitecustomize, sys; print(sys.modules['sitecustomize'].__file__)" + CHECK)
    assert result.stdout == f"sitecustomize True {path}\n{path}\nTrue\n"
    assert result.stderr == ""


@pytest.mark.parametrize("error", ["1 / 0", "import no_such_module", "raise SystemExit(4)"])
def test_errors_of_another_sitecustomize(tmp_path, monkeypatch, error):
    (tmp_path / "sitecustomize.py").write_text(error)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    plain = subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, text=True)
    cached = run_python("print(1)")
    assert (cached.stdout, cached.returncode) == (plain.stdout, plain.returncode)
    assert cached.stderr.splitlines()[-1:] == plain.stderr.splitlines()[-1:]


@posix
def test_usercustomize_is_executed(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONUSERBASE", str(tmp_path))
    python = Path(sys.base_prefix, "bin", f"python{sys.version_info[0]}.{sys.version_info[1]}")
    ask = [python, "-c", "import site; print(site.getusersitepackages())"]
    directory = Path(subprocess.check_output(ask, text=True).strip())
    directory.mkdir(parents=True)
    (directory / "usercustomize.py").write_text("print('usercustomize')")
    result = run_python(CHECK, python=python)
    assert (result.stdout, result.stderr) == ("usercustomize\nTrue\n", "")


def test_compile_that_others_have_replaced(tmp_path, monkeypatch):
    """It is called, and calls lazyast."""
    (tmp_path / "sitecustomize.py").write_text(
        "import builtins\n"
        "before = builtins.compile\n"
        "def compile(source, filename, mode, flags=0, *arguments, **options):\n"
        "    if flags: print('called')\n"
        "    return before(source, filename, mode, flags, *arguments, **options)\n"
        "builtins.compile = compile\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    result = run_python("import ast; ast.parse('1')\nast.parse('2')" + CHECK)
    assert (result.stdout, result.stderr) == ("called\ncalled\ncalled\nTrue\n", "")


def test_programs_that_import_lazyast():
    result = run_python("""
import ast, builtins, lazyast, warnings
lazyast.parse("1")
ast.parse("x = 1\\n" * 5000)
warnings.simplefilter("ignore")
assert isinstance(ast.parse(r"'\\d'"), ast.Module)
assert isinstance(lazyast.parse(r"'\\d'"), ast.Module)
lazyast.install()
assert isinstance(ast.parse(r"'\\d'"), ast.Module)
try: ast.parse("a b")
except SyntaxError: pass
lazyast.uninstall()
assert isinstance(ast.parse(r"'\\d'"), ast.Module)
print(compile("7", "", "eval"))
""")
    assert result.stdout.startswith("<code object") and result.stderr == ""


def test_an_environment_without_lazyast(tmp_path):
    """It gets the package that belongs to the command."""
    venv.create(tmp_path / "venv", with_pip=False, symlinks=os.name == "posix")
    python = tmp_path / "venv" / ("bin/python" if os.name == "posix" else "Scripts/python.exe")
    result = run_python("import importlib.util; print(importlib.util.find_spec('lazyast'))", python=python)
    assert result.stdout == "None\n"
    check_served(CHECK, python=python)


def without_package(tmp_path):
    """Copy what processes start with, and nothing that it could load."""
    startup = tmp_path / "lazyast" / "_startup"
    shutil.copytree(STARTUP, startup)
    return {**os.environ, "PYTHONPATH": str(startup), "LAZYAST_RUN": str(startup)}


def test_a_package_that_cannot_be_loaded(tmp_path):
    environment = without_package(tmp_path)
    command = [sys.executable, "-c", CHECK]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tmp_path.parent)
    assert (result.stdout, result.stderr) == ("False\n", "")


def interpreters_that_are_not_served():
    """Find Python interpreters that are too old."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for python in [*pyenv.glob("versions/*/bin/python"), *map(shutil.which, ["python2", "python3.9", "python3.10"])]:
        ask = [python, "-c", "import sys; sys.stdout.write(str(sys.version_info < (3, 11)))"]
        try:
            if python and subprocess.run(ask, capture_output=True, text=True, timeout=60).stdout == "True":
                yield str(python)
        except OSError:
            # A link to nothing.
            continue


@posix
def test_interpreters_that_are_not_served():
    pythons = list(interpreters_that_are_not_served())
    if not pythons:
        pytest.skip("there is no old interpreter")
    program = (
        "import ast, os, subprocess, sys\n"
        "sys.stdout.write(ast.dump(ast.parse('x')) + str(sys.path) + str(os.environ.get('PYTHONPATH')))\n"
        "sys.stdout.flush()\n"
        "sys.exit(subprocess.call([sys.executable, '-c', 'raise SystemExit(5)']))"
    )
    for python in pythons:
        plain = subprocess.run([python, "-c", program], capture_output=True, text=True)
        cached = run_python(program, python=python)
        assert (cached.stdout, cached.stderr, cached.returncode) == (plain.stdout, plain.stderr, 5)
        assert (
            "lazyast: not served: 2 processes of Python"
            in run_python(program, python=python, options=["--stats"]).stderr
        )


@pytest.mark.parametrize("option", ["-I", "-S", "-E"])
def test_options_that_leave_lazyast_out(option):
    """The documented limits."""
    result = run(sys.executable, option, "-c", CHECK)
    assert (result.stdout, result.stderr) == ("False\n", "")


@posix
def test_statistics(tmp_path):
    (tmp_path / "program.py").write_text(
        "import ast, os, sys, time\n"
        "for number in range(3): ast.parse(f'y = {number}')\n"
        "for number in range(10): ast.parse(f'x = {number}  # {sys.argv[1]}\\n' * 2000)\n"
        "for source in ['a b', 'c d']:\n"
        "    try: ast.parse(source)\n"
        "    except SyntaxError: pass\n"
        "ast.parse('x', mode='eval')\n"
        "if os.fork(): os.wait()\n"
        "else: ast.parse('x = 0\\n' * 2000); os._exit(0)\n"
    )
    for hits in (0, 10):
        result = run(sys.executable, "program.py", tmp_path.name, options=["--stats"], cwd=tmp_path)
        assert result.stdout == ""
        first, *others = result.stderr.splitlines()
        served = int(first.split(" trees served (")[0].split()[-1])
        found = int(first.split(" hits,")[0].split("(")[1])
        assert first.startswith("lazyast: 2 Python processes: ") and first.endswith("6 left to the interpreter")
        assert served == 11 and hits <= found <= hits + 1
        assert "lazyast: left to the interpreter: 3 (small, parsed before lazyast is worth loading)" in others
        assert "lazyast: left to the interpreter: 2 (syntax)" in others
        assert "lazyast: left to the interpreter: 1 (argument mode is not exec)" in others
        assert any(line.startswith("lazyast: parsing took ") for line in others)


@posix
def test_statistics_of_processes_that_are_killed():
    result = run_python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", options=["--stats"])
    assert result.returncode == -signal.SIGKILL
    assert "no record of 1 process, killed or replaced by another program" in result.stderr


def test_runs_in_runs():
    check_served("import subprocess, sys; subprocess.run(sys.argv[1:])", LAZYAST, "run", sys.executable, "-c", CHECK)


def test_the_cost_of_a_process_that_never_parses():
    """What is imported at the start, beyond what the interpreter imports anyway."""
    program = "import sys; print(sorted(sys.modules))"
    plain = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout
    cached = run_python(program).stdout
    extra = set(json.loads(cached.replace("'", '"'))) - set(json.loads(plain.replace("'", '"')))
    assert extra <= {"_posixsubprocess"}
