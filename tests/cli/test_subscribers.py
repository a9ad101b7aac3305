"""`newsletter subscribers …`: one person shown, tagged, suppressed and forgotten."""

import json
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Newsletter

ANN = "ann@example.com"


@pytest.fixture(autouse=True)
def _ann(newsletter: Newsletter) -> None:
    assert newsletter("subscribers", "add", ANN, "--name", "Ann").code == 0


def test_a_person_is_shown_with_tags_and_suppression(newsletter: Newsletter) -> None:
    tagged = newsletter("subscribers", "tag", ANN, "VIP", "hiring managers")
    assert tagged.out == f"{ANN}: hiring managers, vip\n"
    newsletter("subscribers", "suppress", ANN, "--note", "on holiday")

    shown = newsletter("subscribers", "show", ANN)

    lines = shown.out.splitlines()
    assert lines[0] == f"{ANN}: active"
    assert lines[1].startswith("  never mailed since 20")
    assert lines[1].endswith(": manual (on holiday)")
    assert "  name: Ann" in lines
    assert "  tags: hiring managers, vip" in lines
    assert newsletter("subscribers", "untag", ANN, "vip").out.endswith("managers\n")
    assert "no tags" in newsletter("subscribers", "untag", ANN, "hiring managers").out


def test_what_is_known_is_exported_for_the_person(
    newsletter: Newsletter, publication: Path
) -> None:
    newsletter("subscribers", "remove", ANN)

    shown = json.loads(newsletter("subscribers", "show", ANN, "--json").out)
    ended = newsletter("subscribers", "export", "ann.json", "--person", ANN)

    path = publication / "ann.json"
    assert ended.out == f"wrote all that is known of {ANN} to ann.json\n"
    assert json.loads(path.read_text()) == shown
    assert path.stat().st_mode & 0o777 == 0o600
    assert shown["suppression"]["reason"] == "unsubscribe"
    assert shown["consents"][0]["kind"] == "withdrawn"
    plain = newsletter("subscribers", "show", ANN)
    assert "withdrawn: removed by hand" in plain.out


def test_nobody_knows_a_stranger(newsletter: Newsletter) -> None:
    for command in (("show",), ("tag", "vip"), ("unsuppress",)):
        name, *rest = command
        ended = newsletter("subscribers", name, "bo@example.com", *rest)

        assert ended.code == 2
        assert "bo@example.com is no" in ended.err
        assert "hint" in ended.err


def test_only_a_note_brings_back_who_left(newsletter: Newsletter) -> None:
    newsletter("subscribers", "remove", ANN)

    refused = newsletter("subscribers", "unsuppress", ANN)
    assert (refused.code, "only they undo that" in refused.err) == (2, True)

    done = newsletter("subscribers", "unsuppress", ANN, "--note", "wrote on Monday")
    assert (done.code, "may be mailed again" in done.out) == (0, True)
    assert newsletter("subscribers", "show", ANN).out.startswith(f"{ANN}: active")


def test_a_person_is_forgotten_and_stays_forgotten(
    newsletter: Newsletter, publication: Path
) -> None:
    (publication / "old.csv").write_text(f"email\n{ANN}\n")

    ended = newsletter("subscribers", "forget", ANN, "--yes")

    assert (ended.code, ended.out) == (0, f"{ANN}: erased\n")
    assert "1 file outside of the store still hold" in ended.err
    assert "old.csv" in ended.err
    database = publication / ".newsletter"
    assert not any(
        ANN.encode() in path.read_bytes() for path in database.glob("newsletter.db*")
    )
    again = newsletter("subscribers", "import", "old.csv")
    assert "0 added" in again.out
    assert "suppressed: erasure" in again.out
    assert "erased for good" not in newsletter("subscribers", "show", ANN).out
    refused = newsletter("subscribers", "suppress", ANN, "--reason", "erasure")
    assert (refused.code, "forget" in refused.err) == (2, True)


def test_forgetting_asks_first(newsletter: Newsletter) -> None:
    ended = newsletter("subscribers", "forget", ANN)

    assert ended.code != 0
    assert newsletter("subscribers", "show", ANN).out.startswith(f"{ANN}: active")


def test_a_zip_is_imported_and_its_mistakes_are_placed(
    newsletter: Newsletter, publication: Path
) -> None:
    with zipfile.ZipFile(publication / "export.zip", "w") as archive:
        archive.writestr("list.csv", "email,tags\nbo@example.com,vip\nnobody,\n")

    tried = newsletter("subscribers", "import", "export.zip", "--dry-run")
    ended = newsletter("subscribers", "import", "export.zip")

    assert "1 would be added" in tried.out
    assert "1 added" in ended.out
    assert "export.zip/list.csv:3: skipped nobody" in ended.out


def test_an_issue_goes_to_its_segment(
    newsletter: Newsletter, publication: Path
) -> None:
    settings = publication / "newsletter.yaml"
    settings.write_text(settings.read_text() + "segments:\n  close: tag:vip\n")
    newsletter("subscribers", "import", "subscribers.csv")
    newsletter("subscribers", "tag", ANN, "vip")
    issue = "pull-up-the-second-chair"

    unknown = newsletter("send", issue, "--segment", "closed", "--yes")
    assert unknown.code == 7
    assert "there is no segment `closed`" in unknown.err
    assert "did you mean `close`?" in unknown.err

    sent = newsletter("send", issue, "--segment", "close", "--yes")
    assert sent.code == 0
    assert "→ 1 subscriber in `close`" in sent.out
    assert "25 left out: not in the segment" in sent.out
    why = newsletter("why", "john.smith@example.com")
    assert "skipped, not in the segment" in why.out

    rest = newsletter("send", issue, "--yes")
    assert "→ 25 subscribers in `all`" in rest.out
    assert "1 left out: already has this issue" in rest.out
