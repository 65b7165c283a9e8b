"""Record what has happened: who called, what it took, and how it ended."""
