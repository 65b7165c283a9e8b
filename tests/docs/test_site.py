"""The documentation builds into a site, strictly, and shows every technique by name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.nightly
def test_the_site_builds_and_names_every_technique(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", tmp_path],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "reference/techniques/index.html").read_text()
    for path in (ROOT / "techniques").glob("[a-z]*.py"):
        assert f'id="techniques.{path.stem}.{path.stem}"' in page, path.stem
    assert 'id="cloche.InterpClient.run"' in (tmp_path / "reference/client/index.html").read_text()


def test_every_page_is_in_the_navigation() -> None:
    listed = (ROOT / "mkdocs.yml").read_text()
    for page in (ROOT / "docs").rglob("*.md"):
        assert f"{page.relative_to(ROOT / 'docs')}\n" in listed, page.name
