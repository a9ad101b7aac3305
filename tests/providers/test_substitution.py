"""What a service fills in is what was frozen, whatever authors and readers write."""

import json
import re
from collections.abc import Callable, Mapping
from html import escape

from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.email import MergeField, MergeText
from newsletter.model.frozen import UNSUBSCRIBE, FrozenEmail
from newsletter.model.message import Batch
from newsletter.providers import mailgun, sendgrid, ses
from newsletter.providers.substitution import Substitution, substitute
from tests.providers.batches import a_batch, a_recipient, an_email

SIGNS = re.findall(
    r"\S+",
    "{ } {{ }} {{{ {{u}} {{h1}} {{{t1}}} \\{{ \\ % %% %recipient %recipient.u% "
    "%recipient.h1% recipient.h1% .h1 %unsubscribe_url% -3f8e6a0c -3f8e6a0c.u- -h1- "
    "- . u x é & < &amp; [unsubscribe] <%body%> {{{{raw}}}} {{#if}} {{!--",
)
TEXTS = st.lists(st.sampled_from([*SIGNS, " "]), max_size=6).map("".join)
FIELDS = (MergeField(UNSUBSCRIBE), MergeField("first_name", "there"))


@st.composite
def merge_texts(draw: st.DrawFn) -> MergeText:
    slots = draw(st.lists(st.sampled_from([0, 1]), max_size=4))
    size = len(slots) + 1
    literals = draw(st.lists(TEXTS, min_size=size, max_size=size))
    return MergeText(tuple(literals), tuple(slots))


@st.composite
def emails(draw: st.DrawFn) -> FrozenEmail:
    return an_email(
        subject=MergeText(("hi ", ""), (1,)),
        html=draw(merge_texts()),
        text=draw(merge_texts()),
        fields=FIELDS,
    )


def once(pattern: str) -> Callable[[str, Mapping[str, str]], str]:
    """A service that reads a text once, and never what it has filled in."""

    def fill(text: str, known: Mapping[str, str]) -> str:
        return re.sub(pattern, lambda found: known[found[1]], text)

    return fill


def one_by_one(text: str, known: Mapping[str, str]) -> str:
    """A service that looks for each variable in what it has made of the others."""
    for mark, value in sorted(known.items(), reverse=True):
        text = text.replace(mark, value)
    return text


def filled(
    texts: Substitution, batch: Batch, fill: Callable[[str, Mapping[str, str]], str]
) -> tuple[str, str]:
    (recipient,) = batch.recipients
    known = {**texts.values(recipient), **texts.constants}
    return fill(texts.html, known), fill(texts.text, known)


def frozen(batch: Batch) -> tuple[str, str]:
    (recipient,) = batch.recipients
    return batch.html(recipient), batch.text(recipient)


def a_letter(email: FrozenEmail, name: str) -> Batch:
    return a_batch([a_recipient(email, 1, name=name)], email=email)


@given(email=emails(), name=TEXTS)
def test_mailgun_fills_in_what_was_frozen(email: FrozenEmail, name: str) -> None:
    batch = a_letter(email, name)
    texts = substitute(email, mailgun._variable, mailgun._RESERVED)

    assert filled(texts, batch, once(r"%recipient\.(\w+)%")) == frozen(batch)
    # Nothing else is left that Mailgun could take for its own, wherever it begins.
    whole = f"{texts.html}\n{texts.text}"
    assert set(re.findall(r"(?=%recipient\.(\w+)%)", whole)) <= {
        *texts.values(batch.recipients[0]),
        *texts.constants,
    }
    rest = re.sub(r"%recipient\.\w+%", "|", whole)
    assert "%recipient" not in rest
    assert "%unsubscribe" not in rest
    assert "|recipient" not in rest


@given(email=emails(), name=TEXTS)
def test_ses_fills_in_what_was_frozen(email: FrozenEmail, name: str) -> None:
    batch = a_letter(email, name)
    texts = substitute(email, ses._variable, ses._RESERVED)

    assert filled(texts, batch, once(r"\{\{(\w+)\}\}")) == frozen(batch)
    # As any reader of such templates would cut it: no braces but those of variables.
    whole = f"{texts.html}\n{texts.text}"
    rest = re.sub(r"(?<![\\{])\{\{\w+\}\}(?!\})", "|", whole)
    assert "{{" not in rest
    assert "}}" not in rest


@given(email=emails(), name=TEXTS)
def test_sendgrid_fills_in_what_was_frozen(email: FrozenEmail, name: str) -> None:
    batch = a_letter(email, name)
    texts = sendgrid._texts(batch)

    # A name that has the mark in it would have to know the campaign's uid.
    if "3f8e6a0c" not in name:
        assert filled(texts, batch, one_by_one) == frozen(batch)


@given(name=st.text(max_size=30))
def test_every_value_is_escaped_for_where_it_stands(name: str) -> None:
    email = an_email()
    batch = a_letter(email, name)
    (recipient,) = batch.recipients

    values = substitute(email, str, re.compile(r"(?!)")).values(recipient)

    assert values["t1"] == recipient.values[1]
    assert values["h1"] == escape(recipient.values[1])
    assert values["u"] == recipient.token
    assert json.loads(json.dumps(values)) == values


@given(names=st.lists(st.text(max_size=12), min_size=1, max_size=4))
def test_the_values_of_many_are_those_of_each(names: list[str]) -> None:
    email = an_email()
    readers = [a_recipient(email, n, name=name) for n, name in enumerate(names)]
    texts = substitute(email, mailgun._variable, mailgun._RESERVED)
    batch = a_batch(readers, email=email)

    columns = texts.columns(readers)

    assert [
        dict(zip(columns, row, strict=True))
        for row in zip(*columns.values(), strict=True)
    ] == [texts.values(each) for each in readers]
    assert json.loads(mailgun._variables(batch, texts, readers)) == {
        each.address: {**texts.values(each), "d": each.delivery_id[33:]}
        for each in readers
    }


def test_only_what_is_used_is_sent() -> None:
    email = an_email(
        subject=MergeText(("a letter",)),
        html=MergeText(("<p>hi ", "</p>"), (1,)),
        text=MergeText(("hi",)),
    )
    texts = substitute(email, str, re.compile(r"(?!)"))

    assert set(texts.values(a_recipient(email, 1))) == {"u", "h1"}


def test_the_address_around_the_token_stands_in_the_text_itself() -> None:
    texts = substitute(an_email(), lambda name: f"<{name}>", re.compile(r"(?!)"))

    assert "https://letter.example.com/u/<u>" in texts.text
    assert "https://letter.example.com/u/&lt;u&gt;" in texts.html


def test_a_subject_is_one_clean_line() -> None:
    email = an_email(subject=MergeText(("hi ", "\r\nBcc: x"), (1,)))

    texts = substitute(email, str, re.compile(r"(?!)"))

    assert texts.subject == "hi t1 Bcc: x"
