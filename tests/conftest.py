"""What all tests share: the `--update` option, and how much Hypothesis tries, and a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

# What the machine asks of terminals is no part of what is tested.
for name in ("GITHUB_ACTIONS", "GITHUB_WORKSPACE", "NO_COLOR", "FORCE_COLOR"):
    os.environ.pop(name, None)

settings.register_profile(
    "flashgen",
    derandomize=True,
    deadline=None,
    max_examples=20_000 if os.environ.get("FLASHGEN_FULL") == "1" else 300,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("flashgen")


# What an earlier run of the tests kept would hide a fault in what makes it.
os.environ["FLASHGEN_CACHE"] = ""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the expected output of tests/broken/")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium of the machine: Playwright's own cannot be had everywhere."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("there is no Chromium here")
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu", *quiet])
        yield started
        started.close()
