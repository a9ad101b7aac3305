"""How every script that takes pictures begins and ends."""

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.rig.chromium import Chromium

Take = Callable[[argparse.Namespace, Chromium, Path], Iterable[str]]
"""Takes the pictures, with the options, a browser and a folder that is gone
afterwards; tells what is wrong with what they show."""


def parser(purpose: str, folder: Path) -> argparse.ArgumentParser:
    """The options of such a script: where the pictures go, `folder` unless told."""
    options = argparse.ArgumentParser(description=purpose)
    options.add_argument("folder", nargs="?", type=Path, default=folder)
    return options


def take_pictures(options: argparse.Namespace, take: Take) -> None:
    """Take them and say where they are; ends with an error where one shows a fault."""
    options.folder.mkdir(parents=True, exist_ok=True)
    chromium = Chromium()
    try:
        with TemporaryDirectory() as home:
            faults = list(take(options, chromium, Path(home)))
    finally:
        chromium.stop()
    sys.stdout.write(f"the pictures are in {options.folder}\n")
    if faults:
        sys.exit("\n".join(faults))
