from pathlib import Path

import pytest

from veille.nlp.tagger import SpacyTagger, load_tagger

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def tagger() -> SpacyTagger:
    """The pipeline that ships, assembled once."""
    return load_tagger([ROOT])
