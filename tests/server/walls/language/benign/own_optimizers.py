"""Optimizers of one's own, with groups, state, closures and schedulers."""

import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, StepLR


class SignDescent(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-2, momentum=0.0):
        if lr < 0:
            raise ValueError(f"invalid learning rate: {lr}")
        super().__init__(params, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if len(state) == 0:
                    state["step"] = 0
                    state["buffer"] = torch.zeros_like(p)
                state["step"] += 1
                state["buffer"].mul_(group["momentum"]).add_(p.grad)
                p.add_(state["buffer"].sign(), alpha=-group["lr"])
        return loss


class Plain(Optimizer):
    def __init__(self, params, lr: float):
        defaults = dict(lr=lr)  # noqa: C408
        super(Plain, self).__init__(params, defaults)  # noqa: UP008
        self.calls = 0

    def step(self):
        self.calls += 1
        for group in self.param_groups:
            for p in group["params"]:
                p.data.add_(p.grad.data, alpha=-group["lr"])


class Decayed(SignDescent):
    def step(self, closure=None):
        loss = super().step(closure)
        for group in self.param_groups:
            for p in group["params"]:
                with torch.no_grad():
                    p.mul_(0.9)
        return loss


def technique(model, tokenizer):
    found = {}
    torch.manual_seed(0)
    x = torch.randn(16, 4)
    y = x @ torch.tensor([1.0, -2.0, 3.0, 0.5]) + 1

    def fit(make, schedule=None, steps=20, closing=False):
        torch.manual_seed(1)
        layer = torch.nn.Linear(4, 1)
        optimizer = make(layer.parameters())
        scheduler = schedule(optimizer) if schedule else None

        def closure():
            optimizer.zero_grad()
            loss = (layer(x)[:, 0] - y).square().mean()
            loss.backward()
            return loss

        losses = []
        for _ in range(steps):
            if closing:
                losses.append(optimizer.step(closure).item())
            else:
                losses.append(closure().item())
                optimizer.step()
            if scheduler is not None:
                scheduler.step()
        state = optimizer.state_dict()
        return losses[0], losses[-1], optimizer.param_groups[0]["lr"], sorted(state), layer.weight

    found["sign"] = fit(lambda params: SignDescent(params, lr=0.05, momentum=0.5))
    found["closure"] = fit(lambda params: SignDescent(params, lr=0.05), closing=True)
    found["plain"] = fit(lambda params: Plain(params, lr=0.1))
    found["steps"] = fit(lambda p: Plain(p, lr=0.1), lambda o: StepLR(o, step_size=5, gamma=0.5))
    found["lambda"] = fit(lambda p: Decayed(p, lr=0.1), lambda o: LambdaLR(o, lambda n: 0.9**n))

    layer = torch.nn.Linear(2, 2)
    optimizer = SignDescent([{"params": [layer.weight]}, {"params": [layer.bias], "lr": 1.0}])
    optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(1))]})
    found["groups"] = [group["lr"] for group in optimizer.param_groups]
    layer(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    twin = SignDescent(
        [
            {"params": [layer.weight]},
            {"params": [layer.bias], "lr": 1.0},
            {"params": [torch.nn.Parameter(torch.ones(1))]},
        ]
    )
    twin.load_state_dict(optimizer.state_dict())
    found["loaded"] = [state["step"] for state in twin.state.values()]
    found["kinds"] = (isinstance(optimizer, Optimizer), isinstance(optimizer, torch.optim.Adam))
    found["text"] = repr(optimizer).split()[0]
    return found
