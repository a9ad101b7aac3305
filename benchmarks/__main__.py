"""Runs the benchmarks that need nothing but Python: `make bench`."""

from benchmarks import (
    checking,
    commands,
    compile,
    images,
    messages,
    provider_http,
    sending,
)

for part in (compile, images, commands, checking, messages, sending, provider_http):
    print(f"\n{part.__name__}")
    part.main()
