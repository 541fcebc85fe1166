"""SVG → pixels, by resvg, in the one font that comes with flashgen.

So a picture and what is measured of it agree, on every machine and in every client.
"""

from __future__ import annotations

import copy
import io
from functools import cache
from pathlib import Path

from flashgen.render.svg import Svg, write_svg

# Raised on purpose when pictures change so much that learners should get them anew; a new version of resvg alone moves
# no note.
RASTER_VERSION = 1
_FONTS = tuple(str(Path(__file__).parent / "fonts" / f"Pretendard-{weight}.otf") for weight in ("Regular", "SemiBold"))
_FONT_RULE = '* { font-family: "Pretendard" !important; }'
# Twice what a phone shows, so that text stays sharp there.
WIDTH = 1280
_GROUND = "#ffffff"
_COARSE, _FINE = 96, 160
# What resvg puts before each reason.
_CAUSE = "SVG data parsing failed cause "

Box = tuple[float, float, float, float]


class DrawingError(ValueError):
    """resvg cannot draw this. Says why."""


def to_png(svg: Svg) -> bytes:
    """Return the picture as PNG on a light ground, `WIDTH` pixels wide, with as many colours as flat drawings need."""
    from PIL import Image  # noqa: PLC0415 - only drawings need it

    picture = Image.open(io.BytesIO(_render(write_svg(svg.root), WIDTH, _GROUND))).convert("RGB")
    out = io.BytesIO()
    picture.quantize(256, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


def extent(svg: Svg) -> Box | None:
    """Return what a drawing covers of its box: left, top, width, height in its own units, or None where it is blank.

    It is drawn small and looked at: what draws the picture also measures it. A second look, from near, is precise.
    """
    coarse = _covered(svg, svg.box, _COARSE)
    if coarse is None:
        return None
    # A thin line far off can round to nothing; near, it cannot.
    return _covered(svg, _clip(_grown(coarse, max(svg.box[2:]) / _COARSE), svg.box), _FINE) or coarse


def _covered(svg: Svg, view: Box, pixels: int) -> Box | None:
    from PIL import Image  # noqa: PLC0415

    left, top, width, height = view
    # Its children are the drawing's own; what is set here is not.
    root = copy.copy(svg.root)
    wide = max(1, round(pixels * min(1.0, width / height)))
    high = max(1, round(wide * height / width))
    root.set("viewBox", f"{left:g} {top:g} {width:g} {height:g}")
    root.set("width", str(wide))
    root.set("height", str(high))
    root.set("preserveAspectRatio", "none")
    alpha = Image.open(io.BytesIO(_render(write_svg(root), None, None))).getchannel("A")
    found = alpha.getbbox()
    if found is None:
        return None
    x, y = width / alpha.width, height / alpha.height
    return left + found[0] * x, top + found[1] * y, (found[2] - found[0]) * x, (found[3] - found[1]) * y


def _grown(box: Box, by: float) -> Box:
    left, top, width, height = box
    return left - by, top - by, width + 2 * by, height + 2 * by


def _clip(box: Box, outer: Box) -> Box:
    left, top = max(box[0], outer[0]), max(box[1], outer[1])
    right, bottom = min(box[0] + box[2], outer[0] + outer[2]), min(box[1] + box[3], outer[1] + outer[3])
    return left, top, right - left, bottom - top


def _render(text: str, width: int | None, ground: str | None) -> bytes:
    import resvg_py  # noqa: PLC0415

    try:
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=text,
                width=width,
                background=ground,
                skip_system_fonts=True,
                font_files=list(_FONTS),
                font_family="Pretendard",
                style_sheet=_FONT_RULE,
            )
        )
    except ValueError as error:
        raise DrawingError(str(error).removeprefix(_CAUSE)) from None


@cache
def lacks(character: str) -> bool:
    """Whether the font has no shape for a character: it would be drawn as an empty box."""
    from PIL import ImageFont  # noqa: PLC0415

    font = ImageFont.truetype(_FONTS[0], 24)
    return bytes(font.getmask(character)) == bytes(font.getmask("\U0010fffd")) and not character.isspace()
