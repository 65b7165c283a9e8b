"""A server that speaks the wire contract and runs nothing but what a test tells it."""
