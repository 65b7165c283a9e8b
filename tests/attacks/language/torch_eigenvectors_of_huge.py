"""Class: memory. Source: the native fuzzer. Escape: the process breaks. Every number is finite, but the
squares of one are not: LAPACK makes NaN of them while it balances the matrix, and leaves it."""

import torch


def attack(model, tokenizer, address):
    for seed in range(300):
        torch.manual_seed(seed)
        matrix = torch.randn(5, 5, dtype=torch.float64)
        matrix[seed % 5, seed // 5 % 5] = 1e308
        try:
            torch.linalg.eig(matrix)
        except Exception:
            pass
