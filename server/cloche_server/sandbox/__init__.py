"""The process that runs one technique, and the kernel wall around it.

Read `lockdown.py` first: it is the list of steps, in order, each with what it closes.
"""
