"""What `lazyast run` has every Python process run first: it arranges for lazyast to be loaded at the first parse.

`lazyast run` puts this directory first in `PYTHONPATH`, so that `site` imports this file as `sitecustomize`. It undoes
that for all that the process sees, passes it on to the processes that it starts, replaces `builtins.compile`, and
imports the next `sitecustomize`. Everything else waits in `lazyast._run` until a tree is requested.

Any Python may execute this file, so it has to compile on all of them, and imports what `site` has imported already.
"""

import os
import sys

DIRECTORY = os.path.dirname(os.path.abspath(__file__))
# Both are set by `lazyast run`. A program that removes the first from an environment takes lazyast out of it.
MARKER = "LAZYAST_RUN"
RECORDS = "LAZYAST_RUN_STATS"
# `ast.PyCF_ONLY_AST`: `compile` is to return a tree.
ONLY_AST = 0x400
# Characters of source that a process parses itself before lazyast is loaded. The interpreter parses them in about the
# time that loading takes, so that a process that parses little, as `inspect` and `literal_eval` do, is not slowed down.
SMALL = 20000


def without_directory(search_path):
    """Take this directory out of the value of `PYTHONPATH`; `None` if nothing remains."""
    rest = [entry for entry in search_path.split(os.pathsep) if entry != DIRECTORY]
    return os.pathsep.join(rest) if rest else None


def with_directory(search_path):
    """Put this directory first in the value of `PYTHONPATH`."""
    rest = without_directory(search_path) if search_path else None
    return DIRECTORY + os.pathsep + rest if rest else DIRECTORY


def hide_directory():
    """Give `sys.path` and `PYTHONPATH` the values that they have without lazyast, as far as this process can see."""
    if DIRECTORY in sys.path:
        sys.path.remove(DIRECTORY)
    sys.path_importer_cache.pop(DIRECTORY, None)
    value = os.environ.get("PYTHONPATH")
    # On Windows the environment that a process sees is the one that it passes on.
    if os.name != "posix" or value is None:
        return
    rest = without_directory(value)
    if rest is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = rest
    # `os.environ` does not see this; processes that inherit the environment do.
    os.putenv("PYTHONPATH", value)
    sys.modules["_posixsubprocess"] = PosixSubprocess("_posixsubprocess")
    for name in ("posix_spawn", "posix_spawnp", "execve"):
        if hasattr(os, name):
            setattr(os, name, starting(getattr(os, name)))


def pass_on_own():
    """Put this directory into the environment that a new process inherits, which the program can have changed."""
    if MARKER in os.environ:
        os.putenv("PYTHONPATH", with_directory(os.environ.get("PYTHONPATH")))


class PosixSubprocess(type(sys)):
    """Stands for `_posixsubprocess`, which `subprocess` and `multiprocessing` import, until that is needed."""

    def __getattr__(self, name):
        if sys.modules.get("_posixsubprocess") is self:
            del sys.modules["_posixsubprocess"]
        import _posixsubprocess

        if not hasattr(_posixsubprocess, "fork_exec"):
            raise AttributeError(name)
        if not isinstance(_posixsubprocess.fork_exec, type(with_directory)):
            _posixsubprocess.fork_exec = passing_on(_posixsubprocess.fork_exec)
        return getattr(_posixsubprocess, name)


def passing_on(fork_exec):
    """Have `_posixsubprocess.fork_exec` give this directory to new processes, whose environment is argument 5."""

    def fork_exec_with_directory(*arguments):
        if len(arguments) > 5:
            variables = arguments[5]
            if variables is None:
                pass_on_own()
            elif any(variable.startswith(MARKER.encode() + b"=") for variable in variables):
                given = [variable for variable in variables if variable.startswith(b"PYTHONPATH=")]
                search_path = with_directory(os.fsdecode(given[-1][len(b"PYTHONPATH=") :]) if given else None)
                others = [variable for variable in variables if variable not in given]
                variables = others + [b"PYTHONPATH=" + os.fsencode(search_path)]
                arguments = arguments[:5] + (variables,) + arguments[6:]
        return fork_exec(*arguments)

    return fork_exec_with_directory


def starting(function):
    """Have a function of `os` give this directory to new processes, whose environment is its third argument.

    `subprocess` calls `posix_spawn`, and the other functions that take an environment call `execve`.
    """

    def start(path, arguments, environment, *others, **options):
        if environment is None:
            pass_on_own()
        else:
            environment = dict(environment.items())
            for encode in (str, os.fsencode):
                name = encode("PYTHONPATH")
                if encode(MARKER) in environment:
                    value = with_directory(os.fsdecode(environment.get(name, encode(""))))
                    environment[name] = encode(value)
        return function(path, arguments, environment, *others, **options)

    for attribute in ("__module__", "__name__", "__qualname__", "__doc__"):
        if hasattr(function, attribute):
            setattr(start, attribute, getattr(function, attribute))
    start.__wrapped__ = function
    with_descriptors = getattr(os, "supports_fd", set())
    if function in with_descriptors:
        with_descriptors.add(start)
    return start


class Compile(object):
    """Stands for `compile` until the first tree is requested, and loads lazyast then.

    The interpreter looks `__call__` up and then calls what the property gives. So no frame of this file lies between
    the caller and `compile`, which inherits future statements from its caller, and whose errors have tracebacks.
    """

    __slots__ = ()
    __name__ = __qualname__ = "compile"
    __module__ = "builtins"
    __doc__ = compile.__doc__
    __text_signature__ = getattr(compile, "__text_signature__", None)
    __self__ = getattr(compile, "__self__", None)
    # For a lazyast that the program itself imports.
    lazyast_interpreter_compile = compile
    __class__ = type(compile)

    def __repr__(self):
        return repr(interpreter_compile)

    def __reduce__(self):
        return "compile"

    @property
    def __call__(self):
        """The function that the caller calls."""
        if "served" in state or requests_tree(sys._getframe(1)):
            return served_compile()
        return interpreter_compile


def requests_tree(frame):
    """Whether a frame that is about to call `compile` could be requesting a tree for which lazyast is worth loading."""
    names = frame.f_code.co_names
    variables = frame.f_locals
    if not ("PyCF_ONLY_AST" in names or "ONLY_AST" in names or ONLY_AST in frame.f_code.co_consts):
        # The flags could come from elsewhere.
        flags = variables.get("flags")
        if not isinstance(flags, int) or not flags & ONLY_AST:
            return False
    if variables.get("mode", "exec") != "exec":
        return False
    source = variables.get("source")
    return not isinstance(source, (str, bytes)) or exceeds_small(frame, source)


def exceeds_small(frame, source):
    """Add a source to those that this process has parsed itself, and tell whether that is enough."""
    # One call can look `__call__` up several times. The source is kept, so that no other one has its address.
    call = (id(frame), id(source), source)
    if state.get("call", ())[:2] != call[:2]:
        state["call"] = call
        state["size"] = state.get("size", 0) + len(source)
        if state["size"] <= SMALL:
            state["count"] = state.get("count", 0) + 1
    return state["size"] > SMALL


def served_compile():
    """Load lazyast, and return what takes the place of `compile` from now on."""
    if "served" in state:
        return state["served"]
    # Nothing waits here: a process can be forked, or lazyast's own imports can call `compile`, while it is loaded.
    caller = object()
    if state.setdefault("loading", caller) is caller:
        before = builtins.compile
        # lazyast takes what it finds for the interpreter's own.
        builtins.compile = interpreter_compile
        state.pop("call", None)
        try:
            state["served"] = load().serve(before is stand_in)
        except Exception:
            state["failure"] = "%s: %s" % sys.exc_info()[:2]
        if before is not stand_in:
            # Somebody has replaced the stand-in, and calls it.
            builtins.compile = before
    return state.get("served", interpreter_compile)


def load():
    """Import `lazyast._run` of the package that this file belongs to, wherever the process has its packages."""
    if "lazyast" not in sys.modules:
        from importlib.util import module_from_spec, spec_from_file_location

        package = os.path.dirname(DIRECTORY)
        file = os.path.join(package, "__init__.py")
        spec = spec_from_file_location("lazyast", file, submodule_search_locations=[package])
        module = sys.modules["lazyast"] = module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules["lazyast"]
            raise
    from lazyast import _run

    return _run


def is_supported():
    """Whether the extension module can be loaded here: it is built for CPython 3.11 and later with a global lock."""
    implementation = getattr(sys, "implementation", None)
    is_cpython = implementation is not None and implementation.name == "cpython"
    return is_cpython and sys.version_info >= (3, 11) and "t" not in getattr(sys, "abiflags", "")


def record_process():
    """For `lazyast run --stats`: have this process, and those that are forked from it, leave a record."""
    import atexit

    begin_record()
    atexit.register(end_record)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=begin_record)
    exit_at_once = os._exit

    def end_record_and_exit(status):
        end_record()
        exit_at_once(status)

    os._exit = end_record_and_exit


def begin_record():
    """Leave an empty record, which says that the process was there, also if it never ends this record."""
    name = "%d-%s" % (os.getpid(), os.urandom(8).hex() if sys.version_info >= (3, 5) else "")
    # What a process has done before it forked is its own.
    state["count"] = 0
    state["record"] = os.path.join(os.environ.get(RECORDS, ""), name)
    write_record([])


def end_record():
    """Write what this process has done: lines of a number, a tab, and what the number counts."""
    lines = [(1, "ended")]
    module = sys.modules.get("lazyast._run")
    if state.get("count"):
        lines.append((state["count"], "fallback: small, parsed before lazyast is worth loading"))
    try:
        if state.get("served") is not None and module is not None:
            lines += module.counts(interpreter_compile)
        elif not is_supported():
            lines.append((1, "not served: %s" % sys.version.split()[0]))
        elif "failure" in state:
            lines.append((1, "failed: %s" % state["failure"]))
    finally:
        write_record(lines)


def write_record(lines):
    """Replace the record. A directory that is gone, or cannot be written, is none of the process's business."""
    try:
        with open(state["record"], "w") as file:
            file.writelines("%d\t%s\n" % (number, " ".join(name.split())) for number, name in lines)
    except (IOError, OSError):
        pass


state = {}
hide_directory()
if os.environ.get(RECORDS):
    record_process()
if is_supported() and os.environ.get("LAZYAST_DISABLE", "0") in ("", "0"):
    import builtins

    interpreter_compile = compile
    stand_in = Compile()
    builtins.compile = stand_in

# The next `sitecustomize` takes the place of this module. If there is none, `site` ignores this ImportError.
this_module = sys.modules.pop("sitecustomize", None)
import sitecustomize  # noqa: F401
