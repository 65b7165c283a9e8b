"""Convert techniques that are methods of a class, or functions of `self`, to entry points."""

from __future__ import annotations

from cloche.contract.errors import SourceError
from cloche.convert.conversion import convert


def convert_technique_to_standalone(source: str) -> str:
    """Returns `source` with entry points that take `(model, tokenizer, ...)`.

    ```
    @app.cls(gpu="H100")                  class Lens:
    class Lens:                               def __init__(self, model, tokenizer):
        @modal.enter()                            self.model, self.tokenizer = model, tokenizer
        def load(self):
            self.model = ...         →        def top(self, text, k=3):
                                                  return self.logits(text).topk(k)
        @modal.method()
        def top(self, text, k=3):         def top(model, tokenizer, /, *args, **kwargs):
            return self.logits(...)           return Lens(model, tokenizer).top(*args, **kwargs)
    ```

    A class keeps its methods, state, bases and helpers: only what loads the model, and what is
    Modal's, is taken out, and each entry point makes the object around the loaded model. Classes
    with Modal's decorators are converted, and classes whose methods read `self.model` or
    `self.tokenizer` and that nothing else in the source makes. A function that takes `self` first
    (also a single method, indented as `inspect.getsource` gives it) has `self.model` and
    `self.tokenizer` renamed to parameters. The rest of the source stays, comments and formatting
    included; source with nothing to convert comes back unchanged.

    Entry points keep their names: methods with `@modal.method()`, or, without Modal, all public
    ones. Of several, `with_options(entry_point="name")` picks one.

    Raises:
        ConversionError: something has no meaning in a call; `problems` lists all such places, with
            line, column and what to write instead.
        SourceError: `source` is not text, or is nested too deep to be read.
    """
    if not isinstance(source, str):
        raise SourceError(
            f"convert_technique_to_standalone takes source as str, got {type(source).__name__}; "
            "for a file pass path.read_text(), for a method inspect.getsource(method)"
        )
    return convert(source)
