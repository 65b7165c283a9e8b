"""What the kernel says of namespaces, in words that help."""

from __future__ import annotations

import errno
import os

import pytest
from cloche_server.walls.kernel import libc, namespaces


def test_no_user_namespaces_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the kernel answers where user.max_user_namespaces is 0."""

    def refused(flags: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(libc, "unshare", refused)
    with pytest.raises(OSError, match=r"raise sysctl user\.max_user_namespaces") as caught:
        namespaces.own_user()
    assert "No space left" not in str(caught.value)
