"""A small fresh table for each test, on moto; the store's contract also runs on MiniStack."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from local import ministack
from tandem.aws import clients, settings, store, table

REGION = "eu-west-1"


def forget() -> None:
    clients.forget()
    store.forget()
    settings.read.cache_clear()


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test ever finds this machine's account."""
    for name, value in ministack.fake_account("").items():
        if value:
            monkeypatch.setenv(name, value)
        else:
            monkeypatch.delenv(name, raising=False)
    forget()
    yield
    forget()


@pytest.fixture(scope="session")
def embedded() -> Iterator[str]:
    """MiniStack's endpoint."""
    with ministack.running() as endpoint:
        yield endpoint


@pytest.fixture(params=["moto", "ministack"])
def contract(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[store.Store]:
    """A store on a fresh table of either."""
    if request.param == "moto":
        with mock_aws():
            clients.client("dynamodb").create_table(**table.definition("contract"))
            yield store.Store(clients.client("dynamodb"), "contract", 2)
        return
    monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("embedded"))
    client = boto3.client("dynamodb")
    name = f"contract-{abs(hash(request.node.nodeid))}"
    client.create_table(**table.definition(name))
    yield store.Store(client, name, 2)
    client.delete_table(TableName=name)


@pytest.fixture
def fresh() -> Iterator[store.Store]:
    """A store on a fresh table of moto."""
    with mock_aws():
        clients.client("dynamodb").create_table(**table.definition("tandem"))
        yield store.Store(clients.client("dynamodb"), "tandem", 1)
