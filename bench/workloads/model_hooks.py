"""Model-bound: a hook on every linear layer keeps a norm, for a few prompts."""

import torch

PROMPTS = ("The capital of France is", "The Colosseum is in the city of", "One, two, three,")


class Recorder:
    def __init__(self, model):
        self.norms = {}
        self.calls = 0
        self.handles = []
        for name, module in model.named_modules():
            if isinstance(module, torch.nn.Linear):
                self.handles.append(module.register_forward_hook(self.hook(name)))

    def hook(self, name):
        def keep(module, args, output):
            self.calls += 1
            self.norms.setdefault(name, []).append(output.detach().float().norm().item())

        return keep

    def remove(self):
        for handle in self.handles:
            handle.remove()


def work(model, tokenizer):
    recorder = Recorder(model)
    with torch.no_grad():
        for prompt in PROMPTS:
            model(tokenizer(prompt, return_tensors="pt")["input_ids"])
    recorder.remove()
    return recorder.calls, {name: round(sum(each), 2) for name, each in recorder.norms.items()}
