"""The chart: how many times as fast as `ast.parse` each contestant is, on a logarithmic scale."""

import math
from html import escape
from typing import Any, NamedTuple

from answers import JOBS, REFERENCE
from record import Row


class Theme(NamedTuple):
    """Colours."""

    text: str
    faint: str
    own: str
    other: str


LIGHT = Theme(text="#1f2328", faint="#d1d9e0", own="#0969da", other="#818b98")
DARK = Theme(text="#f0f6fc", faint="#3d444d", own="#4493f8", other="#656c76")
WIDTH, LABELS, ROW, HEAD = 760, 230, 18, 30
SHOWN = ("imports", "functions", "calls", "nodes")


def draw(rows: list[Row], about: dict[str, Any], theme: Theme) -> str:
    """Draw a group of bars for each job. Programs are left out: their time includes the start of a process."""
    groups = [(job, _bars(rows, job.name)) for job in JOBS if job.name in SHOWN]
    groups = [(job, bars) for job, bars in groups if bars]
    ratios = [row.ratio or 1.0 for _, bars in groups for row in bars] or [1.0]
    low = math.floor(math.log10(min(ratios)))
    high = max(math.ceil(math.log10(max(ratios))), low + 1)

    def x(ratio: float) -> float:
        return LABELS + (WIDTH - LABELS - 60) * (math.log10(ratio) - low) / (high - low)

    parts: list[str] = []
    y = 44
    for job, bars in groups:
        parts.append(_text(0, y + 18, f"{job.title[0].upper()}{job.title[1:]}", theme.text, "bold"))
        y += HEAD
        for row in bars:
            assert row.ratio is not None
            is_own = row.contestant.startswith("lazyast")
            start, end = sorted((x(1), x(row.ratio)))
            parts.append(_text(LABELS - 8, y + 13, row.contestant, theme.text, anchor="end"))
            color = theme.own if is_own else theme.other
            parts.append(
                f'<rect x="{start:.1f}" y="{y + 3}" width="{max(end - start, 1):.1f}" height="12" fill="{color}"/>'
            )
            parts.append(_text(end + 5, y + 13, f"{row.ratio:.3g}x", theme.text))
            y += ROW
        y += 8
    grid = [
        f'<path d="M{x(10.0**power):.1f} 40V{y}" stroke="{theme.faint}"/>'
        + _text(x(10.0**power), 34, f"{10.0**power:g}x", theme.text, anchor="middle")
        for power in range(low, high + 1)
    ]
    lines = about["corpus"]["lines"]
    title = f"Times as fast as {REFERENCE}, {lines:,} lines, Python {about['python']}, {about['date'][:10]}"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y + 8}" viewBox="0 0 {WIDTH} {y + 8}" '
        f'style="font: 12px system-ui, sans-serif" role="img" aria-label="{escape(title)}">'
    )
    return "\n".join([head, _text(0, 14, title, theme.text, "bold"), *grid, *parts, "</svg>"]) + "\n"


def _bars(rows: list[Row], job: str) -> list[Row]:
    """Return the rows that are drawn, the fastest first."""
    bars = [
        row
        for row in rows
        if row.job == job and row.ratio is not None and row.contestant != REFERENCE and row.contestant[0] != "$"
    ]
    return sorted(bars, key=lambda row: -(row.ratio or 0))


def _text(x: float, y: float, text: str, color: str, weight: str = "normal", anchor: str = "start") -> str:
    attributes = f'x="{x:.1f}" y="{y:.1f}" fill="{color}" font-weight="{weight}" text-anchor="{anchor}"'
    return f"<text {attributes}>{escape(text)}</text>"
