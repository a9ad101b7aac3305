"""The files of other services: recognised by their headers, read as they mean it."""

from dataclasses import dataclass

import pytest

from newsletter.audience.importing import import_file
from newsletter.model.consent import ConsentKind
from newsletter.model.subscriber import SuppressionReason
from newsletter.store import consents, tags
from newsletter.store.engine import Store
from tests.audience.conftest import ERASER, WriteCsv, never_mailed, people_in


@dataclass(frozen=True)
class Export:
    """A file of a service, and what becomes of its people."""

    text: str
    active: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    never: tuple[tuple[str, str], ...] = ()
    skipped: tuple[str, ...] = ()


MAILCHIMP = "Email Address,First Name,Last Name,Company,MEMBER_RATING,OPTIN_TIME,"
MAILCHIMP += "OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,"
MAILCHIMP += "TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n"
GONE = "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,"
GONE += "CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,"

EXPORTS = {
    "substack, all": Export(
        "email,active_subscription,expiry,email_disabled,prefer_digests,created_at\n"
        "a@x.test,false,,false,false,2024-05-01T10:00:00.000Z\n"
        "b@x.test,true,2026-01-01,true,false,2024-05-02T10:00:00.000Z\n",
        active=("a@x.test",),
        never=(("b@x.test", "manual"),),
    ),
    "substack, paid": Export(
        "email,expiry,email_disabled,prefer_digests,stripe_connected_customer_id,type\n"
        "a@x.test,2026-01-01,false,false,cus_1,yearly\n",
        active=("a@x.test",),
    ),
    "mailchimp, subscribed": Export(
        MAILCHIMP
        + " a@x.test ,Ana,Doe,X,4,2024-03-01 10:00:00,203.0.113.7,2024-03-02 10:00:00,"
        '203.0.113.8,,,1,2,Europe/Berlin,DE,BE,2024-03-02 10:00:00,1,e1,,"""Editors"","'
        '"VIP""\n'.replace('""VIP""', '""VIP"""'),
        active=("a@x.test",),
    ),
    "mailchimp, unsubscribed": Export(
        GONE + "UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,"
        "UNSUB_REASON_OTHER,LEID,EUID,NOTES,TAGS\n"
        "a@x.test,Ana,,2,,,,,,,,,,,,2025-01-02 03:04:05,,,NORMAL,,1,e1,,\n"
        "b@x.test,Bo,,2,,,,,,,,,,,,,,,,,2,e2,,\n",
        never=(("a@x.test", "unsubscribe"), ("b@x.test", "unsubscribe")),
    ),
    "mailchimp, cleaned": Export(
        GONE
        + "CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID,LEID,EUID,NOTES,TAGS\n"
        "a@x.test,Ana,,2,,,,,,,,,,,,2025-01-02 03:04:05,,,1,e1,,\n"
        "b@x.test,Bo,,2,,,,,,,,,,,,,,,2,e2,,\n",
        never=(("a@x.test", "bounce"), ("b@x.test", "bounce")),
    ),
    "buttondown": Export(
        "id,secondary_id,email,notes,subscriber_type,referrer_url,utm_source,utm_medium,"
        "utm_campaign,creation_date,ip_address,subscription_date,unsubscription_date,"
        "tags,metadata\n"
        "1,1,a@x.test,,regular,,,,,2023-01-02 16:55:00+00:00,203.0.113.9,"
        "2023-01-03 16:55:00+00:00,,one;two,\"{'staff': 'true'}\"\n"
        "2,2,b@x.test,,unactivated,,,,,2023-01-02,,,,,{}\n"
        "3,3,c@x.test,,unsubscribed,,,,,2023-01-02,,,2024-01-02,,{}\n"
        "4,4,d@x.test,,undeliverable,,,,,2023-01-02,,,,,\n"
        "5,5,e@x.test,,complained,,,,,2023-01-02,,,,,\n"
        "6,6,f@x.test,,blocked,,,,,2023-01-02,,,,,\n"
        "7,7,g@x.test,,past_due,,,,,2023-01-02,,,,,\n"
        "8,8,h@x.test,,upcoming,,,,,2023-01-02,,,,,\n"
        "9,9,i@x.test,,regular,,,,,2023-01-02,,,,,__import__('os')\n",
        active=("a@x.test", "g@x.test"),
        pending=("b@x.test",),
        never=(
            ("c@x.test", "unsubscribe"),
            ("d@x.test", "bounce"),
            ("e@x.test", "complaint"),
            ("f@x.test", "manual"),
        ),
        skipped=("the status `upcoming`", "`metadata`: it is neither JSON"),
    ),
    "ghost": Export(
        "id,email,name,note,subscribed_to_emails,complimentary_plan,"
        "stripe_customer_id,created_at,deleted_at,labels,tiers\n"
        '1,a@x.test,Ana,,true,false,,2024-01-02T03:04:05.000Z,,"VIP,Hiring managers",\n'
        "2,b@x.test,Bo,,false,false,,2024-01-02T03:04:05.000Z,,,\n"
        "3,c@x.test,Cy,,true,false,,2024-01-02T03:04:05.000Z,2025-01-02T03:04:05.000Z,,\n"
        "4,d@x.test,Di,,,false,,2024-01-02T03:04:05.000Z,,,\n",
        active=("a@x.test", "d@x.test"),
        never=(("b@x.test", "unsubscribe"), ("c@x.test", "manual")),
    ),
    "beehiiv": Export(
        "email,First Name,Last Name,status,tier,created_at,stripe_customer_id,Gold,"
        "unsubscribed_at\n"
        "a@x.test,Ana,Doe,active,free,2024-01-02 03:04:05 UTC,,No,\n"
        "b@x.test,Bo,,inactive,free,2024-01-02 03:04:05 UTC,,No,2025-01-02 03:04:05\n"
        "c@x.test,Cy,,validating,free,2024-01-02 03:04:05 UTC,,No,\n",
        active=("a@x.test",),
        pending=("c@x.test",),
        never=(("b@x.test", "unsubscribe"),),
    ),
    "kit": Export(
        "first_name,email_address,state,created_at\n"
        "Ana,a@x.test,confirmed,2024-01-02T03:04:05Z\n"
        "Bo,b@x.test,cancelled,2024-01-02T03:04:05Z\n"
        "Cy,c@x.test,bounced,2024-01-02T03:04:05Z\n"
        "Di,d@x.test,complained,2024-01-02T03:04:05Z\n"
        "Ed,e@x.test,unconfirmed,2024-01-02T03:04:05Z\n"
        "Fe,f@x.test,cold,2024-01-02T03:04:05Z\n",
        active=("a@x.test", "f@x.test"),
        pending=("e@x.test",),
        never=(
            ("b@x.test", "unsubscribe"),
            ("c@x.test", "bounce"),
            ("d@x.test", "complaint"),
        ),
    ),
    "curated": Export(
        "Email Address,Subscribed at,UTM Source,UTM Medium,UTM Term,UTM Content,"
        "UTM Campaign,UTM Last Path,UTM Referrer\n"
        "a@x.test,2024-01-02 03:04:05 +0000,,,,,,,\n",
        active=("a@x.test",),
    ),
    "listmonk": Export(
        "uuid,email,name,attributes,status,created_at,updated_at\n"
        'u1,a@x.test,Ana,"{""city"": ""Rome"", ""n"": 3}",enabled,2024-01-02,\n'
        "u2,b@x.test,Bo,{},blocklisted,2024-01-02T03:04:05Z,\n"
        'u3,c@x.test,Cy,"{""unsubscribed"": true}",enabled,2024-01-02T03:04:05Z,\n',
        active=("a@x.test",),
        never=(("b@x.test", "manual"),),
        skipped=("`unsubscribed` may tell whether",),
    ),
    "spreadsheet": Export(
        "E-Mail;Vorname;Tags\na@x.test;Ana;a|b\n", active=("a@x.test",)
    ),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_everybody_lands_where_they_belong(
    name: str, store: Store, write_csv: WriteCsv
) -> None:
    export = EXPORTS[name]

    report = import_file(store, ERASER, write_csv(export.text))

    people, never = people_in(store), never_mailed(store)
    mailed = {key: each for key, each in people.items() if key not in never}
    by_status = {
        status: tuple(sorted(k for k, each in mailed.items() if each.status == status))
        for status in ("active", "pending", "unsubscribed")
    }
    assert by_status == {
        "active": export.active,
        "pending": export.pending,
        "unsubscribed": (),
    }
    assert {key: each.reason.value for key, each in never.items()} == dict(export.never)
    assert len(report.skipped) == len(export.skipped)
    for skip, reason in zip(report.skipped, export.skipped, strict=True):
        assert reason in skip.reason


def imported(store: Store, write_csv: WriteCsv, name: str) -> tuple[int, ...]:
    import_file(store, ERASER, write_csv(EXPORTS[name].text))
    return tuple(each.id for each in people_in(store).values())


def test_times_tags_and_consent_come_along(store: Store, write_csv: WriteCsv) -> None:
    (id,) = imported(store, write_csv, "mailchimp, subscribed")

    (ana,) = people_in(store).values()
    assert ana.created_at.isoformat() == "2024-03-01T10:00:00+00:00"
    assert ana.confirmed_at is not None
    assert ana.confirmed_at.isoformat() == "2024-03-02T10:00:00+00:00"
    with store.read() as connection:
        assert tags.of_subscriber(connection, id) == ("editors", "vip")
        (said,) = consents.of_subscriber(connection, id)
    assert said.kind is ConsentKind.IMPORTED
    assert said.at == ana.confirmed_at
    assert said.ip == "203.0.113.7"
    assert (said.address, said.source) == ("a@x.test", "people.csv")


def test_when_they_left_comes_along(store: Store, write_csv: WriteCsv) -> None:
    imported(store, write_csv, "mailchimp, unsubscribed")

    ana = people_in(store)["a@x.test"]
    left = never_mailed(store)["a@x.test"]
    assert ana.unsubscribed_at == left.since
    assert left.since.isoformat() == "2025-01-02T03:04:05+00:00"


def test_attributes_in_a_cell_become_attributes(
    store: Store, write_csv: WriteCsv
) -> None:
    imported(store, write_csv, "listmonk")
    assert people_in(store)["a@x.test"].attributes == {"city": "Rome", "n": "3"}

    imported(store, write_csv, "buttondown")
    assert people_in(store)["a@x.test"].attributes == {
        "city": "Rome",
        "n": "3",
        "staff": "true",
    }


def test_an_import_adds_tags_and_takes_none_away(
    store: Store, write_csv: WriteCsv
) -> None:
    import_file(store, ERASER, write_csv("email,tags\na@x.test,one\nb@x.test,\n"))
    report = import_file(
        store, ERASER, write_csv("email,tags\na@x.test,two\nb@x.test,\n")
    )
    again = import_file(
        store, ERASER, write_csv("email,tags\na@x.test,two\nb@x.test,\n")
    )

    assert (report.updated, report.unchanged) == (1, 1)
    assert (again.updated, again.unchanged) == (0, 2)
    id = people_in(store)["a@x.test"].id
    with store.read() as connection:
        assert tags.of_subscriber(connection, id) == ("one", "two")
        assert tags.counts(connection) == {"one": 1, "two": 1}


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (
            "created_at;31.12.2025",
            "`created_at` is `31.12.2025`, which is no known time",
        ),
        ("created_at;9999-12-31T23:59:59-23:00", "which is no known time"),
        ("created_at;1066-10-14", "which is no known time"),
        ("attributes;[1, 2]", "`attributes`: it is neither JSON nor"),
        ("attributes;{[1]: 2}", "`attributes`: it is neither JSON nor"),
        ("attributes;{'a': 0x" + "f" * 5000 + "}", "`attributes`: a number that is"),
        ("attributes;{0x" + "f" * 5000 + ": 1}", "`attributes`: a number that is"),
        ("attributes;{'a': {1: 0x" + "f" * 5000 + "}}", "`attributes`: a number"),
        ("attributes;" + "[" * 5000, "`attributes`: it is neither JSON nor"),
        ("attributes;{" + " " * 20000 + "}", "`attributes`: 20,002 characters"),
        ("tags;" + ",".join(f"t{n}" for n in range(101)), "`tags`: 101 tags; 100 are"),
    ],
)
def test_what_cannot_be_kept_is_told_before_anything_is_lost(
    cells: str, reason: str, store: Store, write_csv: WriteCsv
) -> None:
    header, cell = cells.split(";", 1)
    path = write_csv(
        f"email;{header};status\na@x.test;{cell};\nb@x.test;{cell};bounced\n"
    )

    report = import_file(store, ERASER, path)

    (skip,) = report.skipped
    assert reason in skip.reason
    assert (skip.line, bool(skip.hint)) == (2, True)
    # That they left matters more than what is said about them.
    assert set(never_mailed(store)) == {"b@x.test"}


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("2024-01-02", "2024-01-02T00:00:00+00:00"),
        ("2024-01-02 03:04:05 UTC", "2024-01-02T03:04:05+00:00"),
        ("2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05+00:00"),
        ("2024-01-02 03:04:05 +0200", "2024-01-02T01:04:05+00:00"),
        ("1/2/2024", "2024-01-02T00:00:00+00:00"),
        ("1/2/2024 3:04 PM", "2024-01-02T15:04:00+00:00"),
        ("Jan 2, 2024", "2024-01-02T00:00:00+00:00"),
    ],
)
def test_times_are_read_as_others_write_them(
    cell: str, read: str, store: Store, write_csv: WriteCsv
) -> None:
    import_file(store, ERASER, write_csv(f"email;created_at\na@x.test;{cell}\n"))

    assert people_in(store)["a@x.test"].created_at.isoformat() == read


@pytest.mark.parametrize("cell", ["0000-00-00 00:00:00", "null", "", "N/A", "-"])
def test_no_time_is_no_time(cell: str, store: Store, write_csv: WriteCsv) -> None:
    import_file(
        store,
        ERASER,
        write_csv(f"email;created_at;unsubscribed_at\na@x.test;{cell};\n"),
    )

    person = people_in(store)["a@x.test"]
    assert person.created_at.year > 2024
    assert person.unsubscribed_at is None


def test_one_word_of_those_who_left_makes_a_state_a_status(
    store: Store, write_csv: WriteCsv
) -> None:
    rows = "a@x.test,unsubscribed\nb@x.test,junk\nc@x.test,active\n"

    report = import_file(store, ERASER, write_csv(f"email,state\n{rows}"))

    assert (report.added, report.suppressed) == (1, 1)
    assert [skip.line for skip in report.skipped] == [3]
    assert set(never_mailed(store)) == {"a@x.test"}


def test_a_row_too_short_in_a_file_of_those_who_left_still_says_so(
    store: Store, write_csv: WriteCsv
) -> None:
    text = "Email Address,CLEAN_TIME,LEID,EUID\na@x.test,2024-01-01 00:00:00,1\n"

    report = import_file(store, ERASER, write_csv(text))

    assert report.suppressed == 1
    assert never_mailed(store)["a@x.test"].reason is SuppressionReason.BOUNCE
