"""Progress bars and loggers, as notebooks have them."""

import io
import logging
import sys

from tqdm import tqdm, trange
from tqdm.auto import tqdm as auto

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stdout)
logger = logging.getLogger(__name__)
quiet = logging.getLogger("quiet.inner")


def by_hand():
    with auto(total=4, desc="layers", leave=False) as bar:
        for i in range(4):
            bar.update(1)
            bar.set_postfix(loss=i / 3, best="x")
            bar.set_description(f"layer {i}")
        return bar.n, bar.total


def to_text():
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(name)s:%(levelname)s:%(message)s"))
    log = logging.getLogger("probe")
    log.setLevel(logging.DEBUG)
    log.propagate = False
    log.addHandler(handler)
    log.debug("a %s %d", "b", 3)
    log.warning("ratio %(ratio).2f", {"ratio": 0.5})
    try:
        raise ValueError("no")
    except ValueError:
        log.exception("failed on %r", "x")
    log.setLevel("ERROR")
    log.info("not shown")
    text = out.getvalue()
    return [
        text.startswith("probe:DEBUG:a b 3\nprobe:WARNING:ratio 0.50\nprobe:ERROR:failed on 'x'\n"),
        "ValueError: no" in text,
        "not shown" in text,
    ]


def technique(model, tokenizer):
    logger.info("starting on %d layers", 2)
    quiet.setLevel(logging.ERROR)
    rows = [x * x for x in tqdm(range(5), desc="squares", disable=True)]
    pairs = [(i, x) for i, x in enumerate(tqdm(["a", "b"], total=2))]
    bar = tqdm(range(3))
    for each in bar:
        bar.set_postfix({"each": each})
    tqdm.write("between")
    bar.close()
    return {
        "rows": rows,
        "pairs": pairs,
        "range": list(trange(3, desc="again")),
        "hand": by_hand(),
        "levels": [
            logger.isEnabledFor(logging.DEBUG),
            quiet.isEnabledFor(logging.WARNING),
            quiet.getEffectiveLevel(),
            logging.getLevelName(30),
            logging.getLogger("quiet.inner") is quiet,
        ],
        "text": to_text(),
        "length": len(tqdm(range(7), disable=True)),
    }
