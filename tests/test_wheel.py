"""What a person installs is the wheel, not the checkout."""

import os
import subprocess
import sys

from tests.conftest import ROOT


def test_the_wheel_works_outside_the_checkout() -> None:
    done = subprocess.run(
        ["sh", "scripts/wheel_test.sh"],
        cwd=ROOT,
        env=os.environ | {"PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
