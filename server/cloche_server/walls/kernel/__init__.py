"""The kernel wall: what a process can no longer do once it is a sandbox.

Read `lockdown.py` first: it is the list of steps, in order, each with what it closes.
"""
