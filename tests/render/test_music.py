"""The service behind a music pick is known by its host."""

import pytest

from newsletter.render.music import service


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://open.spotify.com/track/1", "Spotify"),
        ("https://OPEN.SPOTIFY.COM/track/1", "Spotify"),
        ("https://music.apple.com/gb/album/1", "Apple Music"),
        ("https://www.youtube.com/watch?v=1", "YouTube"),
        ("https://youtu.be/1", "YouTube"),
        ("https://music.youtube.com/watch?v=1", "YouTube Music"),
        ("https://soundcloud.com/a/b", "SoundCloud"),
        ("https://a-band.bandcamp.com/album/b", "Bandcamp"),
        ("https://radio.example.org/x", "radio.example.org"),
        ("https://evil.example/open.spotify.com", "evil.example"),
        ("https://open.spotify.com.evil.example", "open.spotify.com.evil.example"),
        ("https://open.spotify.com@evil.example", "evil.example"),
        ("https://notbandcamp.com/x", "notbandcamp.com"),
    ],
)
def test_a_service_is_named_by_its_host_alone(url: str, name: str) -> None:
    assert service(url) == name


@pytest.mark.parametrize("url", ["https://[::1", "https://a]b/"])
def test_an_address_that_cannot_be_read_stands_for_itself(url: str) -> None:
    assert service(url) == url
