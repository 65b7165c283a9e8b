"""The process that runs one technique, from its job to its answer."""
