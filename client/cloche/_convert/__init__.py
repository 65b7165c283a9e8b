"""From techniques that are methods of a class to techniques that are functions.

libcst does the reading and writing: it keeps comments and formatting. It is loaded when something
is converted, not before.
"""

from __future__ import annotations

import importlib.util

from cloche.errors import SourceError


def convert_technique_to_standalone(source: str) -> str:
    """Returns `source` with its technique classes turned into functions.

    ```
    class Lens:                                   @torch.no_grad()
        @modal.enter()                            def top(model, tokenizer, text, k=3):
        def load(self): ...                           return _logits(model, tokenizer, text).topk(k)
        @modal.method()
        @torch.no_grad()                     →
        def top(self, text, k=3):                 def _logits(model, tokenizer, text):
            return self.logits(text).topk(k)          ids = tokenizer(text, ...)
        def logits(self, text):                       return model(**ids).logits[0, -1]
            ids = self.tokenizer(text, ...)
            return self.model(**ids).logits[0, -1]
    ```

    What is converted: classes with Modal's decorators, classes whose methods read `self.model` or
    `self.tokenizer` and that nothing else in the source makes, and bare functions that take `self`
    first. A single method, indented as `inspect.getsource` gives it, will do. What loads the model
    (`__init__`, `@modal.enter`, methods that set `self.model`) is left out, like everything of
    Modal's. The rest of the source stays, comments and formatting included. Source with nothing to
    convert comes back unchanged.

    Entry points keep their names: methods with `@modal.method()`, or, without Modal, all public
    ones. Everything else gets a leading underscore, so that one public method runs as
    `client.run(converted, ...)`; of several, `with_options(entry_point="name")` picks one.

    Raises:
        ConversionError: something has no meaning without the object; `problems` lists all such
            places, with line, column and what to write instead.
        SourceError: libcst is not installed, or `source` is not text.
    """
    if not isinstance(source, str):
        raise SourceError(
            f"convert_technique_to_standalone takes source as str, got {type(source).__name__}; "
            "for a file pass path.read_text(), for a method inspect.getsource(method)"
        )
    if importlib.util.find_spec("libcst") is None:
        raise SourceError("converting needs libcst: pip install 'cloche[convert]'")
    from cloche._convert.conversion import convert

    return convert(source)
