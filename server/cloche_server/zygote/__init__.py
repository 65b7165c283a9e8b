"""The process that holds the model and forks the sandboxes. It never runs caller code."""
