"""The Markdown tree: what pyromark's events become, with lines, links and footnotes."""

import pytest

from newsletter.errors import SourceError
from newsletter.render.merge import MergeTags
from newsletter.render.tree import MAX_DEPTH, Document, Node, parse
from tests.render.making import FILE, KNOWN


def tree(markdown: str, *, line: int = 1, smart: bool = False) -> Document:
    return parse(markdown, MergeTags(FILE, KNOWN), line=line, smart=smart)


def found(document: Document, kind: str) -> list[Node]:
    return [node for node in document.nodes if node.kind == kind]


def links(markdown: str, *, smart: bool = False) -> list[str]:
    return [
        node.attributes["dest_url"]
        for node in found(tree(markdown, smart=smart), "Link")
    ]


def test_every_node_knows_the_line_of_the_file_it_stands_on() -> None:
    document = tree("# one\n\ntwo\n\n- three\n- [four](/4)\n\né\n\n> five", line=10)

    lines = [(node.kind, node.line) for node in document.blocks]
    assert lines == [
        ("Heading", 10),
        ("Paragraph", 12),
        ("List", 14),
        ("Paragraph", 17),
        ("BlockQuote", 19),
    ]
    assert found(document, "Link")[0].line == 15


@pytest.mark.parametrize("tag", ['{{ name | default("Zoë 🪑") }}', "{{ nonsense }}"])
def test_a_merge_tag_moves_nothing_after_it(tag: str) -> None:
    with_tag = tree(f"hi {tag}\n\n{tag} [a](/a)\n\n## end", line=5)

    assert [node.line for node in found(with_tag, "Link")] == [7]
    assert [node.line for node in found(with_tag, "Heading")] == [9]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("see https://a.example/b.", "https://a.example/b"),
        ("(https://a.example/b)", "https://a.example/b"),
        (
            "https://en.example.org/wiki/Chair_(seat) is",
            "https://en.example.org/wiki/Chair_(seat)",
        ),
        ("https://a.example/b?c=d&e=f, g", "https://a.example/b?c=d&e=f"),
        ("**https://a.example/b**", "https://a.example/b"),
        ("https://a.example/)))", "https://a.example/"),
    ],
)
def test_a_bare_web_address_becomes_a_link_without_the_punctuation_after_it(
    text: str, url: str
) -> None:
    assert links(text) == [url]


@pytest.mark.parametrize(
    "text", ["https://", "https://...", "nothttps://a.example", "`https://a.example`"]
)
def test_what_only_looks_like_a_web_address_stays_text(text: str) -> None:
    assert links(text) == []
    assert tree(text).blocks[0].plain().strip() == text.strip("`")


def test_a_bare_address_knows_its_line() -> None:
    document = tree("a\nb\nhttps://a.example\n\n- c https://b.example", line=10)

    assert [node.line for node in found(document, "Link")] == [12, 14]


def test_a_bare_address_inside_a_link_is_not_linked_again() -> None:
    assert links("[https://a.example](https://b.example)") == ["https://b.example"]


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/b--c",
        "https://a.example/b---c",
        "https://a.example/it's",
        "https://a.example/x...y",
        "https://a.example/{{ email }}/b--c",
    ],
)
def test_smart_punctuation_does_not_change_an_address(url: str) -> None:
    tags = MergeTags(FILE, KNOWN)
    document = parse(f'he said "{url}" -- twice.', tags)

    [link] = found(document, "Link")
    assert tags.written(link.attributes["dest_url"]) == url
    text = tags.written(document.blocks[0].plain()).strip()
    assert text == f"he said “{url}” – twice."


def test_a_dash_that_an_author_typed_into_an_address_stays() -> None:
    assert links("https://a.example/a–b", smart=True) == ["https://a.example/a–b"]


def test_an_address_in_angle_brackets_is_a_link_to_write_to() -> None:
    assert links("<mo@a.example>") == ["mailto:mo@a.example"]


def test_footnotes_come_in_the_order_of_their_use_wherever_they_are_written() -> None:
    document = tree(
        "> [^b]: second\n\n[^a]: first [^c]\n\none[^a] two[^b]\n\n[^c]: third"
    )

    assert list(document.footnotes) == ["a", "b", "c"]
    texts = [note.plain().strip() for note in document.footnotes.values()]
    assert texts == ["first", "second", "third"]
    assert document.unused == []


def test_footnotes_that_nothing_refers_to_are_kept_apart() -> None:
    document = tree("one[^a]\n\n[^a]: used\n\n[^a]: twice\n\n[^b]: never", line=3)

    unused = [(note.attributes["value"], note.line) for note in document.unused]
    assert unused == [("a", 7), ("b", 9)]


def test_footnotes_that_refer_to_each_other_end() -> None:
    document = tree("[^a]\n\n[^a]: see [^b]\n\n[^b]: see [^a]")

    assert list(document.footnotes) == ["a", "b"]


def test_plain_text_has_no_markup_and_no_two_words_in_one() -> None:
    document = tree(
        "a *b*[^1]\nc\n\n- [x] d\n- e `f`\n\n|g|h|\n|-|-|\n|i|j|\n\n[^1]: x"
    )

    plain = " ".join(block.plain() for block in document.blocks)
    assert plain.split() == list("abcdefghij")


def test_code_and_words_are_counted_as_words() -> None:
    assert tree("one **two** `three`\n\n    four five").words == 5
    assert tree("").words == 0


@pytest.mark.parametrize(
    ("markdown", "line"),
    [
        (">" * 1000 + " a", 1),
        ("- " * 1000 + "a", 1),
        ("*" * 5000 + "a" + "*" * 5000, 1),
        ("".join("  " * depth + "- a\n" for depth in range(300)), 51),
    ],
)
def test_a_text_nested_too_deep_is_refused_at_its_line(
    markdown: str, line: int
) -> None:
    with pytest.raises(SourceError) as refused:
        tree(markdown)

    [problem] = refused.value.problems
    assert (problem.file, problem.line) == (FILE, line)
    assert f"more than {MAX_DEPTH} deep" in str(problem)


def test_a_text_may_be_nested_deeper_than_anybody_reads() -> None:
    assert tree(">" * (MAX_DEPTH - 2) + " a").words == 1


@pytest.mark.parametrize(
    ("markdown", "width", "left"),
    [
        ("![a](b){width=96px} c", 96, " c"),
        ("![a](b){width=96}", 96, ""),
        ('![a](b){ width = "96px" }', 96, ""),
        ("[![a](b)](c){width=96px} d", 96, " d"),
        ("![a](b){width=96px}{width=1px}", 96, "{width=1px}"),
        ("![a](b) {width=96px}", 0, " {width=96px}"),
        ("![a](b){width=0}", 0, "{width=0}"),
        ("![a](b){width=50%}", 0, "{width=50%}"),
        ("![a](b){height=96px}", 0, "{height=96px}"),
        ("[x ![a](b)](c){width=96px}", 0, "{width=96px}"),
        ("{width=96px}", 0, "{width=96px}"),
        ("*x*{width=96px}", 0, "{width=96px}"),
    ],
)
@pytest.mark.parametrize("smart", [True, False])
def test_an_image_may_be_given_a_width(
    markdown: str, width: int, left: str, smart: bool
) -> None:
    [paragraph] = parse(markdown, MergeTags("", ()), smart=smart).blocks
    images = [node for node in paragraph.walk() if node.kind == "Image"]

    assert [node.attributes.get("width", 0) for node in images] in ([width], [])
    last = paragraph.children[-1]
    assert (last.text if last.kind == "Text" else "") == left


def test_a_link_after_the_width_of_an_image_is_where_it_is() -> None:
    document = parse("![a](b){width=96px} https://c.example", MergeTags("", ()))

    [link] = [node for node in document.nodes if node.kind == "Link"]
    assert (link.line, link.column) == (1, 21)


def test_places_in_a_long_line_are_counted_in_characters() -> None:
    nodes = tree("é *ü* ß *ö*\n*ñ*[^1] é *ü*\n\n[^1]: é *ü*").nodes

    places = [(node.line, node.column) for node in nodes if node.kind == "Emphasis"]
    assert places == [(1, 3), (1, 9), (2, 1), (2, 11), (4, 9)]
