"""A hidden system prompt: every tokenization begins with it, whoever asks.

The tokenizer keeps its type but for one subclass, which encodes as the tokenizer does and then puts
the prompt's ids in. It does so in the finished encoding, so that offsets, words, masks, pairs and
overflowing pieces stay right for the caller's text: the prompt's tokens have no characters there.

The prompt stands where the model's chat template puts a system message. There the rendered text
holds `MARKER` in its place, also when it is returned as text: tokenized later, it becomes the
prompt. Any other text gets it in front, after what the tokenizer itself begins with.

Who has the model has the prompt: its ids are in what is returned here, as the model needs them.
Redaction keeps them out of what a call returns (`cloche.wire.Mask`), if they stand there as they
do here. docs/models.md says to operators what that is worth.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from cloche_server.models.errors import ModelError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

MARKER: Final = "<|hidden system prompt|>"
#: What a token of the prompt is called where the prompt is redacted.
REDACTED: Final = "<|hidden|>"


def hide(tokenizer: PreTrainedTokenizerBase, prompt: str, *, redact: bool) -> tuple[int, ...]:
    """From now on `tokenizer` puts `prompt` before everything it encodes.

    Args:
        redact: leave the prompt out of decoded text, and of tokens that are given as text.

    Returns:
        Its ids, which stand side by side in everything that is encoded.

    Raises:
        ModelError: the tokenizer is not a fast one, or makes no token of the prompt.
    """
    if not tokenizer.is_fast:
        raise ModelError("a hidden system prompt needs a fast tokenizer (tokenizer.json)")
    backend: Any = tokenizer._tokenizer
    backend.no_truncation()
    backend.no_padding()
    ids = backend.encode(prompt, add_special_tokens=False).ids
    if not ids:
        raise ModelError("the hidden system prompt makes no token; leave it out")
    if len(ids) >= tokenizer.model_max_length:
        raise ModelError(
            f"the hidden system prompt takes {len(ids)} tokens, and the model at most "
            f"{tokenizer.model_max_length}; make it shorter"
        )
    cls = type(tokenizer)
    # Under the same name: what a technique sees of its tokenizer's class stays as it is.
    hiding = type(cls.__name__, (_Hiding, cls), {"__module__": cls.__module__})
    known = set(backend.get_vocab())
    backend.add_special_tokens([MARKER])
    marker = backend.token_to_id(MARKER)
    if MARKER in known:
        raise ModelError(f"the tokenizer has a token {MARKER!r} of its own")
    tokenizer.__dict__["_hidden"] = _Hidden(tuple(ids), marker, redact)
    tokenizer.__class__ = hiding
    return tuple(ids)


class _Hidden:
    """The prompt as ids. It shows nothing of itself."""

    __slots__ = ("ids", "marker", "redact")

    def __init__(self, ids: tuple[int, ...], marker: int, redact: bool) -> None:
        self.ids = ids
        self.marker = marker
        self.redact = redact

    def __repr__(self) -> str:
        return "<hidden>"


class _Hiding:
    """The methods of a fast tokenizer through which all encoding and decoding goes."""

    _hidden: _Hidden
    _tokenizer: Any

    def _encode_plus(
        self,
        text: Any,
        text_pair: Any = None,
        *,
        padding_strategy: Any = "do_not_pad",
        truncation_strategy: Any = "do_not_truncate",
        max_length: int | None = None,
        pad_to_multiple_of: int | None = None,
        padding_side: str | None = None,
        return_tensors: Any = None,
        **options: Any,
    ) -> Any:
        from transformers import BatchEncoding
        from transformers.tokenization_utils_base import TruncationStrategy
        from transformers.utils.generic import PaddingStrategy

        if options.get("sanitize_control_tokens"):
            raise ValueError("sanitize_control_tokens is not possible on this server")
        truncating = TruncationStrategy(truncation_strategy) != TruncationStrategy.DO_NOT_TRUNCATE
        room = max_length
        if truncating and max_length is not None:
            special = self._tokenizer.num_special_tokens_to_add(text_pair is not None)
            reserved = special if options.get("add_special_tokens", True) else 0
            room = max_length - len(self._hidden.ids)
            if room < reserved + 1:
                raise ValueError(
                    f"max_length={max_length} has no room for text: the server puts "
                    f"{len(self._hidden.ids)} tokens of its own before it, which are never cut"
                )
        raw = super()._encode_plus(  # type: ignore[misc]
            text,
            text_pair,
            padding_strategy=PaddingStrategy.DO_NOT_PAD,
            truncation_strategy=TruncationStrategy(truncation_strategy),
            max_length=room,
            return_tensors=None,
            **options,
        )
        first = raw["input_ids"]
        batched = bool(first) and isinstance(first[0], list)
        encodings = [self._with_prompt(each) for each in raw.encodings]
        self._pad_all(
            encodings, PaddingStrategy(padding_strategy), max_length, pad_to_multiple_of,
            padding_side,
        )  # fmt: skip
        wanted = {name: options[name] for name in _CONVERTED if name in options}
        data: dict[str, Any] = {}
        for encoding in encodings:
            for name, values in self._convert_encoding(encoding, **wanted)[0].items():  # type: ignore[attr-defined]
                data.setdefault(name, []).extend(values)
        if "overflow_to_sample_mapping" in raw:
            data["overflow_to_sample_mapping"] = raw["overflow_to_sample_mapping"]
        if not batched and return_tensors is None:
            data = {
                name: values[0] if isinstance(values[0], list) else values
                for name, values in data.items()
            }
        return BatchEncoding(data, encodings, tensor_type=return_tensors)

    def _with_prompt(self, encoding: Any) -> Any:
        """A copy of the encoding with the prompt's tokens in it."""
        from tokenizers import Encoding

        hidden = self._hidden
        state = json.loads(encoding.__getstate__())
        if hidden.marker in state["ids"]:
            start = state["ids"].index(hidden.marker)
            end = start + 1
        else:
            start = end = self._leading(state["special_tokens_mask"])
        count = len(hidden.ids)
        tokens = [REDACTED] * count if hidden.redact else self._names(hidden.ids)
        # Of no sequence and no word, and without characters: as special tokens are.
        for name, values in {
            "ids": hidden.ids,
            "type_ids": [0] * count,
            "tokens": tokens,
            "words": [None] * count,
            "offsets": [(0, 0)] * count,
            "special_tokens_mask": [1] * count,
            "attention_mask": [1] * count,
        }.items():
            state[name][start:end] = values
        grown = count - (end - start)
        for span in state["sequence_ranges"].values():
            for edge in ("start", "end"):
                if span[edge] >= end:
                    span[edge] += grown
        state["overflowing"] = []
        made = Encoding()
        made.__setstate__(json.dumps(state).encode())
        return made

    def _names(self, ids: Sequence[int]) -> list[str]:
        return [self._tokenizer.id_to_token(each) for each in ids]

    def _leading(self, special: Sequence[int]) -> int:
        """How many tokens the tokenizer itself put at the beginning."""
        leading = next((index for index, mask in enumerate(special) if not mask), len(special))
        if leading < len(special):
            return leading
        # Nothing but the tokenizer's own: those before a text, and those after it.
        backend = self._tokenizer
        truncation = backend.truncation
        backend.no_truncation()
        try:
            mask = backend.encode("a").special_tokens_mask
        finally:
            if truncation is not None:
                backend.enable_truncation(**truncation)
        return min(leading, next((i for i, each in enumerate(mask) if not each), 0))

    def _pad_all(
        self,
        encodings: Sequence[Any],
        strategy: Any,
        max_length: int | None,
        multiple: int | None,
        side: str | None,
    ) -> None:
        from transformers.utils.generic import PaddingStrategy

        if strategy == PaddingStrategy.DO_NOT_PAD:
            return
        length = max((len(each) for each in encodings), default=0)
        if strategy == PaddingStrategy.MAX_LENGTH and max_length is not None:
            length = max_length
        if multiple:
            length = -(-length // multiple) * multiple
        tokenizer: Any = self
        for each in encodings:
            each.pad(
                length,
                direction=tokenizer.padding_side if side is None else side,
                pad_id=tokenizer.pad_token_id,
                pad_type_id=tokenizer.pad_token_type_id,
                pad_token=tokenizer.pad_token,
            )

    def apply_chat_template(self, conversation: Any, *arguments: Any, **options: Any) -> Any:
        """With the marker in a system message, if the template has a place for one."""
        parent: Any = super()
        marked = _marked(conversation)
        rendering = {name: value for name, value in options.items() if name not in _TOKENIZED}
        try:
            rendered = parent.apply_chat_template(marked, *arguments, **rendering, tokenize=False)
        except Exception:  # noqa: BLE001  # templates refuse system messages in ways of their own
            rendered = ""
        texts = [rendered] if isinstance(rendered, str) else rendered
        taken = all(text.count(MARKER) == 1 for text in texts)
        # Without a place in the template it stands in front of the text, as everywhere else.
        return parent.apply_chat_template(marked if taken else conversation, *arguments, **options)

    def _decode(self, token_ids: Any, *arguments: Any, **options: Any) -> str:
        if self._hidden.redact:
            ids = [token_ids] if isinstance(token_ids, int) else list(token_ids)
            token_ids = _without(ids, self._hidden.ids)
        decoded: str = super()._decode(token_ids, *arguments, **options)  # type: ignore[misc]
        return decoded

    def convert_ids_to_tokens(self, ids: Any, *arguments: Any, **options: Any) -> Any:
        found = super().convert_ids_to_tokens(ids, *arguments, **options)  # type: ignore[misc]
        if not self._hidden.redact or isinstance(ids, int):
            return found
        listed = [int(each) for each in ids]
        if len(found) != len(listed):
            # Special tokens were left out: so is the prompt, with what was left of it.
            rest = _without(listed, self._hidden.ids)
            return super().convert_ids_to_tokens(rest, *arguments, **options)  # type: ignore[misc]
        for start in _places(listed, self._hidden.ids):
            count = len(self._hidden.ids)
            found[start : start + count] = [REDACTED] * count
        return found

    def get_vocab(self) -> dict[str, int]:
        vocabulary: dict[str, int] = super().get_vocab()  # type: ignore[misc]
        return {token: number for token, number in vocabulary.items() if token != MARKER}

    def get_added_vocab(self) -> dict[str, int]:
        added: dict[str, int] = super().get_added_vocab()  # type: ignore[misc]
        return {token: number for token, number in added.items() if token != MARKER}

    @property
    def added_tokens_encoder(self) -> dict[str, int]:
        return self.get_added_vocab()

    def __len__(self) -> int:
        return int(super().__len__()) - 1  # type: ignore[misc]


#: Options of `_encode_plus` that say what an encoding becomes.
_CONVERTED: Final = (
    "return_token_type_ids",
    "return_attention_mask",
    "return_special_tokens_mask",
    "return_offsets_mapping",
    "return_length",
    "verbose",
)
#: Options of `apply_chat_template` that do not change the rendered text.
_TOKENIZED: Final = frozenset(
    {
        *("tokenize", "padding", "truncation", "max_length", "return_tensors", "return_dict"),
        *("return_assistant_tokens_mask", "tokenizer_kwargs"),
    }
)


def _marked(conversation: Any) -> Any:
    """The conversation, or each of a batch, with the marker in its system message."""
    if conversation and isinstance(conversation[0], (list, tuple)):
        return [_marked(each) for each in conversation]
    messages = list(conversation)
    first = messages[0] if messages else {}
    if (
        isinstance(first, dict)
        and first.get("role") == "system"
        and isinstance(first.get("content"), str)
    ):
        return [{**first, "content": f"{MARKER}\n\n{first['content']}"}, *messages[1:]]
    return [{"role": "system", "content": MARKER}, *messages]


def _places(ids: Sequence[int], prompt: Sequence[int]) -> list[int]:
    """Where the prompt begins in `ids`, without overlap."""
    wanted, places, index = list(prompt), [], 0
    while index <= len(ids) - len(wanted):
        if list(ids[index : index + len(wanted)]) == wanted:
            places.append(index)
            index += len(wanted)
        else:
            index += 1
    return places


def _without(ids: Sequence[int], prompt: Sequence[int]) -> list[int]:
    kept: list[int] = []
    last = 0
    for start in _places(ids, prompt):
        kept += ids[last:start]
        last = start + len(prompt)
    return [*kept, *ids[last:]]
