"""The addresses of the archive: where its pages and images are, for mail and web."""

from urllib.parse import quote

from newsletter.model.email import ImageFile
from newsletter.model.issue import Issue
from newsletter.model.roundtable import Roundtable

INDEX = "index.html"
ISSUES = f"issues/{INDEX}"
ROUNDTABLES = f"roundtables/{INDEX}"
TAGS = f"tags/{INDEX}"
MUSIC = f"music/{INDEX}"
ABOUT = f"about/{INDEX}"
SEARCH = f"search/{INDEX}"
EXPERTS = f"experts/{INDEX}"
MISSING = "404.html"


def issue_path(issue: Issue) -> str:
    """The place of an issue's page in the site."""
    return f"{issue.slug}/{INDEX}"


def roundtable_path(roundtable: Roundtable) -> str:
    """The place of a roundtable's page in the site."""
    return f"roundtables/{roundtable.slug}/{INDEX}"


def remark_path(roundtable: str, anchor: str) -> str:
    """The place of the page that shares one remark of a roundtable, by its slug."""
    return f"roundtables/{roundtable}/{anchor}/{INDEX}"


def share_path(page: str) -> str:
    """The place of the picture that is shown where a page is shared."""
    return f"share/{page.removesuffix('/' + INDEX)}.png"


def expert_path(slug: str) -> str:
    """The place of an expert's page in the site."""
    return f"experts/{slug}/{INDEX}"


def tag_path(slug: str) -> str:
    """The place of the first page of a tag's issues."""
    return f"tags/{slug}/{INDEX}"


def paged_path(path: str, number: int) -> str:
    """The place of a page of a list: its own, then `page/2` below it."""
    return path if number == 1 else f"{path.removesuffix(INDEX)}page/{number}/{INDEX}"


def image_path(file: ImageFile) -> str:
    """The place of an image in the site."""
    return f"images/{file.name}"


def public_url(base_url: str, path: str) -> str:
    """The address by which the world knows a file: a page's folder, not index.html."""
    return f"{base_url}/{encoded(path.removesuffix(INDEX))}"


def encoded(path: str) -> str:
    """A path as addresses have it: letters beyond ASCII percent-encoded (RFC 3986)."""
    return path if path.isascii() else quote(path, safe="/%:@!$&'()*+,;=~")


def web_address(source: str) -> bool:
    """Whether a text is the address of a file elsewhere, not of one of ours."""
    return source.lower().startswith(("https://", "http://"))
