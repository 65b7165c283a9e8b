"""Add the page of all names to the site, written from the tables of the language wall."""

from __future__ import annotations

from cloche_server.walls.language.pages import page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Is called by mkdocs with the files that it found."""
    files.append(File.generated(config, "reference/names.md", content=page()))
    return files
