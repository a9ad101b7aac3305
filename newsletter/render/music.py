"""The music pick: its service, recognised by the host alone, and its cover."""

from urllib.parse import urlsplit

from newsletter.model.email import ImageFile, ImageResolver
from newsletter.model.issue import Issue
from newsletter.model.problem import Problem
from newsletter.render.address import image_path, public_url, web_address
from newsletter.render.html import Picture

COVER = 96
"""Pixels that a cover is wide, in mail and on the web."""

_SERVICES = {
    "open.spotify.com": "Spotify",
    "spotify.link": "Spotify",
    "music.apple.com": "Apple Music",
    "youtube.com": "YouTube",
    "www.youtube.com": "YouTube",
    "m.youtube.com": "YouTube",
    "music.youtube.com": "YouTube Music",
    "youtu.be": "YouTube",
    "soundcloud.com": "SoundCloud",
    "on.soundcloud.com": "SoundCloud",
    "bandcamp.com": "Bandcamp",
}


def service(url: str) -> str:
    """The name of the service, the host of one that we do not know, or the address."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return url
    if host.endswith(".bandcamp.com"):
        return "Bandcamp"
    return _SERVICES.get(host, host)


def cover(
    issue: Issue, base_url: str, images: ImageResolver
) -> Picture | Problem | None:
    """The cover of an issue's music as it is shown, or what is wrong with it."""
    source = issue.music.cover if issue.music else ""
    if not source:
        return None
    if web_address(source):
        return Picture(source, "", width=COVER)
    found = images(source, width=COVER)
    if isinstance(found, ImageFile):
        url = public_url(base_url, image_path(found))
        height = round(found.height * COVER / found.width)
        return Picture(url, "", width=COVER, height=height)
    line, column = issue.places.get("music.cover", (issue.line_of("music"), 1))
    return Problem(
        code="image",
        message=f"the music's cover `{source}` {found.message}",
        hint=found.hint,
        file=issue.file,
        line=line,
        column=column,
    )
