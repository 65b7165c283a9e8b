"""The bytes of a call's arguments, on their way from its caller into its sandbox, in pieces.

The front never holds all of what is uploaded: a piece is asked for when the sandbox has taken the
one before.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from cloche.contract.config import INLINE_BYTES, Limits
from cloche.contract.status import Reason

from cloche_server.front.requests import upload_piece
from cloche_server.refusal import Refusal


class Arguments:
    """Those of args, then those of kwargs: here already, or to be had from `upload`.

    Args:
        upload: reads the next message; None after the last.
    """

    def __init__(
        self,
        args_bytes: int,
        kwargs_bytes: int,
        *,
        here: tuple[memoryview, ...] = (),
        upload: Callable[[], Awaitable[bytes | None]] | None = None,
    ) -> None:
        self.args_bytes = args_bytes
        self.kwargs_bytes = kwargs_bytes
        self._here = here
        self._upload = upload

    @property
    def size(self) -> int:
        return self.args_bytes + self.kwargs_bytes

    @property
    def uploaded(self) -> bool:
        return self._upload is not None

    def require_within(self, limits: Limits) -> None:
        """Raises Refusal, before anything of an upload is taken."""
        most = limits.arguments_max_bytes
        for field, size in (("args", self.args_bytes), ("kwargs", self.kwargs_bytes)):
            if size > most:
                text = f"{field} takes {size} bytes, the server allows {most}"
            elif not self.uploaded and self.size > INLINE_BYTES and 2 * size >= self.size:
                text = (
                    f"{field} takes {size} bytes; arguments of more than {INLINE_BYTES} go by "
                    f"ExecuteUpload, up to {most}"
                )
            else:
                continue
            raise Refusal(Reason.REQUEST_TOO_LARGE, text, field=field)

    def take(self) -> tuple[memoryview, ...]:
        """What is here; it is not kept."""
        here, self._here = self._here, ()
        return here

    async def pieces(self) -> AsyncIterator[memoryview]:
        """What is not here, as it comes.

        Raises:
            Refusal: it is more or less than was announced, or comes in pieces that are too large.
        """
        left = self.size if self._upload is not None else 0
        while left and self._upload is not None:
            message = await self._upload()
            if message is None:
                raise _refused(f"the upload ended {left} bytes before its announced end")
            piece = upload_piece(message)
            left -= len(piece)
            if left < 0:
                raise _refused(f"the upload is longer than announced, by {-left} bytes or more")
            yield piece


def _refused(text: str) -> Refusal:
    return Refusal(Reason.REQUEST, text, field="args")


NO_ARGUMENTS: Final = Arguments(0, 0)
