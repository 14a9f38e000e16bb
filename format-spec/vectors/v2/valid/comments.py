#!/usr/bin/env python
# A comment

x = 1  # type: int
#
def f():  # type: () -> None
    # inside
    "not # one"  # é
    pass  # the last one ends without a line end