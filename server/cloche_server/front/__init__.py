"""The only process that callers talk to. It never imports torch and never runs caller code."""
