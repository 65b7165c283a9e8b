"""Standard output and error as objects, and the lists that files set up before anything runs."""

from tools import write_error, write_out


class _Stream:
    encoding = "utf-8"
    errors = "replace"
    closed = False
    of_the_caller = True

    def __init__(self, name, write):
        self.name = name
        self._write = write

    def write(self, text):
        self._write(text)
        return len(text)

    def writelines(self, lines):
        for each in lines:
            self.write(each)

    def flush(self):
        pass

    def isatty(self):
        return False

    def writable(self):
        return True

    def readable(self):
        return False


stdout = _Stream("<stdout>", write_out)
stderr = _Stream("<stderr>", write_error)
path = []
argv = ["technique"]
