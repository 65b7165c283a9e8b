"""Define the messages of the front, the zygote and the sandboxes: typed, framed, bounded."""
