"""The bytes of a call's arguments, on their way from its caller into its sandbox, in pieces.

The front never holds all of what is uploaded: a piece is asked for when the sandbox has taken the
one before.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from cloche.status import Reason
from cloche.v1 import execution_pb2 as pb

from cloche_server.config import INLINE_BYTES, Limits
from cloche_server.front.refusal import Refusal

_PIECE_MAX_BYTES: Final = 4 << 20


@dataclass(frozen=True)
class Arguments:
    """Those of args, then those of kwargs: here already, or to be had from `upload`."""

    args_bytes: int
    kwargs_bytes: int
    here: tuple[bytes, ...] = ()
    upload: AsyncIterator[pb.ExecuteUploadRequest] | None = None

    @classmethod
    def of(cls, call: pb.Call) -> Arguments:
        return cls(len(call.args), len(call.kwargs), (call.args, call.kwargs))

    @property
    def size(self) -> int:
        return self.args_bytes + self.kwargs_bytes

    def require_within(self, limits: Limits) -> None:
        """Raises Refusal, before anything of an upload is taken."""
        most = limits.arguments_max_bytes
        for field, size in (("args", self.args_bytes), ("kwargs", self.kwargs_bytes)):
            if size > most:
                text = f"{field} takes {size} bytes, the server allows {most}"
            elif self.upload is None and size > INLINE_BYTES:
                text = (
                    f"{field} takes {size} bytes; more than {INLINE_BYTES} go by ExecuteUpload, "
                    f"up to {most}"
                )
            else:
                continue
            raise Refusal(Reason.REQUEST_TOO_LARGE, text, field=field)

    async def uploaded(self) -> AsyncIterator[bytes]:
        """What is not here, as it comes.

        Raises:
            Refusal: it is more or less than was announced, or comes in pieces that are too large.
        """
        left = self.size if self.upload is not None else 0
        while left and self.upload is not None:
            try:
                message = await anext(self.upload)
            except StopAsyncIteration:
                raise _refused(f"the upload ended {left} bytes before its announced end") from None
            if message.WhichOneof("part") != "data":
                raise _refused("after its first message an upload holds data and nothing else")
            if not 0 < len(message.data) <= _PIECE_MAX_BYTES:
                raise _refused(
                    f"a piece of {len(message.data)} bytes; send from 1 to {_PIECE_MAX_BYTES}"
                )
            left -= len(message.data)
            if left < 0:
                raise _refused(f"the upload is longer than announced, by {-left} bytes or more")
            yield message.data


def _refused(text: str) -> Refusal:
    return Refusal(Reason.REQUEST, text, field="args")


NO_ARGUMENTS: Final = Arguments(0, 0)
