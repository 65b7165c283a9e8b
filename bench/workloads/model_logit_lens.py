"""Model-bound: the logit lens at every layer."""

import torch


def work(model, tokenizer):
    ids = tokenizer("The capital of France is", return_tensors="pt")["input_ids"]
    rows = []
    with torch.no_grad():
        out = model(ids, output_hidden_states=True)
        for layer, hidden in enumerate(out.hidden_states):
            logits = model.lm_head(model.model.norm(hidden[0, -1]))
            top = torch.log_softmax(logits, dim=-1).topk(5)
            for value, token in zip(top.values.tolist(), top.indices.tolist()):
                rows.append((layer, tokenizer.decode([token]), round(value, 4)))
    return rows
