"""Checking an issue: all rules, in order, each problem once."""

from dataclasses import replace

from newsletter.check.check import check, has_errors
from newsletter.config.publication import load_publication
from newsletter.content.library import load_library
from newsletter.model.problem import Problem, Severity
from newsletter.sending.compose import compose
from tests.conftest import ROOT
from tests.render.making import FILE, an_issue, rendered, sample


def a_problem(
    line: int, severity: Severity = Severity.ERROR, code: str = "x"
) -> Problem:
    return Problem(code=code, message="m", file=FILE, line=line, severity=severity)


def test_the_issues_of_the_sample_publication_have_no_problems() -> None:
    publication = load_publication(ROOT, {})
    for issue in load_library(ROOT).issues:
        composed = compose(publication, issue.slug)
        assert composed.problems == ()
        assert not composed.has_errors


def test_problems_come_in_the_order_of_the_file_errors_first_and_once() -> None:
    found = (
        a_problem(12),
        a_problem(9, Severity.INFO, "b"),
        a_problem(9, Severity.WARNING, "a"),
        a_problem(9, Severity.ERROR, "c"),
        a_problem(12),
    )
    preheader = "a preheader that is as long as an inbox likes"
    body = "word " * 50
    email = replace(rendered(body, preheader=preheader), problems=found)

    problems = check(an_issue(body, preheader=preheader), email, sample())
    assert [(item.line, item.code) for item in problems] == [
        (9, "c"),
        (9, "a"),
        (9, "b"),
        (12, "x"),
    ]


def test_what_is_wrong_in_the_title_is_said_once_though_it_is_used_three_times() -> (
    None
):
    issue = an_issue(title="for {{ nobody }} at all")

    problems = check(issue, rendered(title=issue.title), sample())
    assert sum(item.code == "merge-tag" for item in problems) == 1


def test_only_errors_stop_a_send() -> None:
    assert has_errors([a_problem(1, Severity.WARNING), a_problem(1)])
    assert not has_errors([a_problem(1, Severity.WARNING), a_problem(1, Severity.INFO)])
    assert not has_errors([])


def test_a_problem_reads_like_a_compiler_s() -> None:
    problem = Problem(
        code="link",
        message="no host",
        file="issues/a.md",
        line=3,
        column=7,
        hint="add it",
    )

    assert str(problem) == "issues/a.md:3:7: error: no host; add it [link]"
    assert replace(problem, line=0, hint="").place == "issues/a.md"
    assert replace(problem, column=0).place == "issues/a.md:3"
