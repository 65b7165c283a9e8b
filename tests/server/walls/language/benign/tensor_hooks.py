"""Hooks on tensors, backward hooks, forward pre hooks, retained gradients."""


def technique(model, tokenizer):
    seen = {}
    inputs = tokenizer("the cat sat", return_tensors="pt")
    block = model.transformer.h[1]

    def pre(module, args, kwargs):
        seen["pre"] = type(module).__name__, len(args)
        return args, kwargs

    def back(module, grad_in, grad_out):
        seen["grad"] = grad_out[0].shape

    h1 = block.register_forward_pre_hook(pre, with_kwargs=True)
    h2 = block.mlp.register_full_backward_hook(back)
    out = model(**inputs, output_hidden_states=True)
    hidden = out.hidden_states[1]
    hidden.retain_grad()
    norms = []
    hidden.register_hook(lambda g: norms.append(g.norm().item()))
    loss = out.logits.float().log_softmax(-1)[0, -1, 0]
    loss.backward()
    h1.remove(), h2.remove()
    model.zero_grad(set_to_none=True)
    return seen, hidden.grad.shape, [round(n, 4) for n in norms], model.lm_head.weight.grad is None
