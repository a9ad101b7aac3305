"""Runs the command line as `python -m newsletter`."""

from newsletter.cli.main import main

if __name__ == "__main__":
    main()
