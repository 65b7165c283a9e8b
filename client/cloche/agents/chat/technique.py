"""The technique that writes chat answers. It is sent as source and runs in a sandbox; nobody here
imports it. A technique that prepares the model may stand before it in the same source.
"""

import json
from typing import Any

import torch
from transformers import (
    LogitsProcessor,
    LogitsProcessorList,
    StoppingCriteria,
    StoppingCriteriaList,
)

CHAT_COLDEST = 1e-6  # below, logits become infinite, and the likeliest token has it all
CHAT_UNFINISHED = "\ufffd"  # what a decoder writes for half a character


class ChatAnswer:
    """One answer as it grows: its text up to where a stop may begin, with its tokens."""

    def __init__(self, tokenizer: Any, before: list[int], ends: set[int], stops: list[str]) -> None:
        self.tokenizer = tokenizer
        self.ends = ends
        self.stops = stops
        # The prompt's last tokens, since some decoders drop a text's first space.
        self.ids = before[-4:]
        self.decoded = 0
        self.read = len(self.ids)
        self.text = ""
        self.sent = 0
        self.told = 0
        self.tokens: list[Any] = []
        self.starts: list[int] = []
        self.count = 0
        self.finish = ""

    def take(self, token: int, about: Any) -> None:
        """One more token; `about` is its log-probability and those of others, or None."""
        self.count += 1
        if token in self.ends:
            self.end("stop")
            return
        begins = len(self.text)
        self.ids.append(token)
        known = self.tokenizer.decode(self.ids[self.decoded : self.read], skip_special_tokens=True)
        whole = self.tokenizer.decode(self.ids[self.decoded :], skip_special_tokens=True)
        if len(whole) > len(known) and not whole.endswith(CHAT_UNFINISHED):
            self.text += whole[len(known) :]
            self.decoded, self.read = self.read, len(self.ids)
        if about is not None:
            self.tokens.append(about)
            self.starts.append(begins)
        at = [self.text.find(stop, self.sent) for stop in self.stops]
        found = [each for each in at if each >= 0]
        if found:
            self.text = self.text[: min(found)]
            self.finish = "stop"

    def new(self) -> Any:
        """The text that may be told now and its tokens, or None; what may be a stop is kept."""
        upto = len(self.text)
        if not self.finish:
            upto -= self.held()
        if upto <= self.sent:
            return None
        piece: dict[str, Any] = {"text": self.text[self.sent : upto]}
        tokens = []
        while self.told < len(self.tokens) and self.starts[self.told] < upto:
            tokens.append(self.tokens[self.told])
            self.told += 1
        if self.tokens:
            piece["tokens"] = tokens
        self.sent = upto
        return piece

    def end(self, why: str) -> None:
        """No token follows: half a character is written as it is."""
        self.finish = why
        known = self.tokenizer.decode(self.ids[self.decoded : self.read], skip_special_tokens=True)
        whole = self.tokenizer.decode(self.ids[self.decoded :], skip_special_tokens=True)
        self.text += whole[len(known) :]

    def held(self) -> int:
        """How many characters at the end could begin a stop."""
        longest = 0
        for stop in self.stops:
            for size in range(min(len(stop) - 1, len(self.text)), longest, -1):
                if self.text.endswith(stop[:size]):
                    longest = size
                    break
        return longest


class ChatLogits(LogitsProcessor):
    """Keeps the log-probabilities of the next tokens, before temperature and top_p."""

    def __init__(self) -> None:
        self.current: Any = None

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        self.current = scores.float().log_softmax(-1)
        return scores


class ChatWriter(StoppingCriteria):
    """Called after each step: takes the tokens, says what is new, and ends what is finished."""

    def __init__(
        self, answers: list[ChatAnswer], logits: Any, top: int, most: int, mark: str
    ) -> None:
        self.answers = answers
        self.logits = logits
        self.top = top
        self.most = most
        self.mark = mark

    def __call__(self, input_ids: Any, scores: Any, **more: Any) -> Any:
        for index, answer in enumerate(self.answers):
            if answer.finish:
                continue
            token = int(input_ids[index, -1])
            answer.take(token, self.about(index, token, answer.tokenizer))
            if not answer.finish and answer.count >= self.most:
                answer.end("length")
            self.tell(index, answer)
        done = [bool(answer.finish) for answer in self.answers]
        return torch.tensor(done, device=input_ids.device)

    def about(self, index: int, token: int, tokenizer: Any) -> Any:
        if self.logits is None:
            return None
        row = self.logits.current[index]
        others = []
        if self.top:
            best = row.topk(self.top)
            pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
            others = [(tokenizer.decode([each]), value) for each, value in pairs]
        return tokenizer.decode([token]), float(row[token]), others

    def tell(self, index: int, answer: ChatAnswer) -> None:
        if not self.mark:
            return
        piece = answer.new()
        if piece is not None:
            print(self.mark + json.dumps({"index": index, **piece}))
        if answer.finish:
            print(self.mark + json.dumps({"index": index, "finish": answer.finish}))


def chat_required(messages: Any) -> list[dict[str, str]]:
    """What a technique that prepares the model returned, where it is messages."""
    found = list(messages) if isinstance(messages, (list, tuple)) else []
    texts = [
        isinstance(each, dict)
        and isinstance(each.get("role"), str)
        and isinstance(each.get("content"), str)
        for each in found
    ]
    if not found or not all(texts):
        raise TypeError(
            "what prepares the model returned no messages: return None, or a list of "
            "{'role': ..., 'content': ...} with texts"
        )
    return found


def chat_ids(tokenizer: Any, messages: list[dict[str, str]], plain: bool) -> Any:
    """The prompt's token ids, or a refusal as text."""
    if plain:
        lines = [f"{each['role']}: {each['content']}\n" for each in messages]
        return tokenizer("".join([*lines, "assistant:"]))["input_ids"]
    if tokenizer.chat_template is None:
        return (
            "the model has no chat template; whoever serves it can give --plain, which writes "
            "each message as a line 'role: content'"
        )
    try:
        text = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    except Exception as error:  # noqa: BLE001  # templates raise what they like
        return f"the model's chat template does not take these messages: {error}"
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def chat_room(model: Any, tokenizer: Any) -> int:
    """How many tokens the model takes in all; 0: not known."""
    config = model.config.get_text_config()
    positions = getattr(config, "max_position_embeddings", None)
    if isinstance(positions, int) and positions > 0:
        return positions
    longest = tokenizer.model_max_length
    return int(longest) if 0 < longest < 1 << 30 else 0


def chat_ends(model: Any, tokenizer: Any) -> set[int]:
    """The tokens that end an answer."""
    ends = model.generation_config.eos_token_id
    if ends is None:
        ends = tokenizer.eos_token_id
    if ends is None:
        return set()
    return {ends} if isinstance(ends, int) else set(ends)


def chat_answers(
    model: Any,
    tokenizer: Any,
    messages: list[dict[str, str]],
    most: int | None,
    temperature: float,
    top_p: float,
    stops: list[str],
    count: int,
    top: int | None,
    mark: str,
    plain: bool,
) -> dict[str, Any]:
    """Writes answers to a conversation.

    Args:
        most: tokens of one answer; None: as many as there is room for.
        top: how many other tokens' log-probabilities each token comes with; None: none at all.
        mark: what is printed begins with it, a line for each piece; empty: nothing is printed.
        plain: without a chat template, a line for each message.

    Returns:
        `answers`, and how many tokens there were; or `refused` with `field` and `code`.
    """
    ids = chat_ids(tokenizer, messages, plain)
    if isinstance(ids, str):
        return {"refused": ids, "field": "messages", "code": "invalid_messages"}
    room = chat_room(model, tokenizer)
    if room and len(ids) + (most or 1) > room:
        asked = f" and {most} were asked for" if most else ""
        text = f"the model takes {room} tokens in all; the messages have {len(ids)}{asked}"
        field = "messages" if len(ids) + 1 > room else "max_tokens"
        return {"refused": text, "field": field, "code": "context_length_exceeded"}
    if most is None:
        most = room - len(ids) if room else 4096
    ends = chat_ends(model, tokenizer)
    answers = [ChatAnswer(tokenizer, ids, ends, stops) for _ in range(count)]
    logits = None if top is None else ChatLogits()
    writer = ChatWriter(answers, logits, top or 0, most, mark)
    sampled: dict[str, Any] = {"do_sample": False}
    if temperature > CHAT_COLDEST:
        sampled = {"do_sample": True, "temperature": temperature, "top_p": top_p, "top_k": 0}
    given = torch.tensor([ids] * count, device=model.device)
    with torch.no_grad():
        model.generate(
            input_ids=given,
            attention_mask=torch.ones_like(given),
            max_new_tokens=most,
            stopping_criteria=StoppingCriteriaList([writer]),
            logits_processor=LogitsProcessorList([] if logits is None else [logits]),
            pad_token_id=min(ends) if tokenizer.pad_token_id is None and ends else None,
            **sampled,
        )
    return {
        "prompt_tokens": len(ids),
        "completion_tokens": sum(answer.count for answer in answers),
        "answers": [
            {"text": answer.text, "tokens": chat_tokens(answer), "finish": answer.finish}
            for answer in answers
        ],
    }


def chat_tokens(answer: ChatAnswer) -> list[Any]:
    """Those whose text is in the answer."""
    pairs = zip(answer.tokens, answer.starts, strict=True)
    return [token for token, start in pairs if start < len(answer.text)]
