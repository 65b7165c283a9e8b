"""Call a server: one channel, one call at a time or many, events, and how they are shown."""
