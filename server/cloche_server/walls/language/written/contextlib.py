"""What `print` writes to, for a while."""

from tools import redirect


class _Redirect:
    name = "stdout"

    def __init__(self, new_target):
        self._target = new_target
        self._before = []

    def __enter__(self):
        target = None if hasattr(self._target, "of_the_caller") else self._target
        self._before.append(redirect(self.name, target))
        return self._target

    def __exit__(self, kind, error, trace):
        redirect(self.name, self._before.pop())


class redirect_stdout(_Redirect):
    pass


class redirect_stderr(_Redirect):
    name = "stderr"
