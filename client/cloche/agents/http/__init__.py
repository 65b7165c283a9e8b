"""What the tools and the chat share over HTTP: where they listen, and who calls."""
