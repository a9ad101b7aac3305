"""A simulated email service: counts what it accepts, and fails as it is told.

`newsletter rehearse`, tests and benchmarks send to it. It is a real HTTP server in a
process of its own, and uses nothing but Python, so that it starts at once and is never
what is measured.
"""
