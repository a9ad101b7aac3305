#!/bin/sh
# The whole way of an issue, from the Markdown file to the inbox, with the real commands.
# Nothing leaves this machine: the provider is the outbox, which writes files.
set -eu
cd "$(dirname "$0")/.."

demo=.newsletter/demo
rm -rf "$demo"
mkdir -p "$demo"
# A store and an outbox of its own: the demo never touches real subscribers.
export NEWSLETTER_STORE="sqlite:///$demo/newsletter.db"
export NEWSLETTER_OUTBOX="$demo/outbox"

newsletter() {
    printf '\n$ newsletter %s\n' "$*"
    .venv/bin/newsletter --now "$now" "$@"
}

# The sample is of its time, whatever this machine's clock says.
now=2026-11-21
# An issue's file name starts with its date: the last one is the newest.
issue=$(ls issues/*.md | tail -n 1)
accepted=$(sed -n '2s/,.*//p' subscribers.csv)
suppressed=$(sed -n '3s/,.*//p' subscribers.csv)

newsletter subscribers import subscribers.csv
newsletter check
newsletter render "$issue" -o "$demo"
newsletter build
newsletter subscribers remove "$suppressed"
newsletter send "$issue" --yes
newsletter why "$accepted"
newsletter why "$suppressed"
# Nobody has heard of this address, and the command says so with its exit code.
newsletter why stranger@example.com || [ $? -eq 1 ]

cat <<END

What to look at:
  $demo/preview.html    the newest issue as an email, in your browser
  $demo/outbox/new/     one file per message that was sent; a mail program opens them
  site/index.html                  the archive
END
