"""Check that an app was deployed as its caller expects: by tags that `deploy` leaves on it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from cloche import seam
from cloche.contract.errors import HostingError, InvalidRequestError

if TYPE_CHECKING:
    from cloche.seam import Deployment

_PREFIX: Final = "cloche-set-"
# Modal's own rule for tags.
_LONGEST: Final = 63
_HASHED: Final = "__"


def tags_of(deployment: Deployment) -> dict[str, str]:
    """What the app is, one tag for each setting that is not its default; no secret in words."""
    default = _settings(_plain(deployment))
    return {
        f"{_PREFIX}{name}": _encoded(text)
        for name, text in _settings(deployment).items()
        if name in ("model_name", "gpu") or text != default[name]
    }


def refuse_other(tags: Mapping[str, str], expected: Deployment, names: Iterable[str]) -> None:
    """Raises InvalidRequestError where the app is not what was given for it.

    Args:
        tags: the app's.
        expected: a deployment with what was given.
        names: the settings that were given, as the client's arguments call them.

    Raises:
        HostingError: the app does not say what it is.
    """
    app = expected.app_name
    if f"{_PREFIX}gpu" not in tags:
        raise HostingError(
            f"{app} does not say how it was deployed: by another Cloche than this one; deploy=True "
            "updates it"
        )
    wanted, default = _settings(expected), _settings(_plain(expected))
    for name in names:
        found = tags.get(f"{_PREFIX}{name}", _encoded(default[name]))
        one_of_several = name == "model_name" and f"{_PREFIX}also" in tags
        if found == _encoded(wanted[name]) or one_of_several:
            continue
        runs, given = _shown(name, found), _shown(name, _encoded(wanted[name]))
        raise InvalidRequestError(
            f"{app} runs with {runs}, and {given} was given; give deploy=True to deploy it anew "
            f"with that, or leave {name} out to use the app as it is",
            field=name,
        )


def _plain(deployment: Deployment) -> Deployment:
    """The same app with nothing chosen."""
    return seam.deployment_for(deployment.app_name, deployment.server.model.name)


def _settings(deployment: Deployment) -> dict[str, str]:
    """Each setting in words, by what the client's argument is called."""
    model = dataclasses.asdict(deployment.server.model)
    prompt = model.pop("hidden_system_prompt")
    settings = {name: _text(value) for name, value in model.items() if name != "name"}
    # As the deployment's fingerprint: who guesses it learns that they are right, and no more.
    settings["hidden_system_prompt"] = _HASHED if prompt else ""
    if prompt:
        said = f"{deployment.app_name}\0{prompt}".encode()
        settings["hidden_system_prompt"] = _HASHED + hashlib.sha256(said).hexdigest()[:40]
    return {
        **settings,
        "model_name": deployment.server.model.name,
        "also": _text([dataclasses.asdict(each) for each in deployment.server.also] or None),
        "limits": _text(dataclasses.asdict(deployment.server.limits)),
        "gpu": ",".join(deployment.resources.gpus),
        # Of the GPU the names are compared, however they were given.
        "resources": _text(dataclasses.asdict(deployment.resources) | {"gpu": None}),
        "image": _text([str(step) for step in deployment.image.steps]),
        "secrets": _text(sorted(deployment.secrets) or None),
    }


def _text(value: object) -> str:
    if value is None or value == ():
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _encoded(text: str) -> str:
    """As a tag: letters, digits, dots and dashes as they are; what is long as its digest."""
    if not text.startswith(_HASHED):
        quoted = re.sub(
            r"[^A-Za-z0-9.-]", lambda found: "".join(f"_{b:02x}" for b in found[0].encode()), text
        )
        if len(quoted) <= _LONGEST:
            return quoted or _HASHED
        text = _HASHED + hashlib.sha256(text.encode()).hexdigest()[:40]
    return text


def _shown(name: str, tag: str) -> str:
    if tag == _HASHED:
        return f"no {name}"
    if tag.startswith(_HASHED):
        return f"{name} of its own"
    said = re.sub(r"((?:_[0-9a-f]{2})+)", lambda found: _unquoted(found[0]), tag)
    return f"{name}={said!r}"


def _unquoted(quoted: str) -> str:
    return bytes.fromhex(quoted.replace("_", "")).decode(errors="replace")
