"""Rows of token ids made into one batch, by the tokenizer's own `pad`."""

from collections.abc import Mapping

import numpy as np
import torch


class DataCollatorWithPadding:
    def __init__(
        self,
        tokenizer,
        padding=True,
        max_length=None,
        pad_to_multiple_of=None,
        return_tensors="pt",
    ):
        self.tokenizer = tokenizer
        self.padding = padding
        self.max_length = max_length
        self.pad_to_multiple_of = pad_to_multiple_of
        self.return_tensors = return_tensors

    def __call__(self, features):
        batch = self.tokenizer.pad(
            features,
            padding=self.padding,
            max_length=self.max_length,
            pad_to_multiple_of=self.pad_to_multiple_of,
            return_tensors=self.return_tensors,
        )
        for name in ("label", "label_ids"):
            if name in batch:
                batch["labels"] = batch[name]
                del batch[name]
        return batch


class DataCollatorForLanguageModeling:
    def __init__(
        self,
        tokenizer,
        mlm=True,
        whole_word_mask=False,
        mlm_probability=0.15,
        mask_replace_prob=0.8,
        random_replace_prob=0.1,
        pad_to_multiple_of=None,
        return_tensors="pt",
        seed=None,
    ):
        if whole_word_mask:
            raise NotImplementedError("whole_word_mask=True: mask the tokens yourself")
        if return_tensors != "pt":
            raise NotImplementedError("only return_tensors='pt'")
        if mlm and tokenizer.mask_token is None:
            raise ValueError(
                "This tokenizer does not have a mask token which is necessary for masked language"
                " modeling. You should pass `mlm=False` to train on causal language modeling"
                " instead."
            )
        self.tokenizer = tokenizer
        self.mlm = mlm
        self.mlm_probability = mlm_probability
        self.mask_replace_prob = mask_replace_prob
        self.random_replace_prob = random_replace_prob
        self.pad_to_multiple_of = pad_to_multiple_of
        self.generator = None if seed is None else torch.Generator().manual_seed(seed)

    def __call__(self, examples, return_tensors=None):
        named = isinstance(examples[0], Mapping)
        if not named:
            examples = [
                {"input_ids": row if isinstance(row, list) else torch.as_tensor(row).tolist()}
                for row in examples
            ]
        batch = self.tokenizer.pad(
            examples,
            return_tensors="pt",
            pad_to_multiple_of=self.pad_to_multiple_of,
            return_attention_mask=None if named else False,
        )
        special = batch.get("special_tokens_mask", None)
        for name in ("special_tokens_mask", "offset_mapping"):
            if name in batch:
                del batch[name]
        if self.mlm:
            batch["input_ids"], batch["labels"] = self.torch_mask_tokens(
                batch["input_ids"], special
            )
            return batch
        labels = batch["input_ids"].clone()
        if self.tokenizer.pad_token_id is not None:
            labels[labels == self.tokenizer.pad_token_id] = -100
        batch["labels"] = labels
        return batch

    def torch_mask_tokens(self, inputs, special_tokens_mask=None):
        labels = inputs.clone()
        if special_tokens_mask is None:
            special_tokens_mask = [
                self.tokenizer.get_special_tokens_mask(row, already_has_special_tokens=True)
                for row in labels.tolist()
            ]
        kept = torch.as_tensor(special_tokens_mask).bool()
        chances = torch.full(labels.shape, float(self.mlm_probability))
        masked = self._drawn(chances.masked_fill(kept, 0.0))
        labels[~masked] = -100
        replaced = self._drawn(torch.full(labels.shape, float(self.mask_replace_prob))) & masked
        inputs[replaced] = self.tokenizer.convert_tokens_to_ids(self.tokenizer.mask_token)
        if self.mask_replace_prob == 1 or self.random_replace_prob == 0:
            return inputs, labels
        share = self.random_replace_prob / (1 - self.mask_replace_prob)
        random = self._drawn(torch.full(labels.shape, share)) & masked & ~replaced
        words = torch.randint(len(self.tokenizer), labels.shape, generator=self.generator)
        inputs[random] = words[random]
        return inputs, labels

    def _drawn(self, chances):
        return torch.bernoulli(chances, generator=self.generator).bool()


def default_data_collator(features, return_tensors="pt"):
    if return_tensors != "pt":
        raise NotImplementedError("only return_tensors='pt'")
    rows = [row if isinstance(row, Mapping) else vars(row) for row in features]
    batch = {}
    first = rows[0]
    if first.get("label") is not None:
        label = (
            first["label"].item() if isinstance(first["label"], torch.Tensor) else first["label"]
        )
        kind = torch.long if isinstance(label, (int, np.integer)) else torch.float
        batch["labels"] = torch.tensor([row["label"] for row in rows], dtype=kind)
    elif first.get("label_ids") is not None:
        batch["labels"] = _together([row["label_ids"] for row in rows])
    for key, value in first.items():
        if key not in ("label", "label_ids") and value is not None and not isinstance(value, str):
            batch[key] = _together([row[key] for row in rows])
    return batch


def _together(values):
    if isinstance(values[0], torch.Tensor):
        return torch.stack(values)
    if isinstance(values[0], np.ndarray):
        return torch.from_numpy(np.stack(values))
    return torch.tensor(values)
