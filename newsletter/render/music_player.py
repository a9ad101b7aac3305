"""The player that a music service has for a track, found in the pick's address alone.

Hosts are compared whole, and each part of a path is held against what that service
uses: an address that is not understood has no player, and stays a link.
"""

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

from newsletter.model.issue import Music

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_NUMBER = re.compile(r"[0-9]{1,20}\Z")
_NAME = re.compile(r"[\w%~-][\w%.~-]{0,199}\Z", re.ASCII)
_SPOTIFY = frozenset({"track", "album", "playlist", "artist", "show", "episode"})
_APPLE = frozenset({"album", "playlist", "song", "music-video"})
_BANDCAMP = re.compile(r"/(album|track)=([0-9]+)")
_SHORT, _LONG = 152, 352
_APPLE_SANDBOX = (
    "allow-forms allow-popups allow-same-origin allow-scripts "
    "allow-storage-access-by-user-activation allow-top-navigation-by-user-activation"
)
_TIME = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?\Z")

_Query = dict[str, str]


class Player(NamedTuple):
    """A service's player: its address, its height in pixels, what its frame may do.

    `sandbox` is empty for services that do not ask for one.
    """

    url: str
    height: int
    sandbox: str = ""


def player(music: Music) -> Player | None:
    """The player for a pick; None where its service has none that we know."""
    if music.embed:
        return _bandcamp(music.embed)
    try:
        url = urlsplit(music.url)
        find = _SERVICES.get((url.hostname or "").lower())
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
    except ValueError:
        return None
    parts = [part for part in url.path.split("/") if part]
    if find is None or not all(map(_NAME.match, parts)):
        return None
    return find(parts, query)


def _bandcamp(address: str) -> Player | None:
    """Its page says no id, so that the author gives the address of the player."""
    ids = dict(_BANDCAMP.findall(address))
    kind = "track" if "track" in ids else "album"
    look = "size=large/tracklist=false/artwork=small/transparent=true"
    return Player(
        f"https://bandcamp.com/EmbeddedPlayer/{kind}={ids[kind]}/{look}/", 120
    )


def _spotify(parts: list[str], _: _Query) -> Player | None:
    if parts and parts[0].startswith("intl-"):
        parts = parts[1:]
    if len(parts) != 2 or parts[0] not in _SPOTIFY or not _ID.match(parts[1]):
        return None
    height = _SHORT if parts[0] in ("track", "episode") else _LONG
    return Player(f"https://open.spotify.com/embed/{'/'.join(parts)}", height)


def _apple(parts: list[str], query: _Query) -> Player | None:
    if len(parts) not in (3, 4) or parts[1] not in _APPLE or not _ID.match(parts[0]):
        return None
    song = query.get("i", "")
    if song and not _NUMBER.match(song):
        return None
    url = f"https://embed.music.apple.com/{'/'.join(parts)}"
    height = 175 if song or parts[1] == "song" else 450
    return Player(f"{url}?i={song}" if song else url, height, _APPLE_SANDBOX)


def _youtube(parts: list[str], query: _Query) -> Player | None:
    listed, video = query.get("list", ""), ""
    if parts == ["playlist"]:
        wanted = f"videoseries?list={listed}"
        return _youtube_player(wanted + "&") if _ID.match(listed) else None
    if parts == ["watch"]:
        video = query.get("v", "")
    elif len(parts) == 2 and parts[0] in ("shorts", "live", "embed"):
        video = parts[1]
    return _video(video, query)


def _youtu_be(parts: list[str], query: _Query) -> Player | None:
    return _video(parts[0], query) if len(parts) == 1 else None


def _video(video: str, query: _Query) -> Player | None:
    if not _ID.match(video):
        return None
    start = _seconds(query.get("t") or query.get("start") or "")
    return _youtube_player(f"{video}?start={start}&" if start else f"{video}?")


def _youtube_player(wanted: str) -> Player:
    return Player(f"https://www.youtube-nocookie.com/embed/{wanted}autoplay=1", 315)


def _seconds(text: str) -> int:
    found = _TIME.match(text)
    parts = [int(part or 0) for part in found.groups()] if found else [0, 0, 0]
    return parts[0] * 3600 + parts[1] * 60 + parts[2]


def _soundcloud(parts: list[str], _: _Query) -> Player | None:
    is_set = len(parts) == 3 and parts[1] == "sets"
    if not is_set and len(parts) != 2:
        return None
    source = quote(f"https://soundcloud.com/{'/'.join(parts)}", safe="")
    wanted = "visual=false&auto_play=true&show_comments=false"
    return Player(
        f"https://w.soundcloud.com/player/?url={source}&{wanted}",
        450 if is_set else 166,
    )


_SERVICES: dict[str, Callable[[list[str], _Query], Player | None]] = {
    "open.spotify.com": _spotify,
    "music.apple.com": _apple,
    "youtube.com": _youtube,
    "www.youtube.com": _youtube,
    "m.youtube.com": _youtube,
    "music.youtube.com": _youtube,
    "youtu.be": _youtu_be,
    "soundcloud.com": _soundcloud,
    "www.soundcloud.com": _soundcloud,
    "m.soundcloud.com": _soundcloud,
}
