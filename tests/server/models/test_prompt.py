"""The hidden prompt's ids stand before the text's, whatever the way to tokenize."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from cloche import wire
from cloche_server.models.errors import ModelError
from cloche_server.models.prompt import MARKER, REDACTED, hide
from transformers import AutoTokenizer

PROMPT = "You are a pirate; never say so."
BOS, PAD = 1, 0
TEXTS = ["The capital of France is Paris", "a cat", ""]


@pytest.fixture(scope="module")
def plain(tiny_path: Path) -> Any:
    return AutoTokenizer.from_pretrained(tiny_path)


def _hiding(path: Path, **settings: Any) -> Any:
    tokenizer = AutoTokenizer.from_pretrained(path)
    hide(tokenizer, PROMPT, **{"redact": False, **settings})
    return tokenizer


@pytest.fixture
def hiding(tiny_path: Path) -> Any:
    return _hiding(tiny_path)


@pytest.fixture
def prompt(plain: Any) -> list[int]:
    ids: list[int] = plain(PROMPT, add_special_tokens=False)["input_ids"]
    assert len(ids) > 5
    return ids


def _expected(plain: Any, prompt: list[int], text: str) -> list[int]:
    return [BOS, *prompt, *plain(text, add_special_tokens=False)["input_ids"]]


@pytest.mark.parametrize("text", TEXTS)
def test_every_way_to_tokenize_one_text(
    hiding: Any, plain: Any, prompt: list[int], text: str
) -> None:
    ids = _expected(plain, prompt, text)
    assert hiding(text)["input_ids"] == ids
    assert hiding.encode(text) == ids
    assert hiding(text, return_tensors="pt")["input_ids"].tolist() == [ids]
    assert hiding(text, add_special_tokens=False)["input_ids"] == ids[1:]
    assert hiding(text)["attention_mask"] == [1] * len(ids)
    assert hiding.tokenize(text, add_special_tokens=True) == plain.convert_ids_to_tokens(ids)
    assert hiding(text, return_length=True)["length"] == [len(ids)]


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("options", [{}, {"pad_to_multiple_of": 8}])
def test_batches_padded_on_both_sides(
    hiding: Any, plain: Any, prompt: list[int], side: str, options: dict[str, Any]
) -> None:
    hiding.padding_side = side
    rows = [_expected(plain, prompt, text) for text in TEXTS]
    length = max(map(len, rows))
    if options:
        length = -(-length // 8) * 8
    found = hiding(TEXTS, padding=True, return_tensors="pt", **options)
    for row, ids, mask in zip(rows, found["input_ids"], found["attention_mask"], strict=True):
        pads = [PAD] * (length - len(row))
        assert ids.tolist() == (pads + row if side == "left" else row + pads)
        assert mask.tolist() == [int(each != PAD) for each in ids.tolist()]


def test_padded_to_a_length_and_without_padding(hiding: Any, plain: Any, prompt: list[int]) -> None:
    rows = [_expected(plain, prompt, text) for text in TEXTS]
    assert hiding(TEXTS)["input_ids"] == rows
    found = hiding(TEXTS, padding="max_length", max_length=50, padding_side="right")["input_ids"]
    assert found == [[*row, *[PAD] * (50 - len(row))] for row in rows]


def test_pairs(hiding: Any, plain: Any, prompt: list[int]) -> None:
    bare = plain("a cat", "the store")
    start = next(i for i, each in enumerate(bare.sequence_ids()) if each is not None)
    found = hiding("a cat", "the store")
    ids = bare["input_ids"]
    assert found["input_ids"] == ids[:start] + prompt + ids[start:]
    kinds = bare.sequence_ids()
    assert found.sequence_ids() == kinds[:start] + [None] * len(prompt) + kinds[start:]


def test_offsets_words_and_characters_are_those_of_the_text(
    hiding: Any, plain: Any, prompt: list[int]
) -> None:
    text = "The capital of France"
    bare = plain(text, return_offsets_mapping=True)
    found = hiding(text, return_offsets_mapping=True, return_special_tokens_mask=True)
    count = len(prompt)
    none = [(0, 0)] * count
    offsets = bare["offset_mapping"]
    assert found["offset_mapping"] == [offsets[0], *none, *offsets[1:]]
    assert found["special_tokens_mask"] == [1] * (count + 1) + [0] * (len(offsets) - 1)
    words = bare.word_ids()
    assert found.word_ids() == [words[0], *[None] * count, *words[1:]]
    for place in range(len(text)):
        assert found.char_to_token(place) == bare.char_to_token(place) + count
    last = len(offsets) - 1
    assert found.token_to_chars(last + count) == bare.token_to_chars(last)


@pytest.mark.parametrize("side", ["left", "right"])
def test_truncation_cuts_the_text_and_never_the_prompt(
    hiding: Any, plain: Any, prompt: list[int], side: str
) -> None:
    hiding.truncation_side = side
    text = plain(TEXTS[0], add_special_tokens=False)["input_ids"]
    kept = text[:3] if side == "right" else text[-3:]
    length = 1 + len(prompt) + 3
    found = hiding(TEXTS[0], truncation=True, max_length=length)["input_ids"]
    assert found == [BOS, *prompt, *kept]
    padded = hiding(TEXTS, truncation=True, max_length=length, padding=True, return_tensors="pt")
    assert padded["input_ids"].shape == (3, length)
    for room in (length - 3, len(prompt), 1):
        with pytest.raises(ValueError, match=rf"max_length={room} has no room for text"):
            hiding(TEXTS[0], truncation=True, max_length=room)


def test_every_overflowing_piece_begins_with_the_prompt(hiding: Any, prompt: list[int]) -> None:
    found = hiding(
        TEXTS[:2], truncation=True, max_length=1 + len(prompt) + 4, return_overflowing_tokens=True
    )
    assert len(found["input_ids"]) > 2
    assert all(ids[: len(prompt) + 1] == [BOS, *prompt] for ids in found["input_ids"])
    assert found["overflow_to_sample_mapping"][-1] == 1


CHAT = [{"role": "user", "content": "who are you?"}]
SYSTEM = [{"role": "system", "content": "Be short."}, *CHAT]


def _ids(plain: Any, text: str) -> list[int]:
    ids: list[int] = plain(text, add_special_tokens=False)["input_ids"]
    return ids


@pytest.mark.parametrize("chat", [CHAT, SYSTEM], ids=["no system message", "a system message"])
@pytest.mark.parametrize("options", [{}, {"add_generation_prompt": True}])
def test_a_chat_has_it_in_its_system_message(
    hiding: Any, plain: Any, prompt: list[int], chat: Any, options: dict[str, Any]
) -> None:
    given = [{"role": "system", "content": MARKER}, *CHAT]
    if chat is SYSTEM:
        given[0] = {"role": "system", "content": f"{MARKER}\n\nBe short."}
    text = plain.apply_chat_template(given, tokenize=False, **options)
    before, after = text.split(MARKER)
    expected = _ids(plain, before) + prompt + _ids(plain, after)
    found = hiding.apply_chat_template(chat, return_dict=False, **options)
    assert found == expected
    batch = hiding.apply_chat_template([chat, chat], return_tensors="pt", **options)
    assert batch["input_ids"].tolist() == [expected, expected]
    # As text it holds no word of it, and tokenized later it is the same.
    shown = hiding.apply_chat_template(chat, tokenize=False, **options)
    assert shown == text
    assert PROMPT not in shown
    assert hiding(shown, add_special_tokens=False)["input_ids"] == expected


def test_a_template_without_system_messages_gets_it_in_front(
    hiding: Any, plain: Any, prompt: list[int]
) -> None:
    hiding.chat_template = (
        "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no') }}{% endif %}"
        "{{ m.content }}{% endfor %}"
    )
    found = hiding.apply_chat_template(CHAT, return_dict=False)
    assert found == prompt + _ids(plain, "who are you?")
    assert hiding.apply_chat_template(CHAT, tokenize=False) == "who are you?"


def test_what_a_tokenizer_shows_of_itself_stays_as_it_was(hiding: Any, plain: Any) -> None:
    assert type(hiding).__name__ == type(plain).__name__
    assert isinstance(hiding, type(plain))
    assert len(hiding) == len(plain)
    assert hiding.vocab_size == plain.vocab_size
    assert hiding.get_vocab() == plain.get_vocab()
    assert hiding.get_added_vocab() == plain.get_added_vocab()
    assert hiding.all_special_tokens == plain.all_special_tokens
    assert hiding.decode(_ids(plain, "a cat")) == "a cat"
    said = repr(hiding) + str(vars(hiding)) + str(hiding.init_kwargs)
    assert "pirate" not in said


def test_redaction(tiny_path: Path, plain: Any, prompt: list[int]) -> None:
    shown, redacted = _hiding(tiny_path), _hiding(tiny_path, redact=True)
    ids = redacted("a cat")["input_ids"]
    assert ids == shown("a cat")["input_ids"]
    assert shown.decode(ids) == f"<bos>{PROMPT}a cat"
    assert redacted.decode(ids) == "<bos>a cat"
    assert redacted.decode(torch.tensor(ids), skip_special_tokens=True) == "a cat"
    assert redacted.batch_decode([ids, ids[1:]]) == ["<bos>a cat", "a cat"]
    masked = ["<bos>", *[REDACTED] * len(prompt), *plain.tokenize("a cat")]
    assert redacted.convert_ids_to_tokens(ids) == masked
    assert redacted("a cat").tokens() == masked
    assert redacted.tokenize("a cat") == masked[1:]
    assert redacted.convert_ids_to_tokens(ids, skip_special_tokens=True) == masked[-3:]


@pytest.fixture
def redacting(tiny_path: Path) -> tuple[Any, wire.Mask]:
    """A tokenizer, and the mask of what it hides."""
    tokenizer = AutoTokenizer.from_pretrained(tiny_path)
    return tokenizer, wire.Mask(hide(tokenizer, PROMPT, redact=True))


def _sent(value: object, mask: wire.Mask) -> Any:
    return wire.decode(b"".join(wire.encode_parts(value, mask=mask)))


@pytest.mark.parametrize("side", ["left", "right"])
def test_ids_of_every_way_to_tokenize_are_masked_in_a_result(
    redacting: tuple[Any, wire.Mask], plain: Any, prompt: list[int], side: str
) -> None:
    tokenizer, mask = redacting
    tokenizer.padding_side = side
    gone = [-1] * len(prompt)
    rows = [_expected(plain, gone, text) for text in TEXTS]
    length = max(map(len, rows))
    padded = [
        [PAD] * (length - len(row)) + row if side == "left" else row + [PAD] * (length - len(row))
        for row in rows
    ]
    batch = tokenizer(TEXTS, padding=True, return_tensors="pt")
    chat = tokenizer.apply_chat_template(CHAT, return_dict=False)
    found = _sent(
        {
            "text": tokenizer(TEXTS[0])["input_ids"],
            "encoded": (tokenizer.encode(TEXTS[1], add_special_tokens=False),),
            "batch": dict(batch),
            "arrays": [batch["input_ids"].numpy(), batch["input_ids"].numpy().astype("uint16")],
            "one by one": list(batch["input_ids"][0]),
            "generated": torch.cat([batch["input_ids"], batch["input_ids"] * 0 + 9], dim=1),
            "chat": chat,
            "key": {tuple(chat): 1},
        },
        mask,
    )
    assert found["text"] == rows[0]
    assert found["encoded"] == (rows[1][1:],)
    assert found["batch"]["input_ids"].tolist() == padded
    assert torch.equal(found["batch"]["attention_mask"], batch["attention_mask"])
    signed, unsigned = found["arrays"]
    assert signed.tolist() == padded
    assert unsigned.tolist() == np.array(padded).astype("uint16").tolist()
    assert [int(each) for each in found["one by one"]] == padded[0]
    assert found["generated"].tolist() == [row + [9] * length for row in padded]
    assert found["chat"].count(-1) == len(prompt)
    assert len(found["chat"]) == len(chat)
    assert list(found["key"]) == [tuple(found["chat"])]
    # The technique's own are as they were: the model runs on them.
    assert batch["input_ids"].tolist() == tokenizer(TEXTS, padding=True)["input_ids"]


def test_a_result_without_the_prompt_is_what_it_would_be(
    redacting: tuple[Any, wire.Mask], plain: Any, prompt: list[int]
) -> None:
    _, mask = redacting
    for value in (
        plain(TEXTS)["input_ids"],
        dict(plain(TEXTS, padding=True, return_tensors="pt")),
        prompt[:-1],
        torch.tensor(prompt[1:]),
        sorted(prompt),
        [each + 1 for each in prompt],
        {"logits": torch.ones(3, 5), "words": ["You", "are"], "spans": [(0, 3), (4, 7)]},
    ):
        assert b"".join(wire.encode_parts(value, mask=mask)) == wire.encode(value)


def test_what_cannot_be_hidden_is_refused(tiny_path: Path) -> None:
    with pytest.raises(ModelError, match="tokens, and the model at most 256") as caught:
        hide(AutoTokenizer.from_pretrained(tiny_path), PROMPT * 20, redact=False)
    assert "pirate" not in str(caught.value)
