"""The addresses of the archive: where its pages and images are, for mail and web."""

from newsletter.model.email import ImageFile
from newsletter.model.issue import Issue
from newsletter.model.roundtable import Roundtable

INDEX = "index.html"
ROUNDTABLES = f"roundtables/{INDEX}"
MISSING = "404.html"


def issue_path(issue: Issue) -> str:
    """The place of an issue's page in the site."""
    return f"{issue.slug}/{INDEX}"


def roundtable_path(roundtable: Roundtable) -> str:
    """The place of a roundtable's page in the site."""
    return f"roundtables/{roundtable.slug}/{INDEX}"


def image_path(file: ImageFile) -> str:
    """The place of an image in the site."""
    return f"images/{file.name}"


def public_url(base_url: str, path: str) -> str:
    """The address by which the world knows a file: a page's folder, not index.html."""
    return f"{base_url}/{path.removesuffix(INDEX)}"


def web_address(source: str) -> bool:
    """Whether a text is the address of a file elsewhere, not of one of ours."""
    return source.lower().startswith(("https://", "http://"))
