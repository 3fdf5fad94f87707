"""The table in memory answers as DynamoDB does, for what the store asks."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.memory_table import MemoryTable
from tandem.aws import table


@pytest.fixture
def memory() -> MemoryTable:
    return MemoryTable(table.definition("t"))


def row(pk: str, sk: str = "STATE", **more: str) -> dict[str, Any]:
    return table.key(pk, sk) | {name: {"N" if name == "version" else "S": value} for name, value in more.items()}


def test_what_is_put_is_got_and_what_is_deleted_is_gone(memory: MemoryTable) -> None:
    memory.put_item(TableName="t", Item=row("P#a", version="1"))
    assert memory.get_item(TableName="t", Key=table.key("P#a", "STATE"))["Item"]["version"] == {"N": "1"}
    memory.delete_item(TableName="t", Key=table.key("P#a", "STATE"))
    assert memory.get_item(TableName="t", Key=table.key("P#a", "STATE")) == {}


def test_a_condition_that_fails_writes_nothing(memory: MemoryTable) -> None:
    absent = {"ConditionExpression": "attribute_not_exists(pk)"}
    memory.put_item(TableName="t", Item=row("P#a", version="1"), **absent)
    with pytest.raises(ClientError) as error:
        memory.put_item(TableName="t", Item=row("P#a", version="2"), **absent)
    assert error.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
    newer = {
        "ConditionExpression": "version = :version",
        "ExpressionAttributeValues": {":version": {"N": "7"}},
    }
    with pytest.raises(ClientError) as error:
        memory.transact_write_items(
            TransactItems=[{"Put": {"Item": row("P#b")}}, {"Put": {"Item": row("P#a"), **newer}}]
        )
    assert [r["Code"] for r in error.value.response["CancellationReasons"]] == ["None", "ConditionalCheckFailed"]
    assert memory.get_item(TableName="t", Key=table.key("P#b", "STATE")) == {}


def test_an_index_is_in_the_order_of_its_range_and_follows_changes(memory: MemoryTable) -> None:
    for name, at in (("b", "2"), ("a", "3"), ("c", "1")):
        memory.put_item(Item=row(f"P#{name}", due_shard="due#0", due_at=at))
    memory.put_item(Item=row("P#c"))  # nothing is due any more

    def due(most: str, **more: Any) -> list[str]:
        values = {":shard": {"S": "due#0"}, ":now": {"S": most}}
        answer = memory.query(IndexName="due", KeyConditionExpression="due_shard = :shard AND due_at <= :now",
                              ExpressionAttributeValues=values, **more)  # fmt: skip
        return [item["pk"]["S"] for item in answer["Items"]]

    assert due("9") == ["P#b", "P#a"]
    assert due("2") == ["P#b"]
    assert due("9", Limit=1) == ["P#b"]


def test_a_prefix_of_the_range_is_found(memory: MemoryTable) -> None:
    for sk in ("UNCLEAR#2", "UNCLEAR#1", "STATE", "V"):
        memory.put_item(Item=row("P#a", sk))
    answer = memory.query(
        KeyConditionExpression="pk = :pk AND begins_with(sk, :kind)",
        ExpressionAttributeValues={":pk": {"S": "P#a"}, ":kind": {"S": "UNCLEAR#"}},
    )
    assert [item["sk"]["S"] for item in answer["Items"]] == ["UNCLEAR#1", "UNCLEAR#2"]


def test_what_nobody_asks_for_is_refused(memory: MemoryTable) -> None:
    with pytest.raises(ClientError):
        memory.query(KeyConditionExpression="pk > :pk", ExpressionAttributeValues={":pk": {"S": "a"}})
    with pytest.raises(ClientError):
        memory.transact_write_items(TransactItems=[{"Update": {}}])
