"""Where a page stands in the site, and how the rest of the site is linked from there.

Links between pages are relative, so that a site works in any folder of a host and
straight from the disk; only what leaves the site (feed, canonical) is absolute.
"""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from newsletter.render.address import INDEX, encoded, public_url


@dataclass(frozen=True, slots=True)
class Place:
    """One page's place; `pages` are all that the site has.

    `rooted` is for a page that a host shows at any address, as it does a 404: it can
    only link from the root of the host. `abroad` is for one that another host shows.
    """

    base_url: str
    path: str
    pages: frozenset[str] = frozenset()
    rooted: bool = False
    abroad: bool = False

    @property
    def url(self) -> str:
        """The page's public address."""
        return public_url(self.base_url, self.path)

    def to(self, target: str) -> str:
        """The link to a file of the site, given by its place."""
        if self.abroad:
            return public_url(self.base_url, target)
        target = encoded(target)
        if self.rooted:
            return f"{urlsplit(self.base_url).path}/{target}"
        up = "../" * self.path.count("/")
        # Without `./` a colon in the first part of a path would make it a scheme.
        return up + target if up or ":" not in target else f"./{target}"

    def seen(self, url: str) -> str:
        """An absolute address as it is linked from here; other sites' are unchanged."""
        end = min((url.find(mark) for mark in "#?" if mark in url), default=len(url))
        address, rest = url[:end], url[end:]
        if address == self.url and rest.startswith("#"):
            return rest
        if not f"{address}/".startswith(f"{self.base_url}/"):
            return url
        target = address[len(self.base_url) + 1 :]
        page = f"{unquote(target).rstrip('/')}/{INDEX}".lstrip("/")
        return self.to(page if page in self.pages else target) + rest
