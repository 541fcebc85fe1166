"""flashgen: curated YAML facts in, Anki packages out that cost a learner nothing on re-import."""

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    if name != "__version__":
        raise AttributeError(name)
    # Only `--version` wants it, and importlib.metadata costs a third of the start.
    from importlib.metadata import version  # noqa: PLC0415

    return version("flashgen")
