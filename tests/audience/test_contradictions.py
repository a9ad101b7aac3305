"""Rows that contradict each other or the store: the gravest no is right."""

import threading
from itertools import permutations

import pytest

from newsletter.audience import marking, people
from newsletter.audience.importing import import_file
from newsletter.errors import ConfigError, SourceError
from newsletter.model.erasure import Eraser
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason
from newsletter.store.engine import Store
from tests.audience.conftest import (
    ERASER,
    NewStore,
    WriteCsv,
    never_mailed,
    people_in,
)

ANN = "ann@example.com"
LEFT = SubscriberStatus.UNSUBSCRIBED
WORDS = {
    "unsubscribed": SuppressionReason.UNSUBSCRIBE,
    "bounced": SuppressionReason.BOUNCE,
    "blocked": SuppressionReason.MANUAL,
    "complained": SuppressionReason.COMPLAINT,
}


@pytest.mark.parametrize("between", [0, 1500])
@pytest.mark.parametrize("words", [*permutations(WORDS, 2)])
def test_of_two_reasons_the_graver_one_is_kept_in_any_order(
    words: tuple[str, str], between: int, store: Store, write_csv: WriteCsv
) -> None:
    others = "".join(f"p{n}@x.test,\n" for n in range(between))
    text = f"email,status\n{ANN},{words[0]}\n{others}{ANN.upper()},{words[1]}\n"

    report = import_file(store, ERASER, write_csv(text))

    first, second = (WORDS[word] for word in words)
    graver = first
    if SuppressionReason.COMPLAINT in (first, second):
        graver = SuppressionReason.COMPLAINT
    elif first is SuppressionReason.UNSUBSCRIBE:
        graver = second
    assert never_mailed(store)[ANN].reason is graver
    assert (report.suppressed, report.skipped, report.rows) == (2, (), between + 2)
    status = people_in(store)[ANN].status
    assert (status is LEFT) == (SuppressionReason.UNSUBSCRIBE in (first, second))


def test_the_same_no_again_is_a_row_too_many(store: Store, write_csv: WriteCsv) -> None:
    text = f"email,status\n{ANN},no\n{ANN},complained\n{ANN},no\n{ANN},active\n"
    report = import_file(store, ERASER, write_csv(text))

    assert [skip.line for skip in report.skipped] == [4, 5]
    assert report.suppressed == 2
    assert never_mailed(store)[ANN].reason is SuppressionReason.COMPLAINT


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("between", [0, 1500])
def test_whatever_else_is_said_of_who_was_erased_is_not_kept(
    word: str, between: int, store: Store, write_csv: WriteCsv
) -> None:
    others = "".join(f"p{n}@x.test,,\n" for n in range(between))
    text = f"email,status,suppressed\n{ANN},,erasure\n{others}{ANN},{word},\n"

    report = import_file(store, ERASER, write_csv(text))

    assert [each.reason for each in report.skipped] == ["the same address as line 2"]
    assert ANN not in people_in(store)
    assert list(never_mailed(store)) == [ERASER.key(ANN)]


ROWS = (f"{ERASER.key(ANN)},", f"{ANN},active")


@pytest.mark.parametrize("rows", [ROWS, ROWS[::-1]])
@pytest.mark.parametrize("between", [0, 1500])
def test_a_hash_and_its_address_in_one_file_are_never_mailed(
    rows: tuple[str, str], between: int, store: Store, write_csv: WriteCsv
) -> None:
    others = "".join(f"p{n}@x.test,\n" for n in range(between))
    text = f"email,status\n{rows[0]}\n{others}{rows[1]}\n"

    import_file(store, ERASER, write_csv(text))

    assert never_mailed(store).keys() == {ERASER.key(ANN)}
    found = people_in(store).get(ANN)
    assert found is None or found.status is LEFT


@pytest.mark.parametrize("eraser", [ERASER, Eraser(b"a newer one", (ERASER.secret,))])
def test_who_was_erased_elsewhere_and_subscribes_here_is_mailed_no_more(
    eraser: Eraser, store: Store, write_csv: WriteCsv
) -> None:
    for each in (ANN, "bo@example.com"):
        people.add(store, eraser, each)

    report = import_file(store, eraser, write_csv(f"email\n{ERASER.key(ANN)}\n"))

    assert report.suppressed == 1
    assert people_in(store)[ANN].status is LEFT
    assert people_in(store)["bo@example.com"].status is SubscriberStatus.ACTIVE
    person = people.find(store, eraser, ANN)
    assert person is not None
    assert person.suppression is not None
    assert person.suppression.reason is SuppressionReason.ERASURE


def test_no_thread_is_left_behind_by_a_file_that_breaks(
    new_store: NewStore, write_csv: WriteCsv
) -> None:
    rows = "".join(f"p{n}@x.test\n" for n in range(3500))
    before = set(threading.enumerate())

    for text in (f"email\n{rows}", f'email\n{rows}"', f"email\n{rows}\0\n"):
        with new_store() as store:
            try:
                import_file(store, ERASER, write_csv(text))
            except SourceError as error:
                assert ":3502: " in str(error)  # noqa: PT017 - one of three is right
        # Of those that were there, some of other tests may end meanwhile.
        assert set(threading.enumerate()) <= before


def test_a_hash_of_an_unknown_secret_stops_the_import_and_nothing_after_it(
    store: Store, write_csv: WriteCsv
) -> None:
    strange = Eraser(b"another publication's").key(ANN)

    with pytest.raises(ConfigError, match="1 people had their data erased under an"):
        import_file(store, ERASER, write_csv(f"email\n{strange}\nbo@x.test\n"))

    assert (people_in(store), never_mailed(store)) == ({}, {})
    people.add(store, ERASER, ANN)


@pytest.mark.parametrize("known", ["bounce", "manual"])
def test_who_left_stays_away_when_the_reason_before_is_lifted(
    known: str, store: Store, write_csv: WriteCsv
) -> None:
    marking.suppress(store, ERASER, ANN, SuppressionReason(known))

    import_file(store, ERASER, write_csv(f"email,status\n{ANN},unsubscribed\n"))

    assert never_mailed(store)[ANN].reason == known
    marking.unsuppress(store, ERASER, ANN)
    import_file(store, ERASER, write_csv(f"email\n{ANN}\n"))
    assert people_in(store)[ANN].status is LEFT


def test_whoever_left_and_had_bounced_is_counted_once(
    store: Store, write_csv: WriteCsv
) -> None:
    import_file(store, ERASER, write_csv("email,suppressed\na@x.test,bounce\n"))

    report = import_file(store, ERASER, write_csv("email,status\na@x.test,no\n"))

    assert (report.rows, report.suppressed) == (1, 1)
    assert report.added + report.updated + report.unchanged == 0
