"""Compare the hits of lazyast with those of the oracle.

    python tests/queries/compare.py [DIRECTORY...] [--only TEXT]

Every query of corpus_queries.py runs over every Python file under the directories. The default is the standard library
of this interpreter, without site-packages. Of each hit the file, the order, the kinds and positions of its nodes and the
captures are compared. Exits with 1 if anything differs, or if too few queries have hits.
"""

import argparse
import ast
import hashlib
import multiprocessing
import os
import sys
import sysconfig
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import oracle
from corpus_queries import QUERIES

POSITIONS = ("lineno", "col_offset", "end_lineno", "end_col_offset")
QUERIES_AT_LEAST = 60
EMPTY_AT_MOST = 10
SHOWN = 5
SKIPPED_DIRECTORIES = {"site-packages", "__pycache__"}


def files_under(directory):
    """The Python files under a directory."""
    for parent, directories, names in os.walk(directory):
        directories[:] = [name for name in directories if name not in SKIPPED_DIRECTORIES]
        yield from (Path(parent, name) for name in names if name.endswith(".py"))


def compiled(language, text):
    return (oracle.compile_pattern if language == "pattern" else oracle.compile_selector)(text)


def node_position(node):
    return type(node).__name__, *(getattr(node, name, None) for name in POSITIONS)


def plain_capture(value):
    if isinstance(value, list):
        return [plain_capture(each) for each in value]
    if isinstance(value, str):
        return value
    text = ast.dump(value, include_attributes=True)
    # Long captures are hashed: over a whole library they take gigabytes.
    return (
        text
        if len(text) < 200
        else f"{text[:200]}... {hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()}"
    )


def plain_hit(nodes, captures):
    """A hit as a value that can be compared and pickled: positions of nodes, captures."""
    return (
        [node_position(node) for node in nodes],
        {name: plain_capture(value) for name, value in captures.items()},
    )


def oracle_hits(path, queries):
    """The hits of each query in a file, and the time that each took; None if the file is not valid Python."""
    source = Path(path).read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    return hits_in_tree(queries, tree, source)


def hits_in_tree(queries, tree, source=b""):
    """The hits of each query in a tree, and the time that each took."""
    oracle.index_of(tree)
    hits, seconds = [], []
    for query in queries:
        start = time.perf_counter()
        found = query.hits(tree, source)
        seconds.append(time.perf_counter() - start)
        hits.append([plain_hit(hit.nodes, hit.captures) for hit in found])
    return hits, seconds


def _start(texts):
    global _queries
    sys.setrecursionlimit(20_000)
    _queries = [compiled(language, text) for language, text in texts]


def _ask(path):
    return path, oracle_hits(path, _queries)


def ask_oracle(paths, texts, processes=2):
    """The hits of each query by path, the seconds of each, and the paths that are not valid Python."""
    hits = [{} for _ in texts]
    seconds = [0.0] * len(texts)
    rejected = set()
    with multiprocessing.Pool(processes, _start, (texts,)) as pool:
        for path, found in pool.imap_unordered(_ask, paths, chunksize=8):
            if found is None:
                rejected.add(path)
                continue
            for number, (of_query, took) in enumerate(zip(*found, strict=True)):
                seconds[number] += took
                if of_query:
                    hits[number][path] = of_query
    return hits, seconds, rejected


def in_order(paths):
    """Sort paths by their components, as lazyast does."""
    return sorted(paths, key=lambda path: [os.fsencode(part) for part in path.parts])


def not_searched(project, paths):
    """The paths that lazyast does not search."""
    searched = {module.path for module in project} - set(map(Path, project.find("0").unsearched))
    return set(paths) - searched


def search(project, language, text):
    import lazyast

    # The oracle knows nothing of imports.
    compile_query = lazyast.pattern if language == "pattern" else lazyast.selector
    return project.find(compile_query(text, literal_names=True))


def hits_by_path(matches):
    """Matches as a list of paths, each with the hits there."""
    found = []
    for match in matches:
        if not found or found[-1][0] != match.path:
            found.append((match.path, []))
        hit = plain_hit(match.nodes, match.captures)
        position = node_position(match.node)
        own = (match.lineno, match.col_offset, match.end_lineno, match.end_col_offset)
        # A match starts at the decorator that has matched.
        start = own[:2] if match.text.startswith("@") else position[1:3]
        if position[1] is not None and own != (*start, *node_position(match.nodes[-1])[3:]):
            raise AssertionError(f"{match.path}:{match.lineno}: the match says {own}, its nodes {hit[0]}")
        found[-1][1].append(hit)
    return found


def differences(expected, found):
    """The differences as lines. `expected` has the hits of the oracle by path, `found` the paths of lazyast with their hits."""
    paths = [path for path, _ in found]
    if paths != in_order(paths) or len(set(paths)) != len(paths):
        yield "the paths are not in order"
    by_path = dict(found)
    for path in in_order({*expected, *by_path}):
        ours, theirs = expected.get(path, []), by_path.get(path, [])
        if ours == theirs:
            continue
        for hit in ours:
            if hit not in theirs:
                yield f"{path}: lazyast lacks {describe(hit, theirs)}"
        for hit in theirs:
            if hit not in ours:
                yield f"{path}: lazyast has {describe(hit, ours)}"
        if sorted(map(repr, ours)) == sorted(map(repr, theirs)):
            yield f"{path}: the order differs"
        elif all(hit in theirs for hit in ours) and all(hit in ours for hit in theirs):
            yield f"{path}: {len(ours)} hits, {len(theirs)} of lazyast"


def describe(hit, others):
    """A hit as text, and whether another one with the same nodes has other captures."""
    nodes, captures = hit
    (kind, line, column, *_), *_ = nodes
    text = f"{kind} at {line}:{column}, {len(nodes)} nodes"
    for other_nodes, other_captures in others:
        if other_nodes == nodes and other_captures != captures:
            names = [n for n in {**captures, **other_captures} if captures.get(n) != other_captures.get(n)]
            one = names[0] if names else ""
            return f"{text}, with {one} = {captures.get(one)!s:.300} and not {other_captures.get(one)!s:.300}"
    return text


def main(arguments):
    import lazyast

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directories", nargs="*", type=Path)
    parser.add_argument("--only", help="only queries that contain this text")
    options = parser.parse_args(arguments)
    sys.setrecursionlimit(20_000)
    queries = [query for query in QUERIES if options.only is None or options.only in query[1]]
    bad = 0
    for directory in options.directories or [Path(sysconfig.get_path("stdlib"))]:
        directory = directory.resolve()
        paths = in_order(files_under(directory))
        expected, seconds, rejected = ask_oracle(paths, queries)
        # The interpreter rejects files that lazyast searches, and the other way round.
        project = lazyast.Project([directory])
        unsearched = not_searched(project, paths) - rejected
        print(
            f"{directory}: {len(paths)} files; ast rejects {len(rejected)}, lazyast does not search {len(unsearched)} others"
        )
        skipped = rejected | unsearched
        compared = set(paths) - skipped
        empty = differing = total = 0
        for (language, text), hits, took in zip(queries, expected, seconds, strict=True):
            mine = 0.0
            try:
                start = time.perf_counter()
                matches = search(project, language, text)
                length = len(matches)
                mine = time.perf_counter() - start
                found = hits_by_path(matches)
                if length != sum(len(of_file) for _, of_file in found):
                    raise AssertionError(f"len() is {length}")
                found = [each for each in found if each[0] in compared]
                lines = list(differences({p: hit for p, hit in hits.items() if p in compared}, found))
            except Exception as error:
                lines = [f"{type(error).__name__}: {error}"]
            count = sum(len(of_file) for path, of_file in hits.items() if path in compared)
            print(f"{count:8} hits, oracle {took:6.2f} s, lazyast {mine:6.3f} s  {language} {text!r}")
            for line in lines[:SHOWN]:
                print(f"         {line}")
            if len(lines) > SHOWN:
                print(f"         and {len(lines) - SHOWN} more")
            total += count
            empty += not count
            differing += bool(lines)
        print(f"{len(queries)} queries, {total} hits, {empty} queries without hits; {differing} queries differ")
        bad += differing
        if options.only is None and not options.directories:
            bad += len(queries) < QUERIES_AT_LEAST or empty > EMPTY_AT_MOST
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
