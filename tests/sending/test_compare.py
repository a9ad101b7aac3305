"""Two emails of an issue: links and images are paired by what they kept."""

from html import escape

from newsletter.model.email import MergeField, MergeText
from newsletter.model.frozen import FrozenEmail
from newsletter.sending.diff.compare import compare
from newsletter.sending.diff.seen import Reference
from tests.render.sending import a_frozen_email


def with_links(*links: tuple[str, str]) -> FrozenEmail:
    """An email of these links, each a text and a target."""
    html = "".join(f'<a href="{escape(url)}">{text}</a> ' for text, url in links)
    return a_frozen_email(html=MergeText((html,)))


def test_a_link_that_kept_its_text_or_its_target_has_changed() -> None:
    before = with_links(("a", "/1"), ("b", "/2"), ("c", "/3"), ("d", "/4"))
    after = with_links(("a", "/1"), ("b", "/5"), ("x", "/3"), ("y", "/6"))

    links = compare(before, after).links

    assert links.changed == (
        (Reference("b", "/2"), Reference("b", "/5")),
        (Reference("c", "/3"), Reference("x", "/3")),
    )
    assert links.removed == (Reference("d", "/4"),)
    assert links.added == (Reference("y", "/6"),)


def test_the_text_says_more_of_what_a_link_was_than_the_target() -> None:
    before = with_links(("a", "/1"), ("b", "/2"))
    after = with_links(("a", "/2"), ("b", "/1"))

    links = compare(before, after).links
    assert [(old.text, new.text) for old, new in links.changed] == [
        ("a", "a"),
        ("b", "b"),
    ]


def test_pictures_without_a_text_are_not_taken_for_each_other() -> None:
    before, after = (
        a_frozen_email(html=MergeText((f'<img src="{name}" alt="">',)))
        for name in ("a.png", "b.png")
    )

    images = compare(before, after).images

    assert images.changed == ()
    assert (images.removed, images.added) == (
        (Reference("", "a.png"),),
        (Reference("", "b.png"),),
    )


def test_what_stands_twice_counts_twice() -> None:
    link = ("a", "/1")

    assert compare(with_links(link, link), with_links(link)).links.removed == (
        Reference("a", "/1"),
    )
    assert not compare(with_links(link, link), with_links(link, link)).links


def test_another_default_is_another_email_and_another_number_of_a_field_is_not() -> (
    None
):
    html = MergeText(("<p>", "</p>"), (0,))
    one = a_frozen_email(html=html, text=html, fields=(MergeField("name", "you"),))
    other = a_frozen_email(html=html, text=html, fields=(MergeField("name", "all"),))
    moved = a_frozen_email(
        html=MergeText(("<p>", "</p>"), (1,)),
        text=MergeText(("<p>", "</p>"), (1,)),
        fields=(MergeField("email"), MergeField("name", "you")),
    )

    assert compare(one, one).same
    assert compare(one, moved).same
    difference = compare(one, other)
    assert not difference.same
    assert (difference.html_changed, difference.text_changed) == (True, True)
