"""Sees whether anything has changed since the last build, and reads nothing for it."""

import time
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from newsletter.archive.cache_file import Glance, cache_path, digest, read_glance
from newsletter.archive.folder import FileStamp, open_folder
from newsletter.archive.report import BuildReport
from newsletter.archive.stamps import UNSETTLED, Inputs, look, program, stamp_of
from newsletter.archive.wanted import USUAL, Wanted
from newsletter.archive.writing import read_ours


def nothing_changed(
    root: Path,
    out: Path,
    today: date,
    wanted: Wanted = USUAL,
    inputs: Inputs | None = None,
) -> BuildReport | None:
    """The report of a build that has nothing to do; None where there may be something.

    `inputs` are those of `root`, if somebody has just looked at them.
    Raises UsageError when another build writes into the folder `out`.
    """
    glance = read_glance(cache_path(root, out, wanted))
    if glance is None or not glance.holds_on(today) or not out.is_dir():
        return None
    if glance.program != digest(program().encode()):
        return None
    state = inputs_digest(inputs or look(root), glance.images)
    # What cannot be told is never the same.
    if not state or glance.inputs != state:
        return None
    with open_folder(out) as folder:
        ours = read_ours(folder)
        stamps = folder.stamps(ours)
        files = zip(ours.items(), stamps, strict=True)
        if outputs_digest({path: (d, s) for (path, d), s in files}) != glance.outputs:
            return None
    pages = tuple(path for path in ours if path.endswith(".html"))
    return BuildReport(0, len(ours), 0, pages)


def make_glance(
    inputs: Inputs, images: Iterable[str], outputs: str, today: date, until: date
) -> Glance:
    """What is to be kept of a build for `nothing_changed`."""
    paths = tuple(sorted(images))
    return Glance(
        program=digest(program().encode()),
        inputs=inputs_digest(inputs, paths),
        outputs=outputs,
        images=paths,
        today=today.isoformat(),
        until=until.isoformat(),
    )


def inputs_digest(inputs: Inputs, images: Iterable[str]) -> str:
    """Names the state of all inputs; empty where that cannot be told yet."""
    now = time.time_ns()
    stamps = [sorted(part.items()) for part in inputs]
    stamps.append([(path, stamp_of(path, now) or UNSETTLED) for path in images])
    if any(stamp == UNSETTLED for part in stamps for _, stamp in part):
        return ""
    return digest(repr(stamps).encode(errors="surrogateescape"))


def outputs_digest(files: Mapping[str, tuple[str, FileStamp | None]]) -> str:
    """Names the state of our files in the site's folder, by digests and stamps."""
    return digest(repr(sorted(files.items())).encode())
