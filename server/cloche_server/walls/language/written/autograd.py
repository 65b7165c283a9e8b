"""Derivatives of one's own. What `derive` does is between torch and `forward` and `backward`."""

import functools

import torch
from tools import derive


class FunctionCtx:
    """Keeps what one application needs on its way back; any attribute is the technique's own."""

    def __init__(self):
        self.needs_input_grad = ()
        self.saved_tensors = ()
        self._saved = ()
        self._apart = ()
        self._filled = True

    def save_for_backward(self, *tensors):
        self._saved = tensors

    def save_for_forward(self, *tensors):
        raise NotImplementedError(
            "forward-mode derivatives: use torch.func.jvp on a plain function"
        )

    def mark_non_differentiable(self, *args):
        self._apart = args

    def mark_dirty(self, *args):
        raise NotImplementedError("mark_dirty: leave the input as it is and return a new tensor")

    def set_materialize_grads(self, value):
        self._filled = bool(value)


class Function:
    @staticmethod
    def forward(*args, **options):
        raise NotImplementedError("an autograd.Function defines a static method `forward`")

    @staticmethod
    def setup_context(ctx, inputs, output):
        raise NotImplementedError("an autograd.Function defines a static method `setup_context`")

    @staticmethod
    def backward(ctx, *grads):
        raise NotImplementedError("an autograd.Function defines a static method `backward`")

    @classmethod
    def apply(cls, *args, **options):
        if options:
            raise TypeError(f"{cls.__name__}.apply() takes no keyword arguments")
        ctx = FunctionCtx()
        apart = cls.setup_context is not Function.setup_context

        def forward(needs_input_grad, *inputs):
            ctx.needs_input_grad = needs_input_grad
            if apart:
                result = cls.forward(*inputs)
                cls.setup_context(ctx, inputs, result)
            else:
                result = cls.forward(ctx, *inputs)
            return result, ctx._saved, ctx._apart, ctx._filled

        def backward(saved, needs_input_grad, *grads):
            ctx.saved_tensors = saved
            ctx.needs_input_grad = needs_input_grad
            return cls.backward(ctx, *grads)

        return derive(cls, forward, backward, *args)


def once_differentiable(fn):
    @functools.wraps(fn)
    def backward(ctx, *grads):
        with torch.no_grad():
            return fn(ctx, *grads)

    return backward
