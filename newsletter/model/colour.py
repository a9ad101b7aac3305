"""Colours as numbers: how well a text stands out, and what inverting makes of it."""

import colorsys

READABLE = 4.5
"""The least contrast of text of ordinary size: WCAG 2.2, 1.4.3, level AA."""


def contrast(text: str, background: str) -> float:
    """The contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    light, dark = sorted((luminance(text), luminance(background)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """How bright a `#rrggbb` colour is, 0 to 1 (WCAG 2.2, relative luminance)."""
    red, green, blue = (_linear(part) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def inverted(colour: str) -> str:
    """The colour as a mail program shows it that turns light mails dark by itself.

    Gmail for iOS and Outlook for Windows ask nobody; what they do is close to turning
    the lightness over while hue and saturation stay.
    """
    hue, lightness, saturation = colorsys.rgb_to_hls(*_parts(colour))
    parts = colorsys.hls_to_rgb(hue, 1 - lightness, saturation)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red / 255, green / 255, blue / 255


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
