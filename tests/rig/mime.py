"""Reads messages with postal-mime, a MIME parser that shares no code with Python's."""

import base64
import json
import subprocess
from collections.abc import Sequence
from typing import Any

from tests.rig.tools import TOOLS, npm_file, program

_SCRIPT = """
import PostalMime from "postal-mime";
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const mails = JSON.parse(Buffer.concat(chunks)).map(it => Buffer.from(it, "base64"));
const read = mail => PostalMime.parse(mail, {attachmentEncoding: "base64"});
console.log(JSON.stringify(await Promise.all(mails.map(read))));
"""


def read(messages: Sequence[bytes]) -> list[dict[str, Any]]:
    """Return what postal-mime reads of each message, all by one process.

    Of each there are `subject`, `from`, `to`, `text`, `html`, `headers` (a list of key
    and value) and `attachments` (`mimeType`, `contentId`, `disposition`, `content` as
    base64), as its documentation describes them; line ends are LF.
    """
    npm_file("postal-mime/package.json")
    done = subprocess.run(
        [program("nodejs", "node"), "--input-type=module", "--eval", _SCRIPT],
        input=json.dumps([base64.b64encode(item).decode() for item in messages]),
        cwd=TOOLS,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
