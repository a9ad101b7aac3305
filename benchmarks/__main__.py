"""Runs all benchmarks: `make bench`."""

from benchmarks import commands, compile, images, messages, sending

for part in (compile, images, commands, messages, sending):
    part.main()
