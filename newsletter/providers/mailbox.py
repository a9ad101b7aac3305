"""Writes a sender for services that take names in Unicode and encode them."""

import re

_SPECIAL = re.compile(r'[][\\()<>@,:;".]')


def mailbox(name: str, address: str) -> str:
    """`Name <address>`; a name with RFC 5322's special characters is quoted."""
    if not name:
        return address
    if _SPECIAL.search(name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        name = f'"{escaped}"'
    return f"{name} <{address}>"
