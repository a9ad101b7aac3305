"""The sample issues, rendered once for all tests that look at them."""

import pytest

from tests.render.samples import Sample, all_samples


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    """Every sample issue in every theme."""
    made = all_samples(tmp_path_factory.mktemp("samples"))
    assert len(made) >= 12
    return made
