"""A deck is data from strangers: what is made to read, run, fill or fool a machine is refused, with its place."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import resource
import sqlite3
import subprocess
import sys
import zipfile
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
    fields = "".join(f"  {name.replace('-', ' ').capitalize()}: fields/{name}.html.j2\n" for name in TEMPLATES)
    write(
        root / "project",
        {
            "cards/k8s/deck.yaml": DECK,
            "cards/k8s/facts.yaml": f"kind: hostile\nfacts: [{{id: pod, long: {'abc' * 3000}, items: [{{id: a}}]}}]\n",
            "templates/hostile/kind.yaml": "facts:\n  long: {type: text}\n  items: {type: list, items: {}}\n"
            f"fields:\n  Long: long\n{fields}cards: [card]\n",
            "templates/hostile/card.html.j2": "{{ long }}",
            "templates/hostile/labels/en.yaml": f"title: Hostile\nmany: '{'{word}' * 3000}'\n",
            **{f"templates/hostile/fields/{name}.html.j2": text for name, (text, _) in TEMPLATES.items()},
        },
    )
    done = bounded(root / "project", "check", "--format", "concise")
    assert (done.returncode, done.stderr) == (1, "")
    return done.stdout


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_ends_and_stays_in_its_sandbox(templates: str, name: str) -> None:
    # What Python itself does not take has no line.
    said = re.findall(rf"^templates/hostile/fields/{name}\.html\.j2(?::\d+:\d+)?: error (.*)$", templates, re.MULTILINE)
    assert len(said) == 1, templates
    assert TEMPLATES[name][1] in said[0]


# --- Links, pipes, devices and names


def a_project(root: Path) -> Path:
    return write(root, {"cards/k8s/deck.yaml": DECK, "cards/k8s/facts.yaml": FACTS})


LEADS_OUT: Final = "is a link that leads out of the project\n  hint: put there what it leads to\n"
NO_FILE: Final = "is a pipe or a device, not a file\n  hint: delete it\n"


@pytest.mark.parametrize(
    "name",
    [
        "cards/k8s/more.yaml",
        "cards/k8s/deck.lock.jsonl",
        "cards/k8s/outline.yaml",
        "cards/k8s/media",
        "cards/k8s/media/credits.yaml",
        "cards/k8s/media/pod.png",
        "cards/other",
        "templates",
        "templates/own",
        "templates/own/kind.yaml",
        "templates/_labels/en.yaml",
        "templates/_theme/tokens.css",
    ],
)
@pytest.mark.parametrize("command", ["check", "build"])
def test_a_link_out_of_the_project_is_refused_unread(tmp_path: Path, name: str, command: str) -> None:
    root = a_project(tmp_path / "project")
    secret = write(tmp_path / "secret", {"kind.yaml": "password: hunter2\n"})
    link = root / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(secret if "." not in link.name else secret / "kind.yaml")
    done = bounded(root, command)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"flashgen: {name} {LEADS_OUT}")


def test_a_link_inside_of_the_project_is_followed(tmp_path: Path) -> None:
    root = a_project(tmp_path / "project")
    write(root, {"shared/facts.txt": FACTS.replace("pod", "node").replace("Pod", "Node")})
    (root / "cards/k8s/shared.yaml").symlink_to("../../shared/facts.txt")
    assert bounded(root, "check").stderr == "All is well: 2 cards in 1 package.\n"


@pytest.mark.parametrize("name", ["cards/k8s/facts.yaml", "cards/k8s/deck.lock.jsonl", "templates/own/kind.yaml"])
@pytest.mark.parametrize("what", ["a pipe", "a link to a device"])
def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path: Path, name: str, what: str) -> None:
    root = a_project(tmp_path / "project")
    (root / name).unlink(missing_ok=True)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    if what == "a pipe":
        os.mkfifo(root / name)
    else:
        (root / name).symlink_to("/dev/zero")
    done = bounded(root, "check")
    assert (done.returncode, done.stderr) == (2, f"flashgen: {name} {NO_FILE if what == 'a pipe' else LEADS_OUT}")


@pytest.mark.parametrize("arguments", [["diff"], ["adopt", "--by", "Front"]])
def test_a_pipe_is_no_package(tmp_path: Path, arguments: list[str]) -> None:
    root = a_project(tmp_path / "project")
    os.mkfifo(tmp_path / "old.apkg")
    done = bounded(root, arguments[0], tmp_path / "old.apkg", *arguments[1:])
    assert (done.returncode, done.stdout) == (2, "")
    assert "it is a folder, a pipe or a device, not a file" in done.stderr


def test_packages_are_not_written_through_a_link_out_of_the_project(tmp_path: Path) -> None:
    root = a_project(tmp_path / "project")
    (tmp_path / "elsewhere").mkdir()
    (root / "dist").symlink_to(tmp_path / "elsewhere")
    done = bounded(root, "build")
    assert done.returncode == 2
    assert done.stderr == f"flashgen: {root}/dist is a link that leads out of the project\n  hint: make it a folder\n"
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_link_in_the_place_of_a_package_is_replaced_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    root = a_project(tmp_path / "project")
    precious = tmp_path / "precious"
    precious.write_bytes(b"as it was")
    (root / "dist").mkdir()
    (root / "dist/k8s.apkg").symlink_to(precious)
    assert bounded(root, "build").returncode == 0
    assert precious.read_bytes() == b"as it was"
    assert not (root / "dist/k8s.apkg").is_symlink()


def test_folders_without_end_are_refused(tmp_path: Path) -> None:
    root = a_project(tmp_path / "project")
    (root / "cards/k8s" / "/".join(["a"] * 900)).mkdir(parents=True)
    done = bounded(root, "check")
    assert (done.returncode, done.stderr) == (
        2,
        "flashgen: folders nest more than 40 deep in cards/\n  hint: lay them out flatter\n",
    )


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    root = a_project(tmp_path / "project")
    (root / os.fsdecode(b"cards/k8s/\xff.yaml")).write_text(FACTS, encoding="utf-8")
    done = bounded(root, "check")
    assert (done.returncode, done.stderr) == (
        2,
        "flashgen: the name of `cards/k8s/\\udcff.yaml` is not UTF-8\n  hint: rename it\n",
    )


# --- Bombs and broken databases in packages


def zeros(size: int) -> bytes:
    """A zip whose collection is this much of nothing, made without holding it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("collection.anki2", "w") as member:
        for _ in range(size >> 20):
            member.write(bytes(1 << 20))
    return out.getvalue()


def collection(*statements: str) -> bytes:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE col (id, models, decks)")
        connection.execute("CREATE TABLE cards (nid, did, ord, due)")
        connection.execute("CREATE TABLE notes (id, guid, mid, mod, tags, flds)")
        connection.execute("INSERT INTO col VALUES (1, '{}', '{}')")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        return connection.serialize()


ENDLESS: Final = "(WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n)"
PACKAGES: Final = {
    "a bomb": (lambda: zeros(200 << 20), "is packed smaller than any collection can be"),
    "a larger bomb": (lambda: zeros(300 << 20), "holds more than 256 MB"),
    "a bomb that says it is small": (
        lambda: zeros(64 << 20).replace((64 << 20).to_bytes(4, "little"), (1 << 20).to_bytes(4, "little")),
        "is not an Anki package, or a damaged one",
    ),
    "names outside": (lambda: archive({"../../evil": b"x", "/etc/evil": b"x"}), "holds no collection"),
    "no database": (lambda: archive({"collection.anki2": b"x" * 5000}), "is damaged"),
    "half a database": (lambda: archive({"collection.anki2": collection()[:9000]}), "is damaged"),
    "tables that never end": (
        lambda: archive(
            {
                "collection.anki2": collection(
                    "DROP TABLE notes", f"CREATE VIEW notes AS SELECT {ENDLESS} AS id, 1 AS guid, 1 AS mid"
                )
            }
        ),
        "holds no Anki collection",
    ),
    "note types that never end": (
        lambda: archive({"collection.anki2": collection("UPDATE col SET models = hex(randomblob(5000000))")}),
        "holds more than 8 MB",
    ),
    "note types inside each other": (
        lambda: archive({"collection.anki2": collection("UPDATE col SET models = printf('%.*c', 900000, '[')")}),
        "is damaged",
    ),
    "a number of 5,000 digits": (
        lambda: archive(
            {"collection.anki2": collection("UPDATE col SET models = '{\"' || printf('%.*c', 5000, '9') || '\":{}}'")}
        ),
        "is damaged",
    ),
    "another way to pack": (
        lambda: archive({"collection.anki2": collection()}, zipfile.ZIP_LZMA),
        "is packed in a way that Anki does not read",
    ),
}


def archive(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as written:
        for name, data in members.items():
            written.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("name", PACKAGES)
def test_a_hostile_package_is_refused(tmp_path: Path, name: str) -> None:
    make, said = PACKAGES[name]
    root = a_project(tmp_path / "project")
    file = tmp_path / "old.apkg"
    file.write_bytes(make())
    for arguments in (["diff", file], ["adopt", file, "--by", "Front"]):
        done = bounded(root, *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"flashgen: {file} {said}")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["old.apkg", "project"]


# --- Locks


LOCK: Final = '{"flashgen":2,"uid":"5f1c6a0e9b7d4c21"}\n'
NOTE: Final = '{"note":"a","id":1,"hash":"x","modified":1,"fact":"basic/pod","title":"t","language":"en"}\n'


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        NOTE.replace('"id":1', f'"id":{"9" * 5000}'),
        NOTE.replace('"id":1', '"id":99999999999999999999'),
        NOTE.replace('"modified":1', '"modified":1e308'),
        NOTE.replace('"modified":1', '"modified":Infinity'),
        NOTE.replace('"title":"t"', '"title":"\\ud800"'),
        NOTE.replace('"hash":"x"', '"hash":"\\",\\"x\\":\\""'),
        NOTE.replace('"fact":"basic/pod"', '"fact":"basic/\\"pod"'),
        '{"gap":"a/b/c/d","number":99999999999999999999999}',
    ],
    ids=lambda line: line[:20] + line[-20:],
)
def test_a_hostile_lock_is_refused_at_its_line(tmp_path: Path, line: str) -> None:
    root = write(a_project(tmp_path / "project"), {"cards/k8s/deck.lock.jsonl": LOCK + line})
    done = bounded(root, "build")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("flashgen: cards/k8s/deck.lock.jsonl:2: this line is damaged\n")


# --- Bombs in text


BOMBS: Final = {
    "cards/k8s/huge-scalar.yaml": (
        "kind: basic\nfacts: [{id: a, front: " + "x" * 15_000_000 + ", back: b}]\n",
        "too-long",
    ),
    "cards/k8s/huge-file.yaml": ("# " + "x" * 17_000_000, "it is larger than 16 MB"),
    "cards/k8s/many-values.yaml": ("kind: basic\nfacts: [" + "a," * 1_100_000 + "]\n", "more than 1,000,000 values"),
    "cards/k8s/many-faults.yaml": ("a: b\n" * 100_000, "duplicate-key"),
    "cards/k8s/many-characters.yaml": ("\x01" * 100_000, "control-character"),
    "cards/k8s/deep-flow.yaml": ("[" * 100_000, "nested far too deep"),
    "cards/k8s/deep-block.yaml": ("- " * 100_000, "nested more than 32 deep"),
    "cards/k8s/python.yaml": (
        "kind: basic\nfacts: [{id: a, front: !!python/object/apply:os.system [ls], back: b}]\n",
        "yaml-tag",
    ),
    "templates/_theme/tokens.css": ("a{" * 100_000, "these styles nest too deep"),
    "templates/_theme/card.css": (f".card {{ width: {'9' * 5000}px }}", "or hold too large a number"),
}


def test_bombs_in_text_are_refused_at_their_places(tmp_path: Path) -> None:
    root = a_project(tmp_path / "project")
    for name, (text, said) in BOMBS.items():
        write(root, {name: text})
        done = bounded(root, "check", "--format", "concise")
        (root / name).unlink()
        assert (done.returncode, done.stderr) == (1, ""), (name, done.stderr[-500:])
        assert f"{name}:" in done.stdout
        assert said in done.stdout


def test_styles_of_a_kind_that_no_fact_names_may_be_what_they_like(tmp_path: Path) -> None:
    root = write(a_project(tmp_path / "project"), {"templates/tea/style.css": f"a {{ width: {'9' * 5000}px }}"})
    done = bounded(root, "check", "--format", "concise")
    assert (done.returncode, done.stdout) == (0, "")


# --- What reads text, and takes longest for what is written to make it


SLOW: Final = {
    "basic": [
        "(",
        "[",
        "![",
        "[a](",
        "*a",
        "**a",
        "_a",
        ">",
        "-",
        "<",
        "&",
        "|",
        "<kbd>",
        "<ruby><rt>",
        "](",
        "<a:",
        "&#",
        "\\(",
        "\\[",
        "\\({{c1::",
        "1.",
        "~~~",
        "{{",
        "[sound:",
        "`",
    ],
    "cloze": ["{{c1::", "{{c1::a}}", "}}", "::", "\\(", "\\[", "\\({{c1::", "`", "![", "*", "["],
    "html": ["<", "<a", "<div", "<!--", "<![CDATA[", "<?", "<p>", "<b>", "&", "&#", "</"],
}


@pytest.mark.parametrize("kind", SLOW)
def test_texts_that_are_made_to_be_slow_are_read_in_time(tmp_path: Path, kind: str) -> None:
    prop = {"basic": "front", "cloze": "text", "html": "page"}[kind]
    facts = "".join(
        f"  - {{id: f{number}, back: b, {prop}: {json.dumps(sign * (19_000 // len(sign)))}}}\n"
        for number, sign in enumerate(SLOW[kind])
    )
    root = write(
        a_project(tmp_path / "project"),
        {
            "cards/k8s/slow.yaml": f"kind: {kind}\nfacts:\n{facts}".replace(
                ", back: b" if kind != "basic" else "\0", ""
            ),
            "templates/html/kind.yaml": "facts: {page: {type: html}}\nfields: {Page: page}\ncards: [card]\n",
            "templates/html/card.html.j2": "{{ page }}",
        },
    )
    done = bounded(root, "check", "--format", "concise")
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr


# --- Settings


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("lint = " + "[" * 100_000, 1, "nests too deep"),
        ("lint = " + "9" * 5000, 1, "too large a number"),
        ("# " + "x" * 1_100_000, 2, "flashgen.toml cannot be read: it is larger than 1 MB"),
    ],
    ids=["deep", "digits", "large"],
)
def test_hostile_settings_are_refused(tmp_path: Path, text: str, code: int, said: str) -> None:
    done = bounded(write(a_project(tmp_path / "project"), {"flashgen.toml": text}), "check")
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert said in done.stdout + done.stderr


def test_settings_that_lie_elsewhere_are_not_read(tmp_path: Path) -> None:
    root = a_project(tmp_path / "project")
    (root / "flashgen.toml").symlink_to("/etc/passwd")
    done = bounded(root, "check")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"flashgen: flashgen.toml {LEADS_OUT}")
