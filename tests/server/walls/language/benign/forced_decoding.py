"""Teacher-forced scoring and greedy decoding with a cache, token by token."""

from collections import deque

import torch
from transformers import DynamicCache, LogitsProcessor, LogitsProcessorList, StoppingCriteria


class Ban(LogitsProcessor):
    def __init__(self, ids):
        self.ids = list(ids)
        self.calls = 0

    def __call__(self, input_ids, scores):
        self.calls += 1
        scores = scores.clone()
        scores[:, self.ids] = -float("inf")
        return scores


class StopAfter(StoppingCriteria):
    def __init__(self, n):
        self.n, self._seen = n, 0

    def __call__(self, input_ids, scores, **kwargs):
        self._seen += 1
        return torch.full((input_ids.shape[0],), self._seen >= self.n, dtype=torch.bool)


@torch.no_grad()
def technique(model, tokenizer, prompt="the cat", continuation="sat on the mat"):
    prompt_ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
    forced = tokenizer(continuation, add_special_tokens=False)["input_ids"]

    past, logp, ids = DynamicCache(), [], prompt_ids
    for token in forced:
        out = model(input_ids=ids, past_key_values=past, use_cache=True)
        past = out.past_key_values
        logp.append(out.logits[0, -1].log_softmax(-1)[token].item())
        ids = torch.tensor([[token]])
    length = past.get_seq_length()

    window = deque(maxlen=3)
    cache, ids, picked = None, prompt_ids, []
    while len(picked) < 5:
        out = model(ids, past_key_values=cache, use_cache=True)
        cache = out.past_key_values
        probs = out.logits[:, -1].softmax(-1)
        probs[:, list(window)] = 0
        nxt = probs.argmax(-1, keepdim=True)
        if nxt.item() == tokenizer.eos_token_id:
            break
        picked.append(int(nxt))
        window.append(picked[-1])
        ids = nxt

    ban = Ban(picked[:1])
    full = model.generate(
        prompt_ids,
        max_new_tokens=6,
        do_sample=False,
        pad_token_id=tokenizer.pad_token_id,
        logits_processor=LogitsProcessorList([ban]),
        stopping_criteria=[StopAfter(3)],
        output_scores=True,
        return_dict_in_generate=True,
    )
    new = full.sequences[0, prompt_ids.shape[1] :]
    perplexity = torch.tensor(logp).mean().neg().exp().item()
    return {
        "logp": logp,
        "perplexity": perplexity,
        "length": length,
        "picked": picked,
        "text": tokenizer.decode(picked, skip_special_tokens=True),
        "new": new.tolist(),
        "steps": len(full.scores),
        "banned": picked[0] not in new.tolist(),
        "calls": ban.calls > 0,
    }
