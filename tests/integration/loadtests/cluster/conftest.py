"""Networks of namespaces, where this machine lets us make them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loadtests.cluster.network import Network, NoNamespaces


@pytest.fixture
def network() -> Iterator[Network]:
    try:
        made = Network()
    except NoNamespaces as error:
        pytest.skip(str(error))
    yield made
    made.close()
