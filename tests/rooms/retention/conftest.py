"""Records of every kind, some of which repeat others."""

from datetime import datetime

import pytest

from acrime.iar.models import StatusResponse
from tests.conftest import NOON, Chain, Keeper
from tests.support.chain import Kept, People
from tests.support.holds import World, make_world


@pytest.fixture(scope="module")
def _world(keep: Keeper, _chain: Chain) -> Kept:
    def make(people: People) -> World:
        return make_world(_chain["released_response"].put(StatusResponse), people, at=NOON)

    return keep(make)


@pytest.fixture
def world(_world: Kept, everybody: People, at: datetime) -> World:
    assert at == NOON
    return _world.put(World)
