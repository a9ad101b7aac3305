#!/bin/sh
# Brings what the tests use besides Python, then runs them. Arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."

missing=""
have() { command -v "$1" >/dev/null; }
have_package() { ! have dpkg || dpkg -s "$1" >/dev/null 2>&1; }

have initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
have chromium || have chromium-browser || have google-chrome || missing="$missing chromium"
have java || missing="$missing default-jre-headless"
have caddy || missing="$missing caddy"
have systemd-analyze || missing="$missing systemd"
have node || missing="$missing nodejs"
have npm || missing="$missing npm"
# Playwright's driver wants libatomic; without fonts every letter is the same box.
for package in libatomic1 fonts-noto-core fonts-noto-color-emoji; do
    have_package "$package" || missing="$missing $package"
done
# shellcheck disable=SC2086  # a list of package names
[ -z "$missing" ] || sh scripts/apt.sh $missing

cd tests/tools
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --loglevel=error
cd ../..
for source in assets/*.js assets/*.mjs assets/package-lock.json; do
    [ newsletter/built/editor.js -nt "$source" ] || { make assets; break; }
done

# All of them: one process for each processor. Some of them: not worth starting several.
[ $# -gt 0 ] || set -- --numprocesses auto
exec .venv/bin/python -m pytest "$@"
