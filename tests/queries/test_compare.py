"""A short run of compare.py: every query of corpus_queries.py over a few packages of the standard library."""

import sys
import sysconfig
from pathlib import Path

import lazyast
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import compare
from corpus_queries import QUERIES

PACKAGES = ["json", "asyncio", "email", "concurrent", "importlib", "unittest"]
QUERIES_WITH_HITS = 150

# The oracle takes most of the time, in the fixture.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def expected():
    """The files, the hits of the oracle for each query by path, and the files that are not valid Python."""
    library = Path(sysconfig.get_path("stdlib"))
    paths = compare.in_order(path for name in PACKAGES for path in compare.files_under(library / name))
    hits, _, rejected = compare.ask_oracle(paths, QUERIES)
    return paths, hits, rejected


def test_no_query_differs(expected, tmp_path):
    paths, by_query, rejected = expected
    assert len(paths) >= 80 and not rejected
    project = lazyast.Project(paths, cache_dir=tmp_path)
    assert not compare.not_searched(project, paths)
    different = {}
    for (language, text), hits in zip(QUERIES, by_query, strict=True):
        found = compare.hits_by_path(compare.search(project, language, text))
        if lines := list(compare.differences(hits, found)):
            different[text] = lines[: compare.SHOWN]
    assert different == {}
    # Without this check, two engines without any hits would not differ.
    assert sum(map(bool, by_query)) >= QUERIES_WITH_HITS


def test_differences_are_reported(expected):
    """A missing hit, an additional one, other captures, and another order."""
    _, by_query, _ = expected
    hits = by_query[QUERIES.index(("pattern", "$X == None"))] or by_query[QUERIES.index(("pattern", "self.$X"))]
    (path, of_file), *_ = hits.items()
    first, *others = of_file
    changed = (first[0], {name: "other" for name in first[1]})
    for found in (others, [first, *of_file], [changed, *others], of_file[::-1]):
        if found != of_file:
            assert list(compare.differences({path: of_file}, [(path, found)])), found
    assert not list(compare.differences({path: of_file}, [(path, of_file)]))
