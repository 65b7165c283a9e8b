"""An environment of this call's own: empty to begin with, as a sandbox's is."""

environ = {}


def getenv(key, default=None):
    return environ.get(key, default)
