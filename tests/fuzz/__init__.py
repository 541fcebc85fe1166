"""Damaged and hostile inputs for the command line. `run.py` is the one command."""
