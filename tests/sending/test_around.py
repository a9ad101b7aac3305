"""What is known of a publication around an issue."""

from datetime import date

from newsletter.sending.around import Known, archive_pages

EARLY, LATE = date(2026, 11, 1), date(2026, 12, 1)


def test_a_roundtable_is_out_as_the_archive_has_it() -> None:
    issues = [
        Known("hidden", None, None, "never"),
        Known("hidden-too", None, None, "dated"),
        Known("late", LATE, None, "first"),
        Known("early", EARLY, None, "first"),
        Known("early-too", EARLY, None, "later"),
    ]
    tables = {"never": None, "dated": LATE, "first": None, "later": LATE, "alone": None}

    pages = archive_pages(issues, tables)

    assert {
        page: day for page, day in pages.items() if page[:12] == "roundtables/"
    } == {
        "roundtables/": None,
        "roundtables/dated/": LATE,
        "roundtables/first/": EARLY,
        "roundtables/later/": EARLY,
        "roundtables/alone/": None,
    }
    assert "hidden/" not in pages
