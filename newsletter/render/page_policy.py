"""The Content-Security-Policy of a page: what it may load, and from whom."""

from base64 import b64encode
from hashlib import sha256

PLAYERS = (
    "https://open.spotify.com",
    "https://embed.music.apple.com",
    "https://www.youtube-nocookie.com",
    "https://w.soundcloud.com",
    "https://bandcamp.com",
)
"""Who may play music in a page, and only once somebody has asked for it."""


def page_policy(
    form: str = "", *, script: bool = False, players: bool = False, data: str = ""
) -> str:
    """The policy, for a meta element: a static host sends no headers of ours.

    Nothing is loaded but our style sheet and images; `script` allows our own script,
    `players` the services' frames, `form` is the origin that a form may be sent to.
    `data` is the text of a script element that holds data: it is not run, and named
    all the same for those who hold every such element against the policy.
    """
    scripts = ["'self'"] * script
    if data:
        digest = b64encode(sha256(data.encode()).digest()).decode()
        scripts.append(f"'sha256-{digest}'")
    allowed = [
        "default-src 'none'",
        "img-src 'self'",
        "style-src 'self'",
        # No script of ours asks for anything; but who audits a page in a browser reads
        # robots.txt in its name, and finds none when that is forbidden.
        "connect-src 'self'",
        *([f"script-src {' '.join(scripts)}"] if scripts else []),
        *([f"frame-src {' '.join(PLAYERS)}"] if players else []),
        "base-uri 'none'",
        "form-action " + (form or "'none'"),
    ]
    return "; ".join(allowed)
