"""What django-anymail would send for the same batch: an opinion that is not ours.

Anymail's live tests send through real accounts; ours never do. Where the two requests
differ, a test says why.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from newsletter.model.email import MergeText
from newsletter.model.frozen import FrozenEmail
from newsletter.model.message import Batch
from tests.providers.batches import a_batch, an_email
from tests.providers.contract import ApiCase
from tests.providers.recorder import Recorded, Recorder

ABSENT = "(absent)"


def same_for_all() -> FrozenEmail:
    """An email whose readers differ by address and headers only."""
    return an_email(
        subject=MergeText(("a friday letter – №3",)),
        text=MergeText(("hi Zoë\n",)),
        html=MergeText(("<p>hi Zoë</p>",)),
    )


def our_call(case: ApiCase, batch: Batch) -> Recorded:
    """The one call that our provider makes for a batch."""
    with Recorder() as recorder:
        recorder.answer(case.serves)
        provider = case.open(recorder.url)
        provider.send(batch)
        provider.close()
        return recorder.requests[0]


def anymail_call(
    case: ApiCase,
    batch: Batch,
    *,
    merge_data: Mapping[str, Mapping[str, str]] | None = None,
    subject: str = "",
    text: str = "",
    html: str = "",
    path: str = "/",
    **options: Any,
) -> Recorded:
    """The one call that Anymail's backend of the same name makes for a batch.

    `merge_data` has a recipient's variables by address, and the texts then the
    service's own signs for them. `options` are the backend's; `path` follows its
    address.
    """
    from django.core.mail import (  # type: ignore[import-untyped]
        EmailMultiAlternatives,
        get_connection,
    )

    _configure()
    email, first = batch.email, batch.recipients[0]
    with Recorder() as recorder:
        recorder.answer(case.serves)
        backend = f"anymail.backends.{case.name}.EmailBackend"
        url = recorder.url + path
        message: Any = EmailMultiAlternatives(
            subject=subject or batch.subject(first),
            body=text or batch.text(first),
            from_email=f'"{email.from_name}" <{email.from_address}>',
            to=[each.address for each in batch.recipients],
            reply_to=[email.reply_to],
            headers=email.list_headers(batch.campaign),
            connection=get_connection(backend, api_url=url, **options),
        )
        message.attach_alternative(html or batch.html(first), "text/html")
        message.tags = [batch.campaign]
        message.merge_data = merge_data or {}
        message.merge_headers = {
            each.address: {"List-Unsubscribe": email.list_unsubscribe(each.token)}
            for each in batch.recipients
        }
        message.merge_metadata = {
            each.address: {"delivery": each.delivery_id} for each in batch.recipients
        }
        message.send()
        return recorder.requests[0]


def _configure() -> None:
    from django.conf import settings  # type: ignore[import-untyped]

    if not settings.configured:
        settings.configure(USE_TZ=True, DEFAULT_CHARSET="utf-8")


def differences(ours: Any, theirs: Any) -> dict[str, tuple[Any, Any]]:
    """Where two requests differ: a path of keys, then our value and theirs."""
    one, other = dict(_flat(ours, "")), dict(_flat(theirs, ""))
    return {
        path: (one.get(path, ABSENT), other.get(path, ABSENT))
        for path in sorted({*one, *other})
        if one.get(path, ABSENT) != other.get(path, ABSENT)
    }


def _flat(data: Any, path: str) -> list[tuple[str, Any]]:
    if isinstance(data, dict):
        items = [(f"{path}.{key}".strip("."), value) for key, value in data.items()]
    elif isinstance(data, list):
        items = [(f"{path}.{n}".strip("."), value) for n, value in enumerate(data)]
    else:
        return [(path, data)]
    return [found for key, value in items for found in _flat(value, key)]


@pytest.fixture
def plain_batch() -> Batch:
    """A batch of two whose texts are the same for both."""
    return a_batch(2, email=same_for_all())
