"""Template injection: whatever looks like a program comes out as the text it is."""

import json
from html import escape
from typing import Any

import pytest

from newsletter.model.frozen import FrozenEmail
from tests.render.making import html_for, rendered, sample, text_for, words
from tests.render.sending import parsed, sent_to

PAYLOADS = (
    "{{7*7}}",
    "{{ 7*'7' }}",
    "{{config}}",
    "{{ config.items() }}",
    "{{self}}",
    "{{ self.__init__.__globals__ }}",
    "{{''.__class__}}",
    "{{''.__class__.__mro__[1].__subclasses__()}}",
    "{{ ''.__class__.__base__.__subclasses__()[132]('id') }}",
    "{{ request.application.__globals__ }}",
    "{{ request['__cl''ass__'] }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ namespace.__init__ }}",
    "{{ url_for.__globals__ }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ ()|attr('__class__') }}",
    "{{ [].append(1) }}",
    "{{ 'a'*10**9 }}",
    "{{ first_name.__class__ }}",
    "{{ first_name|upper }}",
    "{{ first_name|safe }}",
    "{{ unsubscribe_url.x }}",
    "{{ _self.env.registerUndefinedFilterCallback('exec') }}",
    "{{ constructor.constructor('return process')() }}",
    "{% for x in range(9999999) %}x{% endfor %}",
    "{% include '/etc/passwd' %}",
    "{% import os %}",
    "{% set x = 1 %}",
    "{%raw%}{{ first_name }}{%endraw%}",
    "{# a remark #}",
    "{{{{ first_name }}}}",
    "{{ {{ first_name }} }}",
    "${7*7}",
    "${T(java.lang.Runtime).getRuntime().exec('id')}",
    "#{7*7}",
    "#set($x=7*7)$x",
    "*{7*7}",
    "@(7*7)",
    "<%= 7*7 %>",
    "<% system('id') %>",
    "<?php echo 7*7; ?>",
    "%mautic.db_password%",
    "%recipient.m0%",
    "%%FOOTER%%",
    "%%BODY%%",
    "{env:SECRET}",
    "[[${7*7}]]",
    "*|FNAME|*",
)
assert len(PAYLOADS) >= 40


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_subscriber_gives_comes_out_as_it_is(payload: str) -> None:
    email = rendered(
        "a {{ first_name }} b", title="for {{ name }}", tldr="c {{ company }} d"
    )
    values = dict.fromkeys(("first_name", "name", "company"), payload)

    html, text = words(html_for(email, **values)), text_for(email, **values)
    shown = " ".join(payload.split())
    assert f"a {shown} b" in html
    assert f"c {shown} d" in html
    assert f"a {payload} b" in text
    assert email.subject.join([item.value(values) for item in email.fields]) == (
        f"for {payload}"
    )


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_an_author_writes_in_code_comes_out_as_it_is(payload: str) -> None:
    email = rendered(f"a ``{payload}`` b\n\n    {payload}")

    html, text = words(html_for(email)), " ".join(text_for(email).split())
    shown = " ".join(payload.split())
    assert f"a {shown} b {shown} " in html
    assert f"a {shown} b {shown} " in text
    assert email.problems == ()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_an_author_writes_in_a_title_is_a_tag_or_a_text(payload: str) -> None:
    email = rendered(title=f"a {payload} b", description=f"c {payload} d")

    known = {"first_name": "Zoë"}
    html = words(html_for(email, **known))
    shown = " ".join(payload.replace("{{ first_name }}", "Zoë").split())
    assert f"a {shown} b" in html
    assert f"c {shown} d" in html


def test_a_value_that_is_a_tag_is_not_filled_in_a_second_time() -> None:
    email = rendered("{{ first_name }} and {{ company }}")
    frozen = FrozenEmail.freeze(email, sample())
    values: dict[str, Any] = {
        "first_name": "{{ company }}",
        "company": "{{ first_name }} %%BODY%%",
    }

    message = parsed(sent_to(frozen, **values))
    shown = "{{ company }} and {{ first_name }} %%BODY%%"
    assert shown in message.text
    assert shown in words(message.html)


def test_a_default_is_never_evaluated() -> None:
    email = rendered('{{ first_name | default("<b>%%BODY%%{% if 1 %}") }}')

    assert "<b>%%BODY%%{% if 1 %}" in words(html_for(email))
    assert escape("<b>%%BODY%%") in html_for(email)


def test_labels_and_names_are_no_templates() -> None:
    labels = sample().labels.model_copy(update={"reply": "{{ 7*7 }} %%BODY%%"})
    publication = sample().model_copy(
        update={"labels": labels, "name": "{{ config }} %%FOOTER%%"}
    )

    email = rendered("words", publication=publication)
    html = words(html_for(email))
    assert "{{ 7*7 }} %%BODY%%" in html
    assert "{{ config }} %%FOOTER%%" in html


def test_the_frozen_email_holds_text_only() -> None:
    email = rendered(" ".join(PAYLOADS[:5]))

    frozen = json.loads(FrozenEmail.freeze(email, sample()).to_json())
    assert set(frozen["html"]) == {"literals", "slots"}
    assert all(isinstance(item, str) for item in frozen["html"]["literals"])


def test_what_is_no_merge_tag_is_text_in_html_too() -> None:
    email = rendered("hello {{ <img src=x onerror=alert(1)> }}")

    html = email.html.join(["" for _ in email.fields])
    assert "<img src=x" not in html
    assert "{{ &lt;img src=x onerror=alert(1)&gt; }}" in html
