"""The shape of the repository: small files and functions, locks without addresses."""

import ast
import json
import re
import subprocess
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40
# Written so that this file does not match itself.
MARKS = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X])\b")
REGISTRIES = re.compile(
    rb"pyp[i]\.org|pythonhoste[d]\.org|npmj[s]\.(org|com)|debia[n]\.org"
)
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def tracked() -> list[Path]:
    """Every file that is in git or would be with `git add .`."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (ROOT / name for name in listing.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def modules(*tops: str) -> list[tuple[Path, str]]:
    """Return path and source of every Python file below these folders."""
    paths = [path for top in tops for path in sorted((ROOT / top).rglob("*.py"))]
    return [
        (path.relative_to(ROOT), path.read_text(encoding="utf-8"))
        for path in paths
        if "node_modules" not in path.parts
    ]


def functions(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_file_is_longer_than_400_lines() -> None:
    sizes = {
        str(path): len(source.splitlines())
        for path, source in modules("newsletter", "tests")
    }

    assert {name: n for name, n in sizes.items() if n > MAX_FILE_LINES} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    sizes = {
        f"{path}:{function.lineno} {function.name}": (
            (function.end_lineno or 0) - function.lineno + 1
        )
        for path, source in modules("newsletter")
        for function in functions(source)
    }

    assert {name: n for name, n in sizes.items() if n > MAX_FUNCTION_LINES} == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path)
        for path, source in modules("newsletter", "tests", "benchmarks")
        if not ast.get_docstring(ast.parse(source))
    ]

    assert silent == []


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path, _ in modules("newsletter", "tests")}

    assert [str(f) for f in folders if not (ROOT / f / "__init__.py").exists()] == []


def comments(path: Path) -> Iterator[str]:
    """The comments only: `check` looks for such words in issues, so code has them."""
    with path.open("rb") as source:
        for token in tokenize.tokenize(source.readline):
            if token.type == tokenize.COMMENT:
                yield token.string


def test_no_comment_puts_work_off() -> None:
    code = [path for path in tracked() if path.suffix == ".py"]

    assert [
        f"{path.relative_to(ROOT)}: {comment}"
        for path in code
        for comment in comments(path)
        if MARKS.search(comment)
    ] == []


def test_no_file_names_a_package_registry() -> None:
    assert [
        str(path.relative_to(ROOT))
        for path in tracked()
        if REGISTRIES.search(path.read_bytes())
    ] == []


def test_locks_have_a_hash_for_everything_and_no_address() -> None:
    assert [lock.name for lock in LOCKS] == ["build.txt", "dev.txt", "run.txt"]

    for lock in LOCKS:
        text = lock.read_text(encoding="utf-8")
        entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]

        assert "://" not in text
        assert "index-url" not in text
        assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_locks_agree_with_each_other_and_name_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = {lock.stem: pins(lock) for lock in LOCKS}

    assert names(project["project"]["dependencies"]) <= locked["run"].keys()
    assert names(project["dependency-groups"]["build"]) <= locked["build"].keys()
    assert names(project["dependency-groups"]["dev"]) <= locked["dev"].keys()
    assert locked["run"].items() <= locked["dev"].items()
    assert locked["build"].items() <= locked["dev"].items()


@pytest.mark.parametrize("folder", ["tests/tools", "assets"])
def test_the_lock_of_npm_packages_has_hashes_and_no_address(folder: str) -> None:
    text = (ROOT / folder / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]

    assert "://" not in text
    assert [
        name for name in packages if name and "integrity" not in packages[name]
    ] == []


def pins(lock: Path) -> dict[str, str]:
    text = lock.read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, flags=re.MULTILINE))


def names(requirements: list[str | dict[str, str]]) -> set[str]:
    """Normalised names; `{include-group = …}` entries are left out."""
    return {
        re.split(r"[^A-Za-z0-9._-]", entry)[0].lower().replace("_", "-")
        for entry in requirements
        if isinstance(entry, str)
    }
