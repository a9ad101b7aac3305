"""XML as it is written into the site: feeds and sitemap."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring


def xml_file(root: Element) -> str:
    """A whole file, indented, with its declaration."""
    indent(root)
    declaration = '<?xml version="1.0" encoding="utf-8"?>'
    return f"{declaration}\n{tostring(root, encoding='unicode')}"


def text(parent: Element, name: str, words: str) -> None:
    """Add an element that has nothing but a text."""
    SubElement(parent, name).text = words
