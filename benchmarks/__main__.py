"""Runs all benchmarks: `make bench`."""

from benchmarks import commands, compile, messages, sending

for part in (compile, commands, messages, sending):
    part.main()
