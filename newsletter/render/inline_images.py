"""Writes the parts of a message that hold the images its HTML shows (RFC 2387)."""

from collections.abc import Sequence

from newsletter.model.email import InlineImage
from newsletter.render.headers import field

_LINE = 76
"""Characters of base64 on a line: the most that RFC 2045 §6.8 allows."""

_END = b"\r\n"
_FOLD = b"\r\n "


def inline_parts(images: Sequence[InlineImage], boundary: str) -> tuple[bytes, bytes]:
    """What stands before the HTML part, and what after it; nothing without images.

    `boundary` may occur neither in quoted-printable nor in base64, and may not begin
    with the boundary around it: some parsers compare no more than that.
    """
    if not images:
        return b"", b""
    kind = field("Content-Type", 'multipart/related; type="text/html";')
    mark = f"--{boundary}".encode("ascii")
    before = _folded(kind, f'boundary="{boundary}"') + _END + mark + _END
    parts = [_END + mark + _END + _part(image) for image in images]
    return before, b"".join([*parts, _END, mark, b"--", _END])


def _part(image: InlineImage) -> bytes:
    shown = field("Content-Disposition", "inline;")
    head = (
        field("Content-Type", image.media_type),
        field("Content-Transfer-Encoding", "base64"),
        field("Content-ID", f"<{image.content_id}>"),
        _folded(shown, f'filename="{image.filename}"'),
        _END,
    )
    data = image.data.encode("ascii")
    lines = (data[at : at + _LINE] for at in range(0, len(data), _LINE))
    return b"".join(head) + _END.join(lines)


def _folded(line: bytes, parameter: str) -> bytes:
    """A field with its last parameter on a line of its own."""
    return line.removesuffix(_END) + _FOLD + parameter.encode("ascii") + _END
