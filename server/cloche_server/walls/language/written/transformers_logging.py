"""How much transformers says of itself. It says nothing to callers: the levels are only kept."""

CRITICAL, ERROR, WARNING, INFO, DEBUG = 50, 40, 30, 20, 10
_STATE = {"level": WARNING}


def get_logger(name=None):
    import logging as library

    return library.getLogger(name or "transformers")


def get_verbosity():
    return _STATE["level"]


def set_verbosity(verbosity):
    _STATE["level"] = verbosity


def set_verbosity_error():
    set_verbosity(ERROR)


def set_verbosity_warning():
    set_verbosity(WARNING)


def set_verbosity_info():
    set_verbosity(INFO)


def set_verbosity_debug():
    set_verbosity(DEBUG)


def disable_progress_bar():
    pass


def enable_progress_bar():
    pass


class _Logging:
    """The module as a member of another."""

    def __init__(self):
        self.CRITICAL, self.ERROR, self.WARNING = CRITICAL, ERROR, WARNING
        self.INFO, self.DEBUG = INFO, DEBUG
        for each in (
            get_logger,
            get_verbosity,
            set_verbosity,
            set_verbosity_error,
            set_verbosity_warning,
            set_verbosity_info,
            set_verbosity_debug,
            disable_progress_bar,
            enable_progress_bar,
        ):
            setattr(self, each.__name__, each)


logging = _Logging()
