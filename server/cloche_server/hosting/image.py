"""The container's image as data: what a dry run shows is what is built.

```
from cloche.modal import hf_image

image = hf_image.pip_install("scipy").apt_install("git")
```
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from cloche.contract.config import ConfigError

from cloche_server.hosting.lock import LOCK

StepKind = Literal[
    "uv_pip_install", "pip_install", "apt_install", "run_commands", "env", "source", "fetch"
]

# The policy's rows name the members of these, which change with each release: every later step that
# installs says them again, so that a package which wants another release fails the build.
PINS = (
    "torch==2.13.0",
    "transformers==5.24.0",
    "peft==0.21.2",
    "tokenizers==0.23.3",
    "numpy==2.4.6",
    "einops==0.8.2",
    "RestrictedPython==9.0",
    "msgspec==0.22.0",
    "limits==5.8.0",
)
# Sandboxes share weights in the CPU's memory alone: torch comes without gigabytes of CUDA.
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
# Of the tool that installs, and of Modal's recipe for what lies under our steps.
UV = "0.13.9"
BUILDER = "2025.06"
# The tables of the policy were last held against this release of Python.
PYTHON = "3.11"


@dataclass(frozen=True)
class Step:
    """One layer of the image; an `env` value is "NAME=value"."""

    kind: StepKind
    values: tuple[str, ...]
    # By the names of the arguments that Modal's method of this kind has.
    options: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        options = (f"{name}={value}" for name, value in self.options)
        return " ".join((self.kind, *options, *self.values))


@dataclass(frozen=True, kw_only=True)
class Image:
    """Debian with a Python, and steps on top of it. Each method returns a new image."""

    python: str = PYTHON
    steps: tuple[Step, ...] = ()

    def pip_install(self, *packages: str, extra_index_url: str | None = None) -> Image:
        """Adds Python packages; the pinned ones keep their release.

        A technique may import only what the policy's tables list, installed or not.

        Args:
            extra_index_url: where else they may come from.
        """
        return self._installed("pip_install", packages, extra_index_url)

    def uv_pip_install(self, *packages: str, extra_index_url: str | None = None) -> Image:
        """As `pip_install`, by uv, which is faster; name releases, so that two builds agree."""
        return self._installed("uv_pip_install", packages, extra_index_url)

    def apt_install(self, *packages: str) -> Image:
        """Adds Debian packages."""
        return self._with("apt_install", packages, packages)

    def run_commands(self, *commands: str) -> Image:
        """Runs shell commands while the image is built."""
        return self._with("run_commands", commands, commands)

    def env(self, variables: Mapping[str, str]) -> Image:
        """Sets environment variables. Not for secrets: name those in `Deployment.secrets`."""
        pairs = tuple(f"{name}={value}" for name, value in variables.items())
        return self._with("env", pairs, pairs)

    def _installed(
        self, kind: StepKind, packages: tuple[str, ...], extra_index_url: str | None
    ) -> Image:
        options = (("uv_version", UV),) if kind == "uv_pip_install" else ()
        if extra_index_url is not None:
            if not extra_index_url.startswith("https://"):
                raise ConfigError(
                    f"image.{kind}: extra_index_url is {extra_index_url!r}; it must begin with "
                    "https://"
                )
            options = (*options, ("extra_index_url", extra_index_url))
        return self._with(kind, packages, (*packages, *PINS), options)

    def _with(
        self,
        kind: StepKind,
        given: tuple[str, ...],
        values: tuple[str, ...],
        options: tuple[tuple[str, str], ...] = (),
    ) -> Image:
        if not given or not all(isinstance(value, str) and value for value in given):
            raise ConfigError(f"image.{kind}: {given!r}; give one text or more, none of them empty")
        return replace(self, steps=(*self.steps, Step(kind, values, options)))


def _locked() -> Image:
    """All packages at their releases. Nothing is resolved: what the lock lacks is not there."""
    torch = tuple(line for line in LOCK if line.startswith("torch=="))
    rest = tuple(line for line in LOCK if line not in torch)
    no_deps = (("extra_options", "--no-deps"), ("uv_version", UV))
    steps = (
        Step("uv_pip_install", torch, (("index_url", CPU_INDEX), *no_deps)),
        Step("uv_pip_install", rest, no_deps),
    )
    return Image(steps=steps)


hf_image = _locked()
