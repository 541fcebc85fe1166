"""A deck is data from strangers: what is made to read, run, fill or fool a machine is refused, with its place."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

# What one run may take. A run that takes more is ended by the system, and its test fails by the exit code.
SECONDS, MEMORY = 20, 1_000_000_000


def bounded(root: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line on a project, with as much time of the processor and memory as that may take."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    return subprocess.run(
        [sys.executable, "-m", "flashgen", "-C", root, *arguments],
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
        preexec_fn=limit,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, data in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return root


DECK: Final = "uid: 5f1c6a0e9b7d4c21\nname: Kubernetes\n"
FACTS: Final = "kind: basic\nfacts:\n  - {id: pod, front: What is a Pod?, back: The smallest unit}\n"

# --- Templates

# What a file under `fields/` says, and what is said of it. `items` has three items, `long` is a text of 9,000 letters.
TEMPLATES: Final = {
    # For ever.
    "loops": (
        "{% for a in long %}{% for b in long %}{% for c in long %}.{% endfor %}{% endfor %}{% endfor %}",
        "too much",
    ),
    "calls-itself": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "calls itself without end"),
    "calls-itself-twice": (
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
        "too much",
    ),
    "loops-in-itself": ("{% for a in long recursive %}{{ loop(long) }}{% endfor %}", "too much"),
    "includes-itself": ("{% include 'hostile/fields/includes-itself.html.j2' %}", "calls itself without end"),
    "extends-itself": ("{% extends 'hostile/fields/extends-itself.html.j2' %}", "calls itself without end"),
    "power": ("{{ 9 ** 9 ** 9 ** 9 }}", "too much"),
    "searches": (
        "{% for a in long %}{% for b in long %}{{ (long ~ 'x') in long }}{% endfor %}{% endfor %}",
        "too much",
    ),
    "slices": ("{% for a in long %}{% set b = (long * 100)[1:] %}{% endfor %}", "too much"),
    "counts": ("{% for a in long %}{% for b in long %}{{ long.count('ab') }}{% endfor %}{% endfor %}", "too much"),
    "adds-lists": ("{{ ((([[1]] * 9000) | list) | sum(start=[])) | length }}", "too much"),
    # Without bound.
    "repeats": ("{{ 'x' * 9999999999 }}", "too much"),
    "repeats-a-list": ("{{ (([0] * 999999999) | length) }}", "too much"),
    "doubles": ("{% set x = long %}" + "{% set x = x ~ x %}" * 40 + "{{ x | length }}", "too much"),
    "doubles-by-plus": ("{% set x = long %}" + "{% set x = x + x %}" * 40 + "{{ x | length }}", "too much"),
    "doubles-in-blocks": ("{% set x = long %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 40, "too much"),
    "doubles-lists": ("{% set x = [1] %}" + "{% set x = [x, x] %}" * 60 + "{{ x }}", "too much"),
    "doubles-tuples": ("{% set x = (1,) %}" + "{% set x = (x, x) %}" * 60 + "{{ x == x }}", "too much"),
    "doubles-records": ("{% set x = {} %}" + "{% set x = {1: x, 2: x} %}" * 60 + "{{ x }}", "too much"),
    "replaces": ("{{ long | replace('a', long) | replace('a', long) }}", "too much"),
    "replaces-by-method": ("{{ long.replace('a', long).replace('a', long) }}", "too much"),
    "joins": ("{{ (long | list) | join(long) }}", "too much"),
    "pads": ("{{ 'x' | center(999999999) }}", "too much"),
    "pads-by-method": ("{{ 'x'.ljust(999999999) }}", "too much"),
    "pads-by-format": ("{{ '%999999999d' | format(1) }}", "too much"),
    "pads-by-percent": ("{{ '%999999999d' % 1 }}", "too much"),
    "pads-by-a-method": ("{{ '{:>999999999}'.format(1) }}", "too much"),
    "pads-by-a-star": ("{{ '%*d' % (999999999, 1) }}", "too much"),
    "expands-tabs": ("{{ '\t'.expandtabs(999999999) }}", "too much"),
    "indents": ("{{ 'a\nb' | indent(999999999) }}", "too much"),
    "cuts-in-pieces": ("{{ [1] | slice(999999999) | list | length }}", "too much"),
    "fills": ("{{ [1] | batch(999999999, 0) | list | length }}", "too much"),
    "prints": ("{{ long * 200 }}" * 3, "too much"),
    "says": ("{{ say('many', word=long) }}", "too much"),
    # Out of the template.
    "reads-a-file": ("{% include '../../../../../../etc/passwd' %}", "there is no template"),
    "reads-an-absolute-file": ("{% include '/etc/passwd' %}", "there is no template"),
    "reads-through-a-link": ("{% include 'hostile/linked.j2' %}", "a link that leads out of the project"),
    "reads-a-pipe": ("{% include 'hostile/pipe.j2' %}", "there is no template"),
    "reaches-classes": ("{{ ''.__class__.__mro__ }}", "unsafe"),
    "reaches-classes-by-filter": ("{{ '' | attr('__class__') }}", "unsafe"),
    "reaches-globals": ("{{ say.__globals__ }}", "unsafe"),
    "reaches-code": ("{{ gap.__func__.__code__ }}", "unsafe"),
    "reaches-the-renderer": ("{{ gap.__self__.renderer }}", "unsafe"),
    "reaches-by-format": ("{{ '{0.__class__}'.format(id) }}", "unsafe"),
    "reaches-the-environment": ("{{ environment }}", "`environment` is undefined"),
    "reaches-the-system": ("{{ self._TemplateReference__context }}", "unsafe"),
    "imports": ("{{ __import__('os').environ }}", "undefined"),
    "changes-facts": ("{{ items.clear() }}", "unsafe"),
    "throws-dice": ("{{ items | random }}", "there is no filter `random`"),
    # Past Python's own limits.
    "nests-blocks": ("{% for a in items %}" * 30 + "{% endfor %}" * 30, "nests too deep"),
    "nests-brackets": ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "nests too deep"),
    "adds-up": ("{{ " + "+".join(["1"] * 20_000) + " }}", "nests too deep"),
    "large-number": ("{{ " + "9" * 5000 + " }}", "too large a number"),
    "large-number-of-text": ("{{ ('9' * 4000) | int * ('9' * 4000) | int }}", "too much"),
}


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is found in a project of hostile templates."""
    root = tmp_path_factory.mktemp("templates")
    (root / "secret").write_text("secret", encoding="utf-8")
    fields = "".join(f"  {name.replace('-', ' ').capitalize()}: fields/{name}.html.j2\n" for name in TEMPLATES)
    write(
        root / "project",
        {
            "cards/k8s/deck.yaml": DECK,
            "cards/k8s/facts.yaml": f"kind: hostile\nfacts: [{{id: pod, long: {'abc' * 3000}, items: [{{id: a}}]}}]\n",
            "templates/hostile/kind.yaml": "facts:\n  long: {type: text}\n  items: {type: list, items: {}}\n"
            f"fields:\n  Long: long\n{fields}cards: [card]\n",
            "templates/hostile/card.html.j2": "{{ long }}",
            "templates/hostile/labels/en.yaml": f"title: Hostile\nmany: '{'{word}' * 9000}'\n",
            **{f"templates/hostile/fields/{name}.html.j2": text for name, (text, _) in TEMPLATES.items()},
        },
    )
    (root / "project/templates/hostile/linked.j2").symlink_to(root / "secret")
    os.mkfifo(root / "project/templates/hostile/pipe.j2")
    done = bounded(root / "project", "check", "--format", "concise")
    assert (done.returncode, done.stderr) == (1, "")
    return done.stdout


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_ends_and_stays_in_its_sandbox(templates: str, name: str) -> None:
    # What Python itself does not take has no line; and a link that leads out is told where it lies.
    file = "linked.j2" if name == "reads-through-a-link" else f"fields/{name}.html.j2"
    said = re.findall(rf"^templates/hostile/{re.escape(file)}(?::\d+:\d+)?: error (.*)$", templates, re.MULTILINE)
    assert len(said) == 1, templates
    assert TEMPLATES[name][1] in said[0]
