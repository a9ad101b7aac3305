"""`images: cid`: every message carries what its HTML shows, frozen when planned."""

import base64
import email
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from newsletter.config.publication import load_publication
from newsletter.errors import CampaignError, SourceError
from newsletter.model.campaign import DeliveryResult
from newsletter.model.message import Batch
from newsletter.model.publication import Publication
from newsletter.sending.compose import Composed, compose
from newsletter.sending.controls import Controls
from newsletter.sending.deliver import left
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.sending.rendering import write_rendering
from newsletter.sending.run import run
from newsletter.store.engine import Store
from tests.content.pictures import animation, noise
from tests.sending.conftest import ISSUE, SIGNER
from tests.sending.simulators import Crash, KeyedSimulator

BODY = """---
title: an issue of images
date: 2026-01-02
---
![a photo](a.jpg) ![the same](a.jpg){width=96px} ![moving](b.gif) ![clear](c.webp)

![of another site](https://example.com/x.png) ![once more](a.jpg) ![a copy](copy.jpg)

![put there by hand](https://letter.example.com/images/x.png), {{ first_name }}.
"""
MOMENT = datetime(2026, 1, 2, tzinfo=UTC)
ALONE = Controls(alone=True)


@pytest.fixture
def cid(publication: Path) -> Publication:
    """The sample publication with its images inside the messages."""
    with (publication / "newsletter.yaml").open("a", encoding="utf-8") as file:
        file.write("\nimages: cid\n")
    issues = publication / "issues"
    (issues / "2026-01-02-pictures.md").write_text(BODY, "utf-8")
    noise((300, 200)).save(issues / "a.jpg")
    shutil.copy(issues / "a.jpg", issues / "copy.jpg")
    (issues / "b.gif").write_bytes(animation("GIF"))
    noise((30, 20), mode="RGBA").save(issues / "c.webp")
    return load_publication(publication, {})


def html(composed: Composed) -> str:
    return "{}".join(composed.email.html.literals)


def parts(mime: bytes) -> tuple[str, dict[str, EmailMessage]]:
    """The HTML of a message, and its images by their Content-ID."""
    message = email.message_from_bytes(mime, policy=SMTP)
    assert isinstance(message, EmailMessage)
    shown = message.get_body(("html",))
    assert shown is not None
    images = {
        str(part["Content-ID"]).strip("<>"): part
        for part in message.walk()
        if part.get_content_maintype() == "image"
    }
    return shown.get_content(), images


def test_each_image_is_there_once_and_nothing_else_is(cid: Publication) -> None:
    composed = compose(cid, "pictures")

    found = composed.email.inline_images
    # a.jpg, also under another name; a.jpg at 96 pixels; the GIF; the WebP as PNG.
    assert [image.filename.rpartition("-")[0] for image in found] == list("aabc")
    assert [image.media_type for image in found] == [
        "image/jpeg",
        "image/jpeg",
        "image/gif",
        "image/png",
    ]
    shown = re.findall(r'src="cid:([^"]+)"', html(composed))
    assert set(shown) == {image.content_id for image in found}
    assert len(shown) == 6
    for image in found:
        assert re.fullmatch(r"[0-9a-f]{12}@letter\.example\.com", image.content_id)


def test_what_is_no_image_of_ours_stays_a_link(cid: Publication) -> None:
    composed = compose(cid, "pictures")

    assert 'src="https://example.com/x.png"' in html(composed)
    assert 'src="https://letter.example.com/images/x.png"' in html(composed)


def test_a_link_to_an_image_stays_a_link(cid: Publication) -> None:
    image = compose(cid, "pictures").email.inline_images[0]
    address = f"https://letter.example.com/images/{image.filename}"
    with (cid.root / "issues/2026-01-02-pictures.md").open("a") as file:
        file.write(f"\n[![a photo](a.jpg)]({address})\n")

    made = html(compose(cid, "pictures"))
    assert f'href="{address}"' in made
    assert f'src="{address}"' not in made


def test_images_are_linked_unless_newsletter_yaml_says_otherwise(
    settings: Publication,
) -> None:
    composed = compose(settings, ISSUE)

    assert composed.email.inline_images == ()
    assert composed.email.inline_size == 0
    assert "cid:" not in html(composed)


def test_another_word_than_link_or_cid_is_a_located_mistake(publication: Path) -> None:
    with (publication / "newsletter.yaml").open("a", encoding="utf-8") as file:
        file.write("\nimages: inline\n")

    with pytest.raises(SourceError, match="`images` must be one of link or cid"):
        load_publication(publication, {})


def test_a_rendered_message_shows_its_images_and_so_does_the_preview(
    cid: Publication, tmp_path: Path
) -> None:
    write_rendering(cid, "pictures", tmp_path / "out", {}, MOMENT)

    shown, images = parts((tmp_path / "out/email.eml").read_bytes())
    for identity in re.findall(r'src="cid:([^"]+)"', shown):
        part = images[identity]
        copy = tmp_path / "out/images" / str(part.get_filename())
        assert part.get_content() == copy.read_bytes()
    preview = (tmp_path / "out/preview.html").read_text("utf-8")
    assert "cid:" not in preview
    for source in re.findall(r'src="(images/[^"]+)"', preview):
        assert (tmp_path / "out" / source).is_file()
    assert preview.count('src="images/') == 6


class Keeping(KeyedSimulator):
    """Keeps the bytes of every message that it is handed."""

    capabilities = replace(KeyedSimulator.capabilities, inline_images=True)

    def __init__(self, script: Iterable[str]) -> None:
        super().__init__(script)
        self.handed: list[bytes] = []

    def accept(self, batch: Batch, step: str) -> list[DeliveryResult]:
        self.handed += [batch.mime(each) for each in batch.recipients]
        return super().accept(batch, step)


def test_what_was_planned_is_sent_whatever_becomes_of_the_files(
    cid: Publication, store: Store, subscribe: Callable[[int], None]
) -> None:
    composed = compose(cid, "pictures")
    subscribe(3)
    provider = Keeping(["after"])
    campaign = plan(store, Order(composed=composed, publication=cid), provider, SIGNER)
    with pytest.raises(Crash):
        run(store, campaign, provider, SIGNER, ALONE)
    for path in (cid.root / "issues").glob("*.*"):
        path.unlink()
    shutil.rmtree(cid.root / ".newsletter/cache")

    run(store, campaign, provider, SIGNER, ALONE)

    assert len(provider.handed) == 6
    assert provider.handed[:3] == provider.handed[3:]
    for sent in provider.handed[:3]:
        found = {
            identity: base64.b64encode(part.get_content()).decode()
            for identity, part in parts(sent)[1].items()
        }
        assert found == {
            image.content_id: image.data for image in composed.email.inline_images
        }


def test_a_provider_that_takes_no_images_inside_is_refused_before_anything_is_kept(
    cid: Publication, store: Store, subscribe: Callable[[int], None]
) -> None:
    subscribe(3)
    order = Order(composed=compose(cid, "pictures"), publication=cid)

    with pytest.raises(CampaignError, match="takes no images inside") as caught:
        plan(store, order, KeyedSimulator(), SIGNER)

    assert "images: link" in caught.value.hint
    assert left(store) == []
