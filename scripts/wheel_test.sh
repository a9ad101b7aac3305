#!/bin/sh
# Builds the wheel and uses it outside the checkout: proves that the templates and the
# command are in it, which an editable install can never show.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
python=$(command -v "${PYTHON:-.venv/bin/python}")
case $python in /*) ;; *) python=$root/$python ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$python" -m hatchling build -t wheel -d "$work/dist" >/dev/null
"$python" -m venv --without-pip "$work/venv"
"$python" -m pip --disable-pip-version-check --python "$work/venv/bin/python" \
    install --quiet --no-index --no-deps "$work"/dist/*.whl

# Only the dependencies come from the checkout's environment. Its editable `newsletter`
# does not: Python reads no .pth file of a directory that a .pth file added.
purelib='import sysconfig; print(sysconfig.get_path("purelib"))'
"$python" -c "$purelib" > "$("$work/venv/bin/python" -c "$purelib")/dependencies.pth"

mkdir "$work/publication"
cd "$work/publication"
"$work/venv/bin/python" -c 'import newsletter; print(newsletter.__file__)' |
    grep -q "^$work/venv/"
"$work/venv/bin/newsletter" --help
"$work/venv/bin/newsletter" init .
"$work/venv/bin/newsletter" check
"$work/venv/bin/newsletter" build
