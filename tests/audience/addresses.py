"""The corpus of addresses: each is taken as a key, or refused for a reason.

`test_corpus.py` puts all of them through `normalise`, an import, and the public
service's JSON door.
"""

from typing import NamedTuple


class Typed(NamedTuple):
    """What somebody may type or import.

    One of `key` and `reason` (a part of it) is given. Of what is `unreadable` there is
    not even a row in a file: it is refused as a whole.
    """

    text: str
    key: str = ""
    reason: str = ""
    unreadable: bool = False


_LONG_LOCAL = "x" * 64
_LONG_DOMAIN = ".".join(["y" * 61] * 3)

TAKEN = [
    # One mailbox, however it is written.
    Typed("ana@example.com", "ana@example.com"),
    Typed("  Bo@EXAMPLE.com\t", "bo@example.com"),
    Typed("cy@example.com" + " " * 300, "cy@example.com"),
    Typed("'di@example.com", "di@example.com"),
    Typed("\u00a0ed@example.com\u2028", "ed@example.com"),
    # Odd, but allowed before the @ (RFC 5322 §3.2.3), and harmless behind a `To:`.
    Typed("fe+friday@example.com", "fe+friday@example.com"),
    Typed("o'neill@example.com", "o'neill@example.com"),
    Typed("=1+1@example.com", "=1+1@example.com"),
    Typed("+gil@example.com", "+gil@example.com"),
    Typed("`id`@example.com", "`id`@example.com"),
    Typed("|cat@example.com", "|cat@example.com"),
    Typed("$HOME@example.com", "$home@example.com"),
    Typed("{{7*7}}@example.com", "{{7*7}}@example.com"),
    Typed("a!b@example.com", "a!b@example.com"),
    Typed("ana%b.test@example.com", "ana%b.test@example.com"),
    Typed("hal%0d%0abcc@example.com", "hal%0d%0abcc@example.com"),
    Typed("erased@example.com", "erased@example.com"),
    Typed("x" * 60 + "@example.com", "x" * 60 + "@example.com"),
    # As long as may be: 64 characters, and 254 in all (RFC 5321, erratum 1690).
    Typed(f"{_LONG_LOCAL}@{_LONG_DOMAIN}.com", f"{_LONG_LOCAL}@{_LONG_DOMAIN}.com"),
    # International domains, in either form.
    Typed("ida@münchen.example.org", "ida@xn--mnchen-3ya.example.org"),
    Typed("jo@XN--MNCHEN-3YA.de", "jo@xn--mnchen-3ya.de"),
    Typed("ken@mu\u0308nchen.de", "ken@xn--mnchen-3ya.de"),
    Typed("lu@пример.рф", "lu@xn--e1afmkfd.xn--p1ai"),
    Typed("mo@例え。テスト", "mo@xn--r8jz45g.xn--zckzah"),
    Typed("ned@abc日本.com", "ned@xn--abc-v08fl0d.com"),
    Typed("ola@\ufb01sh.com", "ola@fish.com"),
    # Look-alikes are other people: ß is not ss, and a word all in Cyrillic is a word.
    Typed("pat@faß.de", "pat@xn--fa-hia.de"),
    Typed("pat@fass.de", "pat@fass.de"),
    Typed("quin@аррӏе.com", "quin@xn--80ak6aa92e.com"),
    Typed("quin@apple.com", "quin@apple.com"),
    Typed("ray@l0ve.com", "ray@l0ve.com"),
    Typed("ray@love.com", "ray@love.com"),
]

REFUSED = [
    Typed("ana", reason="must have an @-sign"),
    Typed("ana@", reason="something after the @-sign"),
    Typed("@example.com", reason="something before the @-sign"),
    Typed("ana@example", reason="should have a period"),
    Typed("ana@example.com.", reason="cannot end with a period"),
    Typed(".ana@example.com", reason="cannot start with a period"),
    Typed("ana.@example.com", reason="period immediately before the @-sign"),
    Typed("ana@.example.com", reason="period immediately after the @-sign"),
    Typed("ana@example..com", reason="two periods in a row"),
    Typed("ana@-x.com", reason="hyphen immediately after the @-sign"),
    Typed("ana@x-.com", reason="a period and a hyphen next to each other"),
    # Several people, or more than an address.
    Typed("a@b@example.com", reason="invalid characters"),
    Typed("ana@@example.com", reason="invalid characters"),
    Typed("ana@example.com,bo@example.com", reason="`,` in it"),
    Typed("ana@example.com;bo@example.com", reason="`;` in it"),
    Typed("ana@example.com bo@example.com", reason="a blank in it"),
    Typed("Ana <ana@example.com>", reason="more than the address"),
    Typed("mailto:ana@example.com", reason="it is a link"),
    Typed("ana@example.com?bcc=bo@example.com", reason="invalid characters"),
    # Quoted local parts, comments, source routes, address literals.
    Typed('"ana"@example.com', reason="quoting"),
    Typed('"a@b"@example.com', reason="quoting"),
    Typed('"a\\"b"@example.com', reason="quoting"),
    Typed('"a b"@example.com', reason="a blank in it"),
    Typed('""@example.com', reason="something before the @-sign"),
    Typed("ana(comment)@example.com", reason="invalid characters"),
    Typed("ana@(comment)example.com", reason="invalid characters"),
    Typed("@a.example:ana@example.com", reason="before the @-sign"),
    Typed("@a.example,@b.example:ana@example.com", reason="`,` in it"),
    Typed("<@a.example:ana@example.com>", reason="more than the address"),
    Typed("ana@[127.0.0.1]", reason="bracketed IP address"),
    Typed("ana@[IPv6:::1]", reason="bracketed IP address"),
    Typed("ana@127.0.0.1", reason="top-level domain"),
    # Too long: before the @, in one part of the domain, and altogether.
    Typed("x" * 65 + "@example.com", reason="more than 64 characters before the @"),
    Typed("ana@" + "y" * 64 + ".com", reason="periods cannot be separated by so many"),
    Typed(f"{_LONG_LOCAL}@{_LONG_DOMAIN}.info", reason="more than 254 characters"),
    Typed("x" * 300 + "@example.com", reason="more than 254 characters"),
    # What would run a program, start a header, or trick an eye or a terminal.
    Typed("-oX@example.com", reason="it starts with `-`"),
    Typed("$(id)@example.com", reason="invalid characters"),
    Typed("ana@example.com\r\nBcc: bo@example.com", reason="a carriage return in it"),
    Typed("ana@exam\nple.com", reason="a line break in it"),
    Typed("ana\x1b[2J@example.com", reason="the control character U+001B"),
    Typed("ana\u202e@example.com", reason="the control character U+202E"),
    Typed("ana\u2028@example.com", reason="the control character U+2028"),
    Typed("ana@exam\u200bple.com", reason="the invisible character U+200B"),
    Typed("ana@exam\u200dple.com", reason="the invisible character U+200D"),
    Typed("ana@ex\u00adample.com", reason="the invisible character U+00AD"),
    Typed("ana@ex\0ample.com", reason="a NUL in it", unreadable=True),
    Typed("ana\udcff@example.com", reason="character U+DCFF", unreadable=True),
    # Letters that no provider takes before the @, look-alikes among them.
    Typed("ñandú@example.com", reason="`ñú` before the @"),
    Typed("\u0430na@example.com", reason="`\u0430` before the @"),
    Typed("\ufb01ona@example.com", reason="`\ufb01` before the @"),
    Typed("ana\uff20example.com", reason="full-width"),
    # Homographs: scripts mixed within a word of the domain, in either form.
    Typed("ana@ex\u0430mple.com", reason="letters of Cyrillic and Latin in `ex"),
    Typed("ana@g\u043e\u043egle.com", reason="letters of Cyrillic and Latin"),
    Typed("ana@xn--pple-43d.com", reason="letters of Cyrillic and Latin"),
    Typed("ana@mail.\u03b2eta.com", reason="letters of Greek and Latin in `\u03b2eta`"),
    # Domains that cannot be.
    Typed("ana@I\u2665NY.com", reason="not allowed"),
    Typed("ana@\U0001f4a9.la", reason="not allowed"),
    Typed("ana@xn--a.com", reason="not valid IDNA"),
    Typed("ana@x.invalid", reason="special-use or reserved"),
    Typed("ana@printer.local", reason="special-use or reserved"),
]

CORPUS = [*TAKEN, *REFUSED]
