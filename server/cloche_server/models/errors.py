"""One exception for everything that can be wrong with a model."""


class ModelError(Exception):
    """The model cannot be found, used or loaded. The message says what is wrong and what to do."""
