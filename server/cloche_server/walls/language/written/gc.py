"""The collector, left as it is: what a call made goes with its process."""

_STATE = {"enabled": True}


def collect(generation=2):
    return 0


def enable():
    _STATE["enabled"] = True


def disable():
    _STATE["enabled"] = False


def isenabled():
    return _STATE["enabled"]


def freeze():
    pass


def unfreeze():
    pass


def get_count():
    return (0, 0, 0)
