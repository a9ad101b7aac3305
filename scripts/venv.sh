#!/bin/sh
# Makes .venv, or says what is missing for it.
set -eu
python=${PYTHON:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "newsletter needs Python 3.11 or newer, for example: make PYTHON=python3.13" >&2
    exit 1
fi

# Debian ships Python without ensurepip; venv would then leave half an environment.
"$python" -c 'import ensurepip, venv' 2>/dev/null || sh scripts/apt.sh python3-venv

[ -x .venv/bin/pip ] || "$python" -m venv --clear .venv
