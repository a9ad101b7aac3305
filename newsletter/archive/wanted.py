"""What a build is asked for, besides what newsletter.yaml says."""

from typing import NamedTuple


class Wanted(NamedTuple):
    """The site at another address, or without what takes long to make."""

    base_url: str = ""
    search: bool = True
    pictures: bool = True


USUAL = Wanted()
"""Just what newsletter.yaml says."""
