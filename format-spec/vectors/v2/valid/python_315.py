lazy import a.b as c, d
lazy from . import e
lazy from f.g import (h as i)
from j import k
lazy = [*x for x in y]
{*x for x in y}, (*x for x in y), {**x for x in y}
