"""What all tests share: the `--update` option, and how much Hypothesis tries."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "flashgen",
    derandomize=True,
    deadline=None,
    max_examples=20_000 if os.environ.get("FLASHGEN_FULL") == "1" else 300,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("flashgen")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the expected output of tests/broken/")
