"""Cloche on Modal: what is deployed (`deployment`, `image`, `app`) and what runs there (`backend`).

Only `app` and `backend` import modal; nothing here imports torch.
"""
