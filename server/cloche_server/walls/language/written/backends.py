"""Torch's switches, as scripts set them at their top: they are kept, and have no effect."""

import torch


class _Switches:
    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)

    def is_available(self):
        return torch.cuda.is_available()


class _Absent:
    def is_available(self):
        return False

    def is_built(self):
        return False


class _Cudnn(_Switches):
    def version(self):
        return None

    def flags(self, **values):
        return _Left()


class _Left:
    """Within it, all is as it was."""

    def __enter__(self):
        return None

    def __exit__(self, *exception):
        return False


class _Cuda:
    def __init__(self):
        self.matmul = _Switches(
            allow_tf32=False,
            allow_fp16_reduced_precision_reduction=True,
            allow_bf16_reduced_precision_reduction=True,
        )

    def is_built(self):
        return "+cpu" not in torch.__version__

    def enable_flash_sdp(self, enabled):
        pass

    def enable_math_sdp(self, enabled):
        pass

    def enable_mem_efficient_sdp(self, enabled):
        pass

    def enable_cudnn_sdp(self, enabled):
        pass


cudnn = _Cudnn(enabled=True, benchmark=False, deterministic=False, allow_tf32=True)
cuda = _Cuda()
mps = _Absent()
