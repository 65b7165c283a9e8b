"""What the front, the zygote and the sandboxes say to each other: typed, framed, bounded."""
