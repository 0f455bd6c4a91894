"""SVG that may stand in anyone's page: known elements and attributes only, ids of its own, a name to hear.

Libraries draw; this module keeps of their drawing what is shape and text. Colours are presentation attributes
that are legible on white and on black, and classes that the page's style overrides: a content security
policy that blocks styles leaves a complete picture.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Final

#: What survives. Nothing in these lists can load, link, run or style.
_ELEMENTS: Final = frozenset(
    {"g", "title", "desc", "text", "line", "rect", "path", "polygon", "polyline", "ellipse", "circle"}
)
_ATTRIBUTES: Final = frozenset(
    {
        *("class", "transform", "x", "y", "dx", "dy", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry"),
        *("width", "height", "points", "d", "fill", "stroke", "stroke-width", "stroke-dasharray"),
        *("text-anchor", "font-family", "font-size", "font-weight", "opacity"),
    }
)
_GEOMETRY: Final = frozenset({"transform", "d", "points", "x", "y", "x1", "y1", "x2", "y2", "width", "height"})

SANS: Final = "system-ui, sans-serif"
MONO: Final = "ui-monospace, monospace"

#: Mid-tones with a contrast of at least 3:1 to white and to black, for pages whose style is blocked.
INK: Final = "currentColor"
HOT: Final = "#d1374b"
COOL: Final = "#3b7dd8"
MUTED: Final = "#808080"

_LONG_NUMBER: Final = re.compile(r"-?\d+\.\d{2,}(?:E-?\d+)?")


def picture(
    identity: str, title: str, description: str, view: tuple[float, float, float, float], body: ET.Element
) -> str:
    """Return `body` as an inline `<svg>` that shows `view` (left, top, width, height) of it, as text.

    `identity` must be unique in the page; `title` and `description` may hold anyone's text.
    """
    left, top, width, height = (f"{side:.0f}" for side in view)
    root = ET.Element(
        "svg",
        {
            "class": "picture",
            "role": "img",
            "aria-labelledby": f"{identity}-title {identity}-desc",
            "width": width,
            "height": height,
            "viewBox": f"{left} {top} {width} {height}",
        },
    )
    ET.SubElement(root, "title", {"id": f"{identity}-title"}).text = title
    ET.SubElement(root, "desc", {"id": f"{identity}-desc"}).text = description
    kept = _kept(body)
    if kept is not None:
        root.append(kept)
    return ET.tostring(root, encoding="unicode")


def _kept(element: ET.Element) -> ET.Element | None:
    name = str(element.tag).rpartition("}")[2]
    if name not in _ELEMENTS:
        return None
    attributes = {
        key: _short_numbers(value) if key in _GEOMETRY else value
        for key, value in element.attrib.items()
        if key in _ATTRIBUTES and value
    }
    copy = ET.Element(name, attributes)
    if name in {"text", "title", "desc"}:
        copy.text = element.text
    for child in element:
        kept = _kept(child)
        if kept is not None:
            copy.append(kept)
    return copy


def _short_numbers(geometry: str) -> str:
    """Round coordinates to a tenth of a pixel: finer cannot be seen, and doubles the size of a page."""
    return _LONG_NUMBER.sub(lambda match: f"{float(match[0]):.1f}".removesuffix(".0"), geometry)


def text(x: float, y: float, content: str, **attributes: str) -> ET.Element:
    """Return a text element; `class_` and underscores in names stand for what Python cannot spell."""
    element = ET.Element("text", {"x": f"{x:.1f}", "y": f"{y:.1f}"})
    for key, value in attributes.items():
        element.set(key.rstrip("_").replace("_", "-"), value)
    element.text = content
    return element
