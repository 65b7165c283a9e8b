"""Loggers whose records go to the caller, with their levels. There are no files and no sockets."""

import time

from tools import describe, record

NOTSET, DEBUG, INFO, WARNING, ERROR, CRITICAL = 0, 10, 20, 30, 40, 50
WARN, FATAL = WARNING, CRITICAL
BASIC_FORMAT = "%(levelname)s:%(name)s:%(message)s"
_NAMES = {
    0: "NOTSET", 10: "DEBUG", 20: "INFO", 30: "WARNING", 40: "ERROR", 50: "CRITICAL",
}  # fmt: skip
_OTHER_NAMES = {"WARN": 30, "FATAL": 50}
_START = time.time()
_STATE = {"disabled": -1}
_LOGGERS = {}


def getLevelName(level):
    if isinstance(level, str):
        return _number(level)
    return _NAMES.get(level, f"Level {level}")


def getLevelNamesMapping():
    return {**{name: number for number, name in _NAMES.items()}, **_OTHER_NAMES}


def addLevelName(level, levelName):
    _NAMES[level] = levelName


def _number(level):
    if not isinstance(level, str):
        return int(level)
    known = getLevelNamesMapping()
    if level not in known:
        raise ValueError(f"Unknown level: {level!r}")
    return known[level]


def _wire_level(number):
    if number >= ERROR:
        return "error"
    if number >= WARNING:
        return "warning"
    return "info" if number >= INFO else "debug"


class LogRecord:
    def __init__(self, name, level, pathname, lineno, msg, args, exc_info, func=None, sinfo=None):
        self.name = name
        self.levelno = level
        self.levelname = getLevelName(level)
        self.msg = msg
        # As Python has it: one mapping is for `%(name)s`.
        single = len(args) == 1 and args[0] and hasattr(args[0], "keys")
        self.args = args[0] if single else args
        self.exc_info = exc_info
        self.created = time.time()

    def getMessage(self):
        text = str(self.msg)
        return text % self.args if self.args else text

    def __repr__(self):
        return f'<LogRecord: {self.name}, {self.levelno}, "{self.msg}">'


def makeLogRecord(values):
    made = LogRecord(None, 0, "", 0, "", (), None)
    for key, value in values.items():
        setattr(made, key, value)
    return made


class Formatter:
    def __init__(
        self, fmt=None, datefmt=None, style="%", validate=True, *, defaults=None
    ):  # fmt: skip
        if style not in ("%", "{"):
            raise ValueError("style must be '%' or '{'")
        self._fmt = fmt or ("%(message)s" if style == "%" else "{message}")
        self.datefmt = datefmt
        self._style = style
        self._defaults = dict(defaults or {})

    def formatTime(self, record, datefmt=None):
        when = time.localtime(record.created)
        if datefmt:
            return time.strftime(datefmt, when)
        milliseconds = int(record.created % 1 * 1000)
        return f"{time.strftime('%Y-%m-%d %H:%M:%S', when)},{milliseconds:03d}"

    def formatException(self, exc_info):
        error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
        return describe(error).rstrip("\n")

    def format(self, record):
        values = {
            **self._defaults,
            "filename": "technique", "module": "technique", "pathname": "technique",
            "funcName": "", "lineno": 0, "process": 0, "processName": "MainProcess", "thread": 0,
            "threadName": "MainThread", "relativeCreated": (record.created - _START) * 1000,
            "msecs": record.created % 1 * 1000, **vars(record), "message": record.getMessage(),
            "asctime": self.formatTime(record, self.datefmt),
        }  # fmt: skip
        text = self._fmt % values if self._style == "%" else self._fmt.format(**values)
        if record.exc_info:
            text = f"{text}\n{self.formatException(record.exc_info)}"
        return text


class Filter:
    def __init__(self, name=""):
        self.name = name

    def filter(self, record):
        under = record.name == self.name or record.name.startswith(self.name + ".")
        return not self.name or under


class Filterer:
    def __init__(self):
        self.filters = []

    def addFilter(self, filter):
        if filter not in self.filters:
            self.filters.append(filter)

    def removeFilter(self, filter):
        if filter in self.filters:
            self.filters.remove(filter)

    def filter(self, record):
        for each in self.filters:
            ask = each.filter if hasattr(each, "filter") else each
            if not ask(record):
                return False
        return True


class Handler(Filterer):
    def __init__(self, level=NOTSET):
        super().__init__()
        self.level = _number(level)
        self.formatter = None

    def setLevel(self, level):
        self.level = _number(level)

    def setFormatter(self, fmt):
        self.formatter = fmt

    def format(self, record):
        if self.formatter is not None:
            return self.formatter.format(record)
        return _plainly(record)

    def handle(self, record):
        if self.filter(record):
            self.emit(record)

    def emit(self, record):
        raise NotImplementedError("emit must be implemented by Handler subclasses")

    def flush(self):
        pass

    def close(self):
        pass


class NullHandler(Handler):
    def emit(self, record):
        pass


class StreamHandler(Handler):
    """Writes to an object of the technique's own; else the record goes to the caller."""

    terminator = "\n"

    def __init__(self, stream=None):
        super().__init__()
        self.stream = stream

    def setStream(self, stream):
        before, self.stream = self.stream, stream
        return before

    def emit(self, record):
        text = self.format(record)
        if self.stream is None or hasattr(self.stream, "of_the_caller"):
            _send(record, text)
        else:
            self.stream.write(text + self.terminator)


def _plainly(record):
    text = record.getMessage()
    if record.name != "root":
        text = f"{record.name}: {text}"
    if record.exc_info:
        text = f"{text}\n{_FORMATTER.formatException(record.exc_info)}"
    return text


def _send(made, text):
    record(_wire_level(made.levelno), str(text))


class _ByLevel:
    """Has a method for each level, which calls `log`."""

    def debug(self, msg, *args, **options):
        self.log(DEBUG, msg, *args, **options)

    def info(self, msg, *args, **options):
        self.log(INFO, msg, *args, **options)

    def warning(self, msg, *args, **options):
        self.log(WARNING, msg, *args, **options)

    def warn(self, msg, *args, **options):
        self.log(WARNING, msg, *args, **options)

    def error(self, msg, *args, **options):
        self.log(ERROR, msg, *args, **options)

    def critical(self, msg, *args, **options):
        self.log(CRITICAL, msg, *args, **options)

    def fatal(self, msg, *args, **options):
        self.log(CRITICAL, msg, *args, **options)

    def exception(self, msg, *args, exc_info=True, **options):
        self.log(ERROR, msg, *args, exc_info=exc_info, **options)


class Logger(_ByLevel, Filterer):
    def __init__(self, name, level=NOTSET):
        super().__init__()
        self.name = name
        self.level = _number(level)
        self.parent = None
        self.propagate = True
        self.handlers = []
        self.disabled = False

    def setLevel(self, level):
        self.level = _number(level)

    def getEffectiveLevel(self):
        logger = self
        while logger is not None:
            if logger.level:
                return logger.level
            logger = logger.parent
        return NOTSET

    def isEnabledFor(self, level):
        return level > _STATE["disabled"] and level >= self.getEffectiveLevel()

    def getChild(self, suffix):
        return getLogger(suffix if self.name == "root" else f"{self.name}.{suffix}")

    def addHandler(self, hdlr):
        if hdlr not in self.handlers:
            self.handlers.append(hdlr)

    def removeHandler(self, hdlr):
        if hdlr in self.handlers:
            self.handlers.remove(hdlr)

    def hasHandlers(self):
        return bool(self._all_handlers())

    def _all_handlers(self):
        found, logger = [], self
        while logger is not None:
            found += logger.handlers
            logger = logger.parent if logger.propagate else None
        return found

    def log(self, level, msg, *args, exc_info=None, extra=None, **options):
        if self.disabled or not self.isEnabledFor(level):
            return
        if exc_info and not isinstance(exc_info, (BaseException, tuple)):
            # Of what is being handled now.
            exc_info = (None, None, None)
        made = LogRecord(self.name, level, "technique", 0, msg, args, exc_info)
        for key, value in (extra or {}).items():
            if key in ("message", "asctime") or hasattr(made, key):
                raise KeyError(f"Attempt to overwrite {key!r} in LogRecord")
            setattr(made, key, value)
        self.handle(made)

    def handle(self, record):
        if not self.filter(record):
            return
        handlers = self._all_handlers()
        if not handlers:
            _send(record, _plainly(record))
        for each in handlers:
            if record.levelno >= each.level:
                each.handle(record)

    def __repr__(self):
        return f"<Logger {self.name} ({getLevelName(self.getEffectiveLevel())})>"


class LoggerAdapter(_ByLevel):
    def __init__(self, logger, extra=None):
        self.logger = logger
        self.extra = extra

    def process(self, msg, kwargs):
        kwargs["extra"] = self.extra
        return msg, kwargs

    def log(self, level, msg, *args, **options):
        msg, options = self.process(msg, options)
        self.logger.log(level, msg, *args, **options)

    def setLevel(self, level):
        self.logger.setLevel(level)

    def isEnabledFor(self, level):
        return self.logger.isEnabledFor(level)


_FORMATTER = Formatter()
root = Logger("root", WARNING)


def getLogger(name=None):
    if not name or name == "root":
        return root
    if name not in _LOGGERS:
        made = _LOGGERS[name] = Logger(name)
        above = name.rpartition(".")[0]
        made.parent = getLogger(above) if above else root
    return _LOGGERS[name]


def basicConfig(
    *, level=None, format=None, datefmt=None, style="%", stream=None, handlers=None, force=False,
    filename=None, **options,
):  # fmt: skip
    if filename is not None:
        raise PermissionError("a call has no files: records go to the caller")
    if force:
        root.handlers.clear()
    if not root.handlers:
        for each in handlers or [StreamHandler(stream)]:
            if each.formatter is None and (format or datefmt):
                each.setFormatter(Formatter(format, datefmt, style))
            root.addHandler(each)
        if level is not None:
            root.setLevel(level)


def disable(level=CRITICAL):
    _STATE["disabled"] = _number(level)


def captureWarnings(capture):
    """Warnings go to the caller already."""


def shutdown():
    pass


def log(level, msg, *args, **options):
    root.log(level, msg, *args, **options)


def debug(msg, *args, **options):
    root.log(DEBUG, msg, *args, **options)


def info(msg, *args, **options):
    root.log(INFO, msg, *args, **options)


def warning(msg, *args, **options):
    root.log(WARNING, msg, *args, **options)


def warn(msg, *args, **options):
    root.log(WARNING, msg, *args, **options)


def error(msg, *args, **options):
    root.log(ERROR, msg, *args, **options)


def critical(msg, *args, **options):
    root.log(CRITICAL, msg, *args, **options)


def fatal(msg, *args, **options):
    root.log(CRITICAL, msg, *args, **options)


def exception(msg, *args, **options):
    root.exception(msg, *args, **options)
