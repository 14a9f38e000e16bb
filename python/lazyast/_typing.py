"""`overload` without `typing`, which takes longer to import than lazyast itself."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import overload as overload
else:

    def overload(declaration):
        """Take a declaration that only type checkers read."""
        return declaration
