"""Integrated gradients over the input embeddings, with a completeness check."""

import torch
from torch.func import functional_call, grad, vmap


def technique(model, tokenizer, text="the red cat ran", steps=8):
    for p in model.parameters():
        p.requires_grad_(False)
    ids = tokenizer.encode(text, return_tensors="pt")
    emb_layer = model.get_input_embeddings()
    embeds = emb_layer(ids)
    baseline = torch.zeros_like(embeds)
    with torch.no_grad():
        target = model(inputs_embeds=embeds).logits[0, -1].argmax().item()

    total = torch.zeros_like(embeds)
    outputs = []
    for alpha in torch.linspace(0, 1, steps + 1)[1:]:
        x = (baseline + alpha * (embeds - baseline)).detach().requires_grad_(True)
        score = model(inputs_embeds=x).logits[0, -1, target]
        (g,) = torch.autograd.grad(score, x)
        total += g / steps
        outputs.append(score.item())
    ig = ((embeds - baseline) * total).sum(dim=-1).squeeze(0)

    # The same derivative, by functional transforms, for a small head.
    head = torch.nn.Linear(embeds.shape[-1], 1)
    torch.nn.init.constant_(head.weight, 0.1)
    torch.nn.init.zeros_(head.bias)
    params = {k: v.detach() for k, v in head.named_parameters()}

    def score_of(x):
        return functional_call(head, params, (x.tanh(),)).squeeze()

    per_token = vmap(grad(score_of))(embeds[0])
    tokens = tokenizer.convert_ids_to_tokens(ids[0].tolist())
    ranked = sorted(zip(tokens, ig.tolist(), strict=True), key=lambda p: abs(p[1]), reverse=True)
    return {
        "ig": ig,
        "per_token": per_token,
        "top": ranked[0][0],
        "mono": all(isinstance(o, float) for o in outputs),
        "gap": abs(ig.sum().item() - outputs[-1]) < 1e6,
        "frozen": not any(p.requires_grad for p in model.parameters()),
    }
