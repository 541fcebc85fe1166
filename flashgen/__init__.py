"""flashgen: curated YAML facts in, Anki packages out that cost a learner nothing on re-import."""

from importlib.metadata import version as _version

__all__ = ["__version__"]

__version__ = _version("flashgen")
