"""Every code that the package gives a problem is explained, and no other."""

import ast
from collections.abc import Iterator
from pathlib import Path

from newsletter.check.codes import CODES
from tests.conftest import ROOT

Function = ast.FunctionDef | ast.AsyncFunctionDef


def constants(value: ast.expr) -> Iterator[str]:
    """The texts that an expression may be: `"a"`, or `"a" if x else "b"`."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    if isinstance(value, ast.IfExp):
        yield from constants(value.body)
        yield from constants(value.orelse)


def position_of_code(function: Function) -> int:
    """Which argument is `code`, `self` left out; -1 for none."""
    names = [item.arg for item in function.args.args if item.arg != "self"]
    return names.index("code") if "code" in names else -1


def used(trees: list[ast.Module]) -> set[str]:
    """The codes given to `Problem` itself, or to a function that passes them on."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    makers = {
        (node.name, position_of_code(node))
        for node in nodes
        if isinstance(node, Function) and position_of_code(node) >= 0
    }
    found: set[str] = set()
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        for keyword in node.keywords:
            if keyword.arg == "code" and name == "Problem":
                found |= set(constants(keyword.value))
        for maker, place in makers:
            if name == maker and len(node.args) > place:
                found |= set(constants(node.args[place]))
    return found


def package() -> list[ast.Module]:
    paths = sorted((ROOT / "newsletter").rglob("*.py"))
    # The doctor has findings, which are no problems of a text.
    kept = [p for p in paths if p.name != "codes.py" and p.parent.name != "doctor"]
    return [ast.parse(path.read_text(encoding="utf-8")) for path in kept]


def written(trees: list[ast.Module]) -> set[str]:
    """Every text in the code: a code may stand in a table before it is given."""
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_code_of_the_package_is_explained_and_every_explained_one_is_used() -> (
    None
):
    codes = {code for code in used(package()) if " " not in code}

    assert codes - CODES.keys() == set()
    assert CODES.keys() - written(package()) == set()


def test_the_search_finds_codes_however_they_are_given(tmp_path: Path) -> None:
    source = """
def _problem(self, line, code, message): return Problem(code=code)
def other(text): return Problem(code="a" if text else "b")
def third(): yield self._problem(1, "c", "d"); yield other("e")
"""
    assert used([ast.parse(source)]) == {"a", "b", "c"}


def test_codes_are_sorted_and_explained_in_sentences() -> None:
    assert list(CODES) == sorted(CODES)
    for code, meaning in CODES.items():
        assert code.replace("-", "").islower()
        assert meaning[0].isupper() or meaning[0] == "`"
        assert meaning.endswith(".")
