#!/bin/sh
# Installs the Debian packages it is given when it may; otherwise prints the line to run.
set -eu

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Some programs are missing. On Debian or Ubuntu, as root:" >&2
    echo "    apt-get install --no-install-recommends $*" >&2
    exit 1
fi

echo "Installing $*"
export DEBIAN_FRONTEND=noninteractive
# Another apt-get may be at work: wait for it rather than fail.
apt="apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0"
$apt update
$apt install --no-install-recommends "$@" >/dev/null
