import pytest
from report import total


class TestTotal:
    @pytest.fixture
    def test_items(self):
        items = ["a", "bc"]
        yield items
        items.clear()

    def test_of_nothing(self):
        assert total([]) == 0

    def test_of_items(self, test_items):
        assert total(test_items) == 3
