"""Class: memory. Source: own find. Escape: LAPACK searches a matrix for eigenvalues and leaves it, where one of
its numbers is NaN. In a batch, in double precision."""

import torch


def attack(model, tokenizer, address):
    matrix = torch.full((3, 4, 4), float("nan"), dtype=torch.float64)
    for _ in range(200):
        torch.linalg.eigvals(matrix)
        torch.linalg.eigvals(matrix[0].float())
