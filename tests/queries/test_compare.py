"""The short form of compare.py: every query of corpus_queries.py over a few packages of this interpreter's library."""

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


@pytest.fixture(scope="module")
def expected():
    """The files, the oracle's hits of each query by path, and the files that are no Python."""
    library = Path(sysconfig.get_path("stdlib"))
    paths = compare.in_order(path for name in PACKAGES for path in compare.files_under(library / name))
    hits, _, refused = compare.ask_oracle(paths, QUERIES)
    return paths, hits, refused


def test_no_query_differs(expected, tmp_path):
    paths, by_query, refused = expected
    assert len(paths) >= 80 and not refused
    project = lazyast.Project(paths, cache_dir=tmp_path)
    assert not compare.not_searched(project, paths)
    different = {}
    for (language, text), hits in zip(QUERIES, by_query, strict=True):
        found = compare.hits_by_path(compare.search(project, language, text))
        if lines := list(compare.differences(hits, found)):
            different[text] = lines[: compare.SHOWN]
    assert different == {}
    # Nothing in common would be no difference either.
    assert sum(map(bool, by_query)) >= QUERIES_WITH_HITS


def test_a_difference_would_be_seen(expected):
    """Hits that lack, that are too many, that have other captures, and that are in another order."""
    _, by_query, _ = expected
    hits = by_query[QUERIES.index(("pattern", "$X == None"))] or by_query[QUERIES.index(("pattern", "self.$X"))]
    (path, of_file), *_ = hits.items()
    first, *others = of_file
    changed = (first[0], {name: "other" for name in first[1]})
    for found in (others, [first, *of_file], [changed, *others], of_file[::-1]):
        if found != of_file:
            assert list(compare.differences({path: of_file}, [(path, found)])), found
    assert not list(compare.differences({path: of_file}, [(path, of_file)]))
