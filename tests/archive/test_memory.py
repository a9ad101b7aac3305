"""What a build remembers comes back as it was, and nothing of what is no memory."""

import pytest

from newsletter.archive.memory import Made, Memory
from newsletter.archive.shots import Shot

PAGE = Made("key", "digest", (1, 2, 3), ("photo.png|",), {"about.html": True})
OTHER = PAGE._replace(digest="other")
SHOT = Shot("/photo.png", 0, square=False, name="a.png", width=1, height=2, size=3)


def a_memory() -> Memory:
    made = {"index.html": PAGE, "line\nend.html": OTHER}
    return Memory("settings", "style", made=made, images={SHOT.key: SHOT})


def test_a_memory_comes_back_as_it_was() -> None:
    found = Memory.unpack(a_memory().pack(Memory()))

    wanted = a_memory()
    assert (found.settings, found.style) == ("settings", "style")
    assert (found.made, found.images) == (wanted.made, wanted.images)
    assert (found.issues, found.roundtables) == ({}, {})


def test_what_is_as_it_was_before_gives_the_same_bytes() -> None:
    data = a_memory().pack(Memory())
    before = Memory.unpack(data)

    again = Memory("settings", "style", made=before.made, images=before.images)

    assert again.pack(before) == data


def test_what_is_new_is_packed_and_what_is_gone_is_not() -> None:
    before = Memory.unpack(a_memory().pack(Memory()))
    made = {"index.html": PAGE._replace(key="new"), "new.html": OTHER}

    found = Memory.unpack(Memory("now", "", made=made).pack(before))

    assert (found.settings, found.made, found.images) == ("now", made, {})


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{}",
        b'["a","b"]\n[9,"x",[]]',
        b'["a","b"]\n[2,"x"]',
        b'["a","b"]\n[2,"x",[1]]',
        b'["a","b"]\n[2,"x",["","",[1,2,3],[],{}]],[2]',
        b"\xff",
    ],
)
def test_nothing_is_remembered_of_what_is_no_memory(damage: bytes) -> None:
    assert Memory.unpack(damage) == Memory()
