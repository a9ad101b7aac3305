"""The photos of a panel, as the pictures to share show them."""

from newsletter.content.images import ImageFolder
from newsletter.model.roundtable import Roundtable
from newsletter.render.address import web_address
from newsletter.render.roundtable_card import FACE
from newsletter.render.share_card import Photos


def panel_photos(roundtable: Roundtable, images: ImageFolder) -> Photos:
    """The photos that are files of ours; another site is asked for none."""
    found = []
    for expert in roundtable.panel:
        if expert.photo and not web_address(expert.photo):
            data = images.data(roundtable.path, expert.photo, width=FACE, square=True)
            found += [(expert.name, data)] if data else []
    return tuple(found)
