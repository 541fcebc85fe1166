"""How quick the preview is with many cards: `python bench/preview.py [--facts 10000]`, with Chromium on the path."""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from project import write_project


def main() -> None:
    """Print what each thing took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=10_000)
    count = parser.parse_args().facts
    with tempfile.TemporaryDirectory(prefix="flashgen-bench-") as folder:
        root = Path(folder)
        write_project(root, count)
        command = [sys.executable, "-m", "flashgen", "-C", folder, "preview", "--port", "0"]
        start = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
            address = running.stdout.readline().strip()
            show("start", start)
            try:
                with urllib.request.urlopen(f"{address}index.json") as answer:  # noqa: S310 - our own address
                    print(f"index    {len(answer.read()) / 1e6:8.2f} MB")
                with sync_playwright() as playwright:
                    chromium = playwright.chromium.launch(
                        executable_path=shutil.which("chromium"), args=["--no-sandbox"]
                    )
                    measure(chromium.new_page(), address, root / "cards/bench/000.yaml")
                    chromium.close()
            finally:
                running.terminate()


def measure(page: Page, address: str, file: Path) -> None:
    """Print what an author waits for."""
    start = time.perf_counter()
    page.goto(address)
    body = page.frame_locator("#question iframe:not(.coming)").locator("body")
    body.get_by_text("0 ").first.wait_for()
    show("open", start)
    start = time.perf_counter()
    page.keyboard.press("ArrowRight")
    body.get_by_text("1 ").first.wait_for()
    show("next", start)
    start = time.perf_counter()
    page.locator("#list").evaluate("(list) => (list.scrollTop = 300000)")
    page.locator(".row").first.wait_for()
    show("scroll", start)
    start = time.perf_counter()
    page.get_by_label("Tag").select_option("bench::part-7")
    page.get_by_text("cards of").wait_for()
    show("filter", start)
    page.get_by_role("button", name="Clear filters").click()
    for word in ("1234", "4321"):
        start = time.perf_counter()
        page.get_by_label("Search").fill(word)
        page.wait_for_function("(word) => location.hash.includes(`search=${word}`)", arg=word)
        show("search" if word == "1234" else "again", start)
    page.get_by_role("button", name="Clear filters").click()
    page.locator("#list").press("Home")
    page.locator("#row-0[aria-selected=true]").wait_for()
    text = file.read_text()
    start = time.perf_counter()
    file.write_text(text.replace('front: "', 'front: "Saved ', 1))
    body.get_by_text("Saved").wait_for()
    show("save", start)


def show(name: str, start: float) -> None:
    """Print a line."""
    print(f"{name:8} {time.perf_counter() - start:8.2f} s", flush=True)


if __name__ == "__main__":
    main()
