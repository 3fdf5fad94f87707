"""The requests that `tandem.aws.store` makes of DynamoDB, answered from memory.

Only what the store asks for is here: get, put, delete, query by a key and its range, a transaction with conditions on
versions. Anything else raises. It lets the very store run in a dry run, thousands of decisions a second.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import defaultdict
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, Any]
_BY_KEY = re.compile(r"(\w+) = (:\w+)(?: AND (?:(\w+) <= (:\w+)|begins_with\((\w+), (:\w+)\)))?\Z")


class MemoryTable:
    """Stands in for boto3's DynamoDB client. `written` are the items put since it was last emptied."""

    def __init__(self, definition: dict[str, Any]) -> None:
        self._keys: dict[str, tuple[str, str | None]] = {"": self._schema(definition["KeySchema"])}
        for index in definition["GlobalSecondaryIndexes"]:
            self._keys[index["IndexName"]] = self._schema(index["KeySchema"])
        self._items: dict[tuple[str, str], Item] = {}
        # By index and hash key: sorted (range, pk, sk), as DynamoDB answers a query.
        self._rows: dict[str, dict[str, list[tuple[str, str, str]]]] = {
            name: defaultdict(list) for name in self._keys
        }
        self.written: list[Item] = []

    @staticmethod
    def _schema(keys: list[dict[str, str]]) -> tuple[str, str | None]:
        names = {key["KeyType"]: key["AttributeName"] for key in keys}
        return names["HASH"], names.get("RANGE")

    # -- requests

    def get_item(self, TableName: str, Key: Item, ConsistentRead: bool = False) -> dict[str, Any]:
        found = self._items.get((Key["pk"]["S"], Key["sk"]["S"]))
        return {"Item": dict(found)} if found is not None else {}

    def put_item(self, **request: Any) -> dict[str, Any]:
        if not self._holds(request):
            raise _error("ConditionalCheckFailedException", "PutItem")
        self._put(request["Item"])
        return {}

    def delete_item(self, **request: Any) -> dict[str, Any]:
        self._delete(request["Key"])
        return {}

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> dict[str, Any]:
        reasons = []
        for entry in TransactItems:
            ((operation, request),) = entry.items()
            if operation not in ("Put", "Delete"):
                raise _error("ValidationException", operation)
            reasons.append({"Code": "None" if self._holds(request) else "ConditionalCheckFailed"})
        if any(reason["Code"] != "None" for reason in reasons):
            raise _error("TransactionCanceledException", "TransactWriteItems", CancellationReasons=reasons)
        for entry in TransactItems:
            ((operation, request),) = entry.items()
            if operation == "Put":
                self._put(request["Item"])
            else:
                self._delete(request["Key"])
        return {}

    def query(self, **request: Any) -> dict[str, Any]:
        index = request.get("IndexName", "")
        hash_key, range_key = self._keys[index]
        found = _BY_KEY.match(request["KeyConditionExpression"])
        if not found or found[1] != hash_key or (found[3] or found[5] or range_key) != range_key:
            raise _error("ValidationException", "Query", Expression=request["KeyConditionExpression"])
        values = request["ExpressionAttributeValues"]
        rows = self._rows[index][values[found[2]]["S"]]
        if found[4]:
            most = values[found[4]]["S"]
            rows = [row for row in rows if row[0] <= most]
        elif found[6]:
            start = values[found[6]]["S"]
            rows = [row for row in rows[bisect_left(rows, (start, "", "")) :] if row[0].startswith(start)]
        rows = rows[: request.get("Limit", len(rows))]
        return {"Items": [dict(self._items[pk, sk]) for _, pk, sk in rows]}

    # -- the table

    def _holds(self, request: dict[str, Any]) -> bool:
        condition = request.get("ConditionExpression")
        if condition is None:
            return True
        there = self._items.get((request["Item"]["pk"]["S"], request["Item"]["sk"]["S"]))
        if condition == "attribute_not_exists(pk)":
            return there is None
        if condition == "version = :version":
            return there is not None and there.get("version") == request["ExpressionAttributeValues"][":version"]
        raise _error("ValidationException", "PutItem", Expression=condition)

    def _put(self, item: Item) -> None:
        self._delete(item)
        pk, sk = item["pk"]["S"], item["sk"]["S"]
        self._items[pk, sk] = dict(item)
        for index, (hash_key, range_key) in self._keys.items():
            if hash_key in item and (range_key is None or range_key in item):
                row = (item[range_key]["S"] if range_key else "", pk, sk)
                insort(self._rows[index][item[hash_key]["S"]], row)
        self.written.append(item)

    def _delete(self, key: Item) -> None:
        pk, sk = key["pk"]["S"], key["sk"]["S"]
        old = self._items.pop((pk, sk), None)
        if old is None:
            return
        for index, (hash_key, range_key) in self._keys.items():
            if hash_key in old and (range_key is None or range_key in old):
                rows = self._rows[index][old[hash_key]["S"]]
                row = (old[range_key]["S"] if range_key else "", pk, sk)
                del rows[bisect_left(rows, row)]


def _error(code: str, operation: str, **more: Any) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}, **more}, operation)
