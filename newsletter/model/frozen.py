"""What a campaign sends, frozen when planned: later edits change nothing of it."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

from newsletter.model.email import Email, MergeField, MergeText
from newsletter.model.email import InlineImage as InlineImage  # part of what is frozen
from newsletter.model.publication import Publication
from newsletter.model.text import clean_lines, slugify

UNSUBSCRIBE = "unsubscribe_url"
PREFERENCES = "preferences_url"
VIEW = "view_url"

# Where the public service answers; what follows is the subscriber's token.
_ADDRESSES = {UNSUBSCRIBE: "/u/", PREFERENCES: "/preferences/", VIEW: "/view/"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenEmail:
    """The email's texts cut at their merge tags, and all that its headers need."""

    subject: MergeText
    html: MergeText
    text: MergeText
    fields: tuple[MergeField, ...]
    from_name: str
    from_address: str
    reply_to: str
    list_id: str
    list_name: str
    base_url: str  # where the public service answers
    unsubscribe_mailto: str
    token_key: str = ""
    target: str = ""
    source: str = ""
    inline_images: tuple[InlineImage, ...] = ()
    automatic: bool = False

    @classmethod
    def freeze(
        cls,
        email: Email,
        publication: Publication,
        *,
        token_key: str = "",
        target: str = "",
        source: str = "",
        automatic: bool = False,
    ) -> "FrozenEmail":
        """Take what a campaign needs of an email and its publication.

        `token_key` names the secret that signs its unsubscribe links, `target` where
        the provider delivers, `source` the text of the issue by its hash. `automatic`
        is mail that answers what somebody did, such as signing up (RFC 3834 §5).
        """
        label = slugify(publication.name) or "newsletter"
        return cls(
            subject=email.subject,
            html=email.html,
            text=email.text,
            fields=email.fields,
            from_name=publication.from_.name,
            from_address=publication.from_.address,
            reply_to=publication.reply_to,
            list_id=f"{label}.{publication.domain}",
            list_name=publication.name,
            base_url=publication.service_url,
            unsubscribe_mailto=publication.unsubscribe_mailto,
            token_key=token_key,
            target=target,
            source=source,
            inline_images=email.inline_images,
            automatic=automatic,
        )

    @property
    def domain(self) -> str:
        """The sending domain."""
        return self.from_address.rpartition("@")[2]

    def values(self, known: dict[str, str], token: str) -> list[str]:
        """One text per field for a subscriber whose links are signed by `token`."""
        return list(self.values_of_all([known], [token])[0])

    def values_of_all(
        self, known: Sequence[Mapping[str, str]], tokens: Sequence[str]
    ) -> list[tuple[str, ...]]:
        """The same for many subscribers: field by field, which takes less time."""
        own = self.own_links("")
        columns = [
            [own[number] + token for token in tokens]
            if number in own
            else clean_lines([field.value(each) for each in known])
            for number, field in enumerate(self.fields)
        ]
        return list(zip(*columns, strict=True)) if columns else [()] * len(tokens)

    def own_links(self, token: str) -> dict[int, str]:
        """The fields that are links of our own, by their number: a token in each.

        `token` is put as it is: a token has no character that an address encodes, and a
        provider's variable must not be changed.
        """
        links = {}
        for number, field in enumerate(self.fields):
            if field.name in _ADDRESSES:
                address = self.base_url + _ADDRESSES[field.name]
                before = quote(address, safe="") if field.in_address else address
                links[number] = before + token
        return links

    def unsubscribe_url(self, token: str) -> str:
        """Where a subscriber leaves; identifies subscriber and list (RFC 8058 §3.1)."""
        return self.base_url + _ADDRESSES[UNSUBSCRIBE] + token

    def list_unsubscribe(self, token: str) -> str:
        """The value of List-Unsubscribe: HTTPS, then mail (RFC 8058, RFC 2369)."""
        leave = f"<{self.unsubscribe_url(token)}>"
        if self.unsubscribe_mailto:
            leave += f", <mailto:{self.unsubscribe_mailto}?subject=unsubscribe-{token}>"
        return leave

    def list_headers(self, campaign: str) -> dict[str, str]:
        """The list's header fields that are the same for everybody, in ASCII."""
        sender = re.sub(r"[^a-z0-9]", "", self.domain.lower())[:15].ljust(5, "x")
        answer = {"Auto-Submitted": "auto-generated"} if self.automatic else {}
        return answer | {
            # RFC 8058 §3.1: this pair and nothing else.
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Id": f"<{self.list_id}>",
            # Gmail's feedback loop reads it from the right: the sender comes last.
            "Feedback-ID": f"{campaign}:newsletter:issue:{sender}",
        }

    def to_json(self) -> str:
        """The form the ledger keeps; equal emails give equal text."""
        data = asdict(self)
        if not self.automatic:
            # Left out as in emails that were frozen before there were such: their
            # hashes, which approvals hold, stay what they are.
            del data["automatic"]
        return json.dumps(data, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "FrozenEmail":
        """Read what `to_json` wrote."""
        data: dict[str, Any] = json.loads(text)
        for name in ("subject", "html", "text"):
            part = data[name]
            data[name] = MergeText(tuple(part["literals"]), tuple(part["slots"]))
        data["fields"] = tuple(MergeField(**item) for item in data["fields"])
        images = data.get("inline_images", ())
        data["inline_images"] = tuple(InlineImage(**item) for item in images)
        return cls(**data)

    def hash(self) -> str:
        """Names the very bytes: SHA-256 of the frozen form."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()
