"""Derives newsletter/check/caniemail.json from the npm package `caniemail`.

`python scripts/caniemail.py` writes the table, `--check` only tells whether it is the
one that the installed package gives. Kept are facts: which mail program shows which
feature in its newest tested version, and how the feature is recognised in a mail.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "tests" / "tools" / "node_modules" / "caniemail"
TABLE = ROOT / "newsletter" / "check" / "caniemail.json"

TESTED = 250
"""A mail program with fewer tested features says too little to be named."""

# Features whose title does not say how a mail would use them.
PATTERNS = {
    "css-at-media-device-pixel-ratio": ["media:-webkit-device-pixel-ratio"],
    "css-at-media-hover": ["media:hover", "media:any-hover"],
    "css-at-media-orientation": ["media:orientation"],
    "css-at-media-prefers-color-scheme": ["media:prefers-color-scheme"],
    "css-at-media-prefers-reduced-motion": ["media:prefers-reduced-motion"],
    "css-block-inline-size": ["property:block-size", "property:inline-size"],
    "css-border-inline-block": ["property:border-inline", "property:border-block"],
    "css-border-radius-logical": ["property:border-start-start-radius"],
    "css-color-scheme": ["property:color-scheme"],
    "css-column-layout-properties": ["property:columns", "property:column-rule"],
    "css-flex-direction": ["value:flex-direction:column"],
    "css-flex-wrap": ["value:flex-wrap:wrap"],
    "css-font": ["property:font"],
    "css-grid-template": [
        "property:grid-template",
        "property:grid-template-columns",
        "property:grid-template-rows",
        "property:grid-template-areas",
    ],
    "css-inline-size": ["property:inline-size"],
    "css-intrinsic-size": [
        "word:fit-content",
        "word:min-content",
        "word:max-content",
    ],
    "css-margin-block-start-end": [
        "property:margin-block-start",
        "property:margin-block-end",
    ],
    "css-margin-inline-block": ["property:margin-inline", "property:margin-block"],
    "css-margin-inline-start-end": [
        "property:margin-inline-start",
        "property:margin-inline-end",
    ],
    "css-modern-color": [
        "function:lch",
        "function:oklch",
        "function:lab",
        "function:oklab",
    ],
    "css-padding-block-start-end": [
        "property:padding-block-start",
        "property:padding-block-end",
    ],
    "css-padding-inline-block": ["property:padding-inline", "property:padding-block"],
    "css-padding-inline-start-end": [
        "property:padding-inline-start",
        "property:padding-inline-end",
    ],
    "css-scroll-snap": ["property:scroll-snap-type", "property:scroll-snap-align"],
    "css-unit-calc": ["function:calc"],
    "css-unit-initial": ["word:initial"],
    "css-unit-percent": ["unit:%"],
    "css-variables": ["function:var"],
    "html-address": ["element:address"],
    "html-base": ["element:base"],
    "html-button-reset": ["element:button"],
    "html-button-submit": ["element:button"],
    "html-form": ["element:form"],
    "html-h1-h6": [f"element:h{level}" for level in range(1, 7)],
    "html-image-maps": ["element:map"],
    "html-input-checkbox": ["element:input"],
    "html-lists": ["element:ul", "element:ol", "element:dl"],
    "html-semantics": [
        "element:article",
        "element:aside",
        "element:details",
        "element:figcaption",
        "element:figure",
        "element:footer",
        "element:header",
        "element:main",
        "element:mark",
        "element:nav",
        "element:section",
        "element:summary",
        "element:time",
    ],
    "html-srcset": ["attribute:srcset"],
    "html-svg": ["element:svg"],
    "image-base64": ["image:data"],
    "image-heif": ["image:heif", "image:heic"],
    "image-jpg": ["image:jpg", "image:jpeg"],
}

# What no mark-up shows, what is a way of writing a style sheet, and what all need.
LEFT_OUT = re.compile(
    r"amp|bimi|css-(?:comments|important|inert-attribute|nesting|selector-.*|sytem-ui)"
    r"|css-border-inline-block-(?:individual|longhand)|css-pseudo-class-(?:lang|link)"
    r"|html-(?:anchor-links|body|comments|doctype|mailto-links|meta-color-scheme|style)"
    r"|html-input-(?:hidden|radio|reset|submit|text)"
    r"|image-(?:apng|hdr|mp4)"
)

_PLAIN = (
    (re.compile(r"[a-z-]+(?:, [a-z-]+)*"), "property"),
    (re.compile(r"([a-z-]+) property"), "property"),
    (re.compile(r"([a-z]+:[a-z]+)"), "value"),
    (re.compile(r"([a-z-]+)\(\)"), "function"),
    (re.compile(r"([a-z]+) unit"), "unit"),
    (re.compile(r"@([a-z-]+)"), "at"),
    (re.compile(r"::?([a-z-]+)(?:\(\))?"), "pseudo"),
    (re.compile(r"<([a-z]+)> element"), "element"),
    (re.compile(r"([a-z-]+) attribute"), "attribute"),
)


def table(data: dict[str, Any], version: str) -> dict[str, Any]:
    """The facts that `newsletter check` needs, by the slug of each feature."""
    features = {
        item["slug"]: patterns
        for item in data["data"]
        if (patterns := recognised(item["slug"], item["title"].strip()))
    }
    kept = [item for item in data["data"] if item["slug"] in features]
    counts: dict[str, int] = {}
    for item in data["data"]:
        for name in _latest(item):
            counts[name] = counts.get(name, 0) + 1
    clients = sorted(name for name, count in counts.items() if count >= TESTED)
    return {
        "package": version,
        "updated": data["last_update_date"][:10],
        "clients": clients,
        "features": {
            item["slug"]: [
                item["title"].strip(),
                features[item["slug"]],
                "".join(_latest(item).get(name, "u") for name in clients),
            ]
            for item in kept
        },
    }


def recognised(slug: str, title: str) -> list[str]:
    """How a mail shows that it uses a feature; nothing for one that is left out."""
    if slug in PATTERNS:
        return PATTERNS[slug]
    if LEFT_OUT.fullmatch(slug):
        return []
    if slug.startswith("image-"):
        return [f"image:{slug.removeprefix('image-')}"]
    for pattern, kind in _PLAIN:
        if found := pattern.fullmatch(title):
            names = found.groups() or title.split(", ")
            return [f"{kind}:{name}" for name in names]
    message = f"{slug} ({title}): say in PATTERNS how a mail uses it, or leave it out"
    raise SystemExit(message)


def _latest(item: dict[str, Any]) -> dict[str, str]:
    """The newest verdict of each mail program: y, n, a (in part) or u (unknown)."""
    return {
        _name(family, platform): list(versions.values())[-1][0]
        for family, platforms in item["stats"].items()
        for platform, versions in platforms.items()
        if versions
    }


def _name(family: str, platform: str) -> str:
    short = {"desktop-webmail": "web", "mobile-webmail": "mobile-web"}
    if platform == "outlook-com":
        return platform
    return f"{family}-{short.get(platform, platform)}"


def written(facts: dict[str, Any]) -> str:
    """The table as the file has it: a line for each feature."""
    features = facts.pop("features")
    head = json.dumps(facts, indent=1)[:-2]
    lines = ",\n".join(
        f"  {json.dumps(slug)}: {json.dumps(facts, separators=(',', ':'))}"
        for slug, facts in features.items()
    )
    return f'{head},\n "features": {{\n{lines}\n }}\n}}\n'


def main() -> None:
    """Write the table, or with `--check` compare it."""
    data = json.loads((PACKAGE / "data" / "caniemail.json").read_text("utf-8"))
    version = json.loads((PACKAGE / "package.json").read_text("utf-8"))["version"]
    made = written(table(data, version))
    if "--check" not in sys.argv:
        TABLE.write_text(made, "utf-8")
    elif made != TABLE.read_text("utf-8"):
        sys.exit(f"{TABLE.name} is not that of caniemail {version}: run {__file__}")


if __name__ == "__main__":
    main()
