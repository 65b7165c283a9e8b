"""Several temperatures, with own logits processors and stopping criteria."""

import torch
from transformers import (
    LogitsProcessor,
    LogitsProcessorList,
    StoppingCriteria,
    StoppingCriteriaList,
    set_seed,
)


class Temperature(LogitsProcessor):
    def __init__(self, value):
        self.value = value
        self.calls = 0

    def __call__(self, input_ids, scores):
        self.calls += 1
        return scores / self.value


class StopAfter(StoppingCriteria):
    def __init__(self, n):
        self.n = n

    def __call__(self, input_ids, scores, **kwargs):
        return torch.full((input_ids.shape[0],), input_ids.shape[1] >= self.n, dtype=torch.bool)


def technique(model, tokenizer):
    inputs = tokenizer(["the cat"], return_tensors="pt")
    results = {}
    for t in (0.5, 1.0, 2.0):
        set_seed(1)
        processor = Temperature(t)
        out = model.generate(
            **inputs,
            max_new_tokens=8,
            do_sample=True,
            logits_processor=LogitsProcessorList([processor]),
            stopping_criteria=StoppingCriteriaList([StopAfter(6)]),
            return_dict_in_generate=True,
            output_scores=True,
            pad_token_id=tokenizer.pad_token_id,
        )
        results[t] = (tokenizer.batch_decode(out.sequences), len(out.scores), processor.calls)
    return results
