"""Music picks get the player of their service, and nothing else gets one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from newsletter.model.issue import Music
from newsletter.render.music_player import player
from newsletter.render.page_policy import PLAYERS

SPOTIFY = "https://open.spotify.com/embed"
YOUTUBE = "https://www.youtube-nocookie.com/embed"
APPLE = "https://embed.music.apple.com"


def url(address: str) -> str:
    found = player(Music(url=address))
    return found.url if found else ""


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://open.spotify.com/track/5ab?si=x", f"{SPOTIFY}/track/5ab"),
        ("https://open.spotify.com/intl-de/album/5ab", f"{SPOTIFY}/album/5ab"),
        ("https://OPEN.spotify.com/show/5ab/", f"{SPOTIFY}/show/5ab"),
        ("https://music.apple.com/us/album/a/1?i=2&x=3", f"{APPLE}/us/album/a/1?i=2"),
        ("https://music.apple.com/us/playlist/a/pl.1", f"{APPLE}/us/playlist/a/pl.1"),
        ("https://music.apple.com/us/song/1", f"{APPLE}/us/song/1"),
        ("https://www.youtube.com/watch?v=a_B-1", f"{YOUTUBE}/a_B-1?autoplay=1"),
        (
            "https://music.youtube.com/watch?v=ab&t=1m5s",
            f"{YOUTUBE}/ab?start=65&autoplay=1",
        ),
        ("https://youtu.be/ab?t=1h1", f"{YOUTUBE}/ab?start=3601&autoplay=1"),
        ("https://youtu.be/ab?t=soon", f"{YOUTUBE}/ab?autoplay=1"),
        ("https://youtube.com/shorts/ab", f"{YOUTUBE}/ab?autoplay=1"),
        (
            "https://www.youtube.com/playlist?list=PL1",
            f"{YOUTUBE}/videoseries?list=PL1&autoplay=1",
        ),
        (
            "https://soundcloud.com/u/t",
            "https://w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2Fu%2Ft"
            "&visual=false&auto_play=true&show_comments=false",
        ),
    ],
)
def test_each_service_has_its_player(address: str, expected: str) -> None:
    assert url(address) == expected


def test_a_list_is_higher_than_a_track() -> None:
    heights = [
        found.height
        for address in (
            "https://open.spotify.com/track/1",
            "https://open.spotify.com/album/1",
            "https://music.apple.com/us/album/a/1?i=2",
            "https://music.apple.com/us/album/a/1",
            "https://soundcloud.com/u/t",
            "https://soundcloud.com/u/sets/s",
        )
        if (found := player(Music(url=address)))
    ]
    assert heights == [152, 352, 175, 450, 166, 450]


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/open.spotify.com/track/1",
        "https://open.spotify.com.evil.example/track/1",
        "https://open.spotify.com@evil.example/track/1",
        "https://evil.example/?https://www.youtube.com/watch?v=ab",
        "https://notyoutube.com/watch?v=ab",
        "https://open.spotify.com/track/../1",
        'https://open.spotify.com/track/1"onload="x',
        "https://open.spotify.com/user/1",
        "https://open.spotify.com/track",
        "https://music.apple.com/us/artist/a/1",
        "https://music.apple.com/us/album/a/1?i=x",
        "https://www.youtube.com/watch",
        "https://www.youtube.com/playlist?list=a%20b",
        "https://youtu.be/a/b",
        "https://soundcloud.com/u",
        "https://x.bandcamp.com/track/y",
        "https://example.com/",
        "https://[bad",
    ],
)
def test_what_is_not_understood_stays_a_link(address: str) -> None:
    assert url(address) == ""


def test_bandcamp_is_told_by_the_address_of_its_player() -> None:
    given = "https://bandcamp.com/EmbeddedPlayer/album=12/size=large/track=9/"
    found = player(Music(url="https://x.bandcamp.com/track/y", embed=given))
    home = "https://bandcamp.com/EmbeddedPlayer/track=9/size=large/tracklist=false"

    assert found
    assert found.url == f"{home}/artwork=small/transparent=true/"
    assert found.height == 120


@pytest.mark.parametrize(
    "address",
    [
        "https://bandcamp.com.evil.example/EmbeddedPlayer/track=9/",
        "https://bandcamp.com/EmbeddedPlayer/size=large/",
        "https://bandcamp.com/EmbeddedPlayer/track=9/x'y/",
        "javascript:alert(1)",
    ],
)
def test_any_other_player_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="not the address of a player"):
        Music(url="https://example.com/", embed=address)


HOSTS = ("open.spotify.com", "music.apple.com", "youtu.be", "soundcloud.com", "e.test")
TEXT = st.text(st.sampled_from("abc1/?=&.:@#%\"'<> -_"), max_size=30)


@given(st.sampled_from(HOSTS), TEXT)
def test_whatever_is_written_the_player_is_one_of_those_that_may_play(
    host: str, rest: str
) -> None:
    address = url(f"https://{host}/{rest}")

    assert not address or address.startswith(tuple(f"{home}/" for home in PLAYERS))
    assert not set(address) & set("\"'<> ")
