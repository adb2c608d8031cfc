"""`python -m tracker` is `wismo`."""

from tracker.cli.main import main

main()
