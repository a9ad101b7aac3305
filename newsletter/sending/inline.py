"""Puts the images of an email into its messages, for `images: cid` in newsletter.yaml.

A mail program then shows them without asking a server; every message is that much
larger.
"""

import base64
import re
from dataclasses import replace

from newsletter.content.images import ImageFolder
from newsletter.model.email import Email, InlineImage, MergeText
from newsletter.model.publication import Publication

_MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif"}


def with_inline_images(
    email: Email, publication: Publication, images: ImageFolder
) -> Email:
    """The email with its own images inside, and in their places `cid:` (RFC 2392).

    Each is there once, however often it is shown; images of other sites stay links.
    """
    shown: dict[str, InlineImage] = {}
    source = re.compile(
        rf'(?<=\bsrc="){re.escape(publication.base_url)}/images/([a-z0-9.-]+)(?=")'
    )

    def inside(found: re.Match[str]) -> str:
        name = found[1]
        if name not in images.files:
            return found[0]
        # The hash alone: it names the image, and a long name would make a long line.
        known = f"{name.rpartition('.')[0].rpartition('-')[2]}@{publication.domain}"
        if known not in shown:
            shown[known] = _inline(name, known, images)
        return f"cid:{known}"

    html = MergeText(
        tuple(source.sub(inside, literal) for literal in email.html.literals),
        email.html.slots,
    )
    return replace(email, html=html, inline_images=tuple(shown.values()))


def _inline(name: str, content_id: str, images: ImageFolder) -> InlineImage:
    return InlineImage(
        content_id=content_id,
        filename=name,
        media_type=_MEDIA_TYPES[name.rpartition(".")[2]],
        data=base64.b64encode(images.files[name].read_bytes()).decode("ascii"),
    )
