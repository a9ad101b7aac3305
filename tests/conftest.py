"""Fixtures for every test; what is slow to start waits until a test asks for it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.rig import network
from tests.rig.golden import GOLDEN, compare

if TYPE_CHECKING:
    from tests.rig.chromium import Chromium, Pages
    from tests.rig.vnu import Vnu

ROOT = Path(__file__).parents[1]
# The providers' own API descriptions; tests marked `contract` read them where they are.
CONTRACTS = ROOT.parent / "shared" / "openapi"

network.close()

# Commands are started as a reader's shell does: what Python has compiled is kept, and
# what is printed waits in a buffer unless we let it out.
for _name in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"):
    os.environ.pop(_name, None)

# How long an example takes tells how busy a machine is; what must be fast has tests of
# its own, which measure CPU.
settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --update-golden."""
    text = "rewrite tests/golden with what the code prints now"
    parser.addoption("--update-golden", action="store_true", help=text)


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Deselect `contract` tests where there is nothing to compare with.

    On CI, a test with a browser that fails has a second try, which the summary names: a
    browser does its things when it likes. Where people work, it fails, and is mended.
    """
    if "CI" in os.environ:
        for item in items:
            if "browser" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.flaky(reruns=1))
    if CONTRACTS.is_dir():
        return
    absent = [item for item in items if item.get_closest_marker("contract")]
    items[:] = [item for item in items if item not in absent]
    config.hook.pytest_deselected(items=absent)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail on CI when a test was skipped: there, everything must have run."""
    if skipped_on_ci(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why a run without a failed test failed."""
    if skipped_on_ci(terminalreporter.config):
        terminalreporter.line("ERROR: with CI set, no test may be skipped", red=True)


def skipped_on_ci(config: pytest.Config) -> bool:
    """Whether a test was skipped in a run that must not skip any."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return "CI" in os.environ and bool(reporter and reporter.stats.get("skipped"))


@pytest.fixture(autouse=True)
def environment_stays() -> Iterator[None]:
    """Fail a test that leaves a variable behind, which other tests would find."""
    before = _environment()
    yield
    after = _environment()
    os.environ.update(before)
    for name in after.keys() - before.keys():
        del os.environ[name]
    changed = {name for name, _ in before.items() ^ after.items()}
    assert not changed, f"left changed in the environment: {sorted(changed)}"


def _environment() -> dict[str, str]:
    """All variables, but for those that are meant to change."""
    return {k: v for k, v in os.environ.items() if k not in _MEANT}


# pytest's own, and what `newsletter` sets for itself before it imports pydantic.
_MEANT = {"PYTEST_CURRENT_TEST", "PYDANTIC_DISABLE_PLUGINS"}


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are rewritten."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def golden(update_golden: bool) -> Callable[[str, str], None]:
    """Compare text with tests/golden/<name>: `golden("email.html", html)`."""

    def check(name: str, text: str) -> None:
        compare(GOLDEN / name, text, update=update_golden)

    return check


@pytest.fixture
def publication(tmp_path: Path) -> Path:
    """A copy of the sample publication, free to be changed."""
    home = tmp_path / "publication"
    copy_publication(home)
    return home


def copy_publication(home: Path) -> None:
    """Make a copy of the sample publication in a folder that is not there yet."""
    shutil.copytree(ROOT / "issues", home / "issues")
    for name in ("newsletter.yaml", "subscribers.csv"):
        shutil.copy(ROOT / name, home)
    # Drawn where a test looks at them, and nowhere else: they take longest.
    with (home / "newsletter.yaml").open("a", encoding="utf-8") as settings:
        settings.write("pictures: false\n")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL: DATABASE_URL, or a cluster of our own."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    from tests.rig.postgres import cluster

    with cluster() as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator["Chromium"]:
    """Chromium, started once; tests use `open_page`."""
    from tests.rig.chromium import Chromium

    chromium = Chromium()
    yield chromium
    chromium.stop()


@pytest.fixture
def open_page(browser: "Chromium") -> Iterator["Pages"]:
    """Open pages: `open_page("file:///…", width=375, dark=True, images=False)`."""
    with browser.pages() as pages:
        yield pages


@pytest.fixture(scope="session")
def vnu() -> Iterator["Vnu"]:
    """The HTML checker, started once: `assert vnu.messages(html) == []`."""
    from tests.rig.vnu import Vnu

    checker = Vnu()
    yield checker
    checker.stop()
