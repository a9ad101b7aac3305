"""What a reader sees of an email is read from its HTML, however it was made."""

from newsletter.model.email import MergeField, MergeText
from newsletter.model.frozen import FrozenEmail
from newsletter.sending.diff.seen import Reference, seen
from tests.render.making import rendered, sample
from tests.render.sending import a_frozen_email


def of(html: str) -> list[str]:
    """The paragraphs of HTML."""
    return list(seen(a_frozen_email(html=MergeText((html,)))).paragraphs)


def test_words_stand_in_paragraphs_with_marks_for_what_they_are() -> None:
    html = """<html><head><title>no</title><style>no{}</style></head><body>
      <table><tr><td>one</td><td>two</td></tr></table><h2>a head</h2>
      <p>some <b>bold</b> and<br>more\n words</p><ul><li><p>item</p><p>goes on</p></li>
      <li>next</li></ul><blockquote><p>a quote</p></blockquote>
      <!--[if mso]><p>no</p><![endif]--><p>a&nbsp;b &amp; <i>c</p><p> </p>tail</body>"""

    assert of(html) == [
        "one",
        "two",
        "# a head",
        "some bold and more words",
        "- item",
        "goes on",
        "- next",
        "> a quote",
        "a\u00a0b & c",
        "tail",
    ]


def test_what_is_hidden_is_not_seen_but_the_first_is_the_preheader() -> None:
    html = (
        '<body><div style="color:red;display: none;">read <b>me</b>'
        "<img src=x alt=no>&#847;&zwnj;&nbsp;</div><p>a</p>"
        '<div style="display:none"><p>not</p><a href="https://a.example">me</a></div>'
    )
    found = seen(a_frozen_email(html=MergeText((html,))))

    assert found.preheader == "read me"
    assert found.paragraphs == ("a",)
    assert found.links == found.images == ()


def test_an_email_without_a_preheader_has_none() -> None:
    html = '<div style="display:none">outside of a body</div><p>a</p>'

    assert seen(a_frozen_email(html=MergeText((html,)))).preheader == ""


def test_links_and_images_have_their_texts_and_targets() -> None:
    html = (
        '<p><a href="https://a.example/?a=1&amp;b=2"> a <b>link</b></a> <a>none</a>'
        '<a href="https://b.example"><img src="c.png" alt="a chair"></a>'
        '<img src="d.png"></p></i>'
    )
    found = seen(a_frozen_email(html=MergeText((html,))))

    assert found.links == (
        Reference("a link", "https://a.example/?a=1&b=2"),
        Reference("a chair", "https://b.example"),
    )
    assert found.images == (Reference("a chair", "c.png"), Reference("", "d.png"))


def test_a_merge_tag_is_seen_as_a_tag() -> None:
    html = MergeText(("<p>hi ", ' <a href="', '">x</a></p>'), (1, 0))
    fields = (MergeField("unsubscribe_url"), MergeField("name", 'a "b" <c>'))
    found = seen(
        a_frozen_email(html=html, subject=MergeText(("to ", ""), (1,)), fields=fields)
    )

    assert found.subject == 'to {{ name | default("a "b" <c>") }}'
    assert found.paragraphs == ('hi {{ name | default("a "b" <c>") }} x',)
    assert found.links == (Reference("x", "{{ unsubscribe_url }}"),)
    assert found.html_bytes == len(
        '<p>hi a &quot;b&quot; &lt;c&gt; <a href="">x</a></p>'
    )


def test_the_mail_we_make_is_read_as_it_was_written() -> None:
    email = rendered(
        "hello {{ first_name }},\n\n## a head\n\n- [a link](https://a.example)",
        title="the title",
        preheader="the preheader of it",
    )
    found = seen(FrozenEmail.freeze(email, sample()))

    assert found.subject == "the title"
    assert found.preheader == "the preheader of it"
    assert found.sender == "mo from the second chair <mo@letter.example.com>"
    start = found.paragraphs.index("hello {{ first_name }},")
    assert found.paragraphs[start + 1 : start + 3] == ("# a head", "- a link")
    assert "# the title" in found.paragraphs
    assert Reference("a link", "https://a.example") in found.links
    assert Reference("unsubscribe", "{{ unsubscribe_url }}") in found.links
