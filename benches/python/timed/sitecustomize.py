"""For `tools.py`: add up the CPU time that this process spends in `compile` for trees, and write it at the end."""

import atexit
import builtins
import os
import time

ONLY_AST = 0x400
compile_before = builtins.compile
exit_before = os._exit
spent = [0, 0]


def compile(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, **options):
    if not flags & ONLY_AST:
        return compile_before(source, filename, mode, flags, dont_inherit, optimize, **options)
    started = time.thread_time_ns()
    try:
        return compile_before(source, filename, mode, flags, dont_inherit, optimize, **options)
    finally:
        spent[0] += 1
        spent[1] += time.thread_time_ns() - started


def write():
    path = os.path.join(os.environ["TIMED_RECORDS"], f"{os.getpid()}-{time.time_ns()}")
    with open(path, "w") as file:
        file.write(f"{spent[0]} {spent[1]}")


def exit(status):
    write()
    exit_before(status)


def begin():
    spent[:] = 0, 0


builtins.compile = compile
os._exit = exit
os.register_at_fork(after_in_child=begin)
atexit.register(write)
