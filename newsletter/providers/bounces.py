"""What a status code says of a bounce: is it the mailbox, the moment, or the sender?"""

import re

from newsletter.model.event import Bounce

# RFC 3463 §2: class, subject, detail; alone, or somewhere in a server's answer.
_STATUS = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?![\d.])")

_DETAILS = {
    # No such mailbox, system or syntax; moved; takes no mail (RFC 7505); disabled.
    **dict.fromkeys(("1.0", "1.1", "1.2", "1.3", "1.6", "1.10", "2.1"), Bounce.HARD),
    # Full.
    "2.2": Bounce.SOFT,
    # The sender's address or system; the message is too long.
    **dict.fromkeys(("1.7", "1.8", "2.3", "3.4"), Bounce.POLICY),
}
_SUBJECTS = {"6": Bounce.POLICY, "7": Bounce.POLICY}


def bounce_class(text: str, otherwise: Bounce = Bounce.UNKNOWN) -> Bounce:
    """The class of a bounce by the enhanced status code (RFC 3463 §3) in a text.

    `otherwise` where there is none, or one that does not tell whose fault it is.
    """
    found = _STATUS.search(text)
    if not found:
        return otherwise
    kind, subject, detail = found.groups()
    if kind == "4":
        return Bounce.SOFT
    by_detail = _DETAILS.get(f"{subject}.{detail}")
    return by_detail or _SUBJECTS.get(subject, otherwise)
