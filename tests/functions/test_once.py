"""Nothing is lost, and nothing goes twice: refusals, crashes, and others at the same row."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from tandem.aws import ses
from tandem.aws.store import Conflict, Store
from tandem.core.post import CLAIM_HOLDS
from tests.functions.conftest import Cloud, event

LEAD = "a.khan@airedale.example"


class Crash(BaseException):
    """The process dies: nothing catches it."""


def test_a_mail_that_ses_refuses_is_tried_again_and_holds_up_no_other(cloud: Cloud) -> None:
    cloud.enrol()
    cloud.refuse = [RuntimeError("throttled")]
    assert cloud.deliver() == {"batchItemFailures": []}
    assert len(cloud.sent) == 5
    cloud.tick(minutes=20)
    assert len(set(cloud.kinds())) == len(cloud.sent) == 6


@pytest.mark.parametrize("after", range(6))
@pytest.mark.parametrize("seen", [False, True])
def test_a_crash_loses_nothing_and_leaves_at_most_one_duplicate(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, after: int, seen: bool
) -> None:
    """`after` so many mails; `seen`: SES has taken the next one, and only its answer is lost."""
    cloud.enrol()
    whole = ses.send

    def send(*told: Any) -> str:
        if len(cloud.sent) == after:
            if seen:
                whole(*told)
            raise Crash
        return whole(*told)

    monkeypatch.setattr(ses, "send", send)
    with pytest.raises(Crash):
        cloud.deliver()
    monkeypatch.setattr(ses, "send", whole)
    cloud.store._boxes.clear()  # another process
    cloud.call("deliver", {"Records": cloud.rows()})  # the stream brings the row again
    cloud.tick(seconds=CLAIM_HOLDS.total_seconds() + 1)
    got = Counter(m["To"].addresses[0].addr_spec for m in cloud.sent)
    assert len(got) == 6
    assert sum(got.values()) == 6 + seen


def test_what_somebody_else_has_claimed_is_not_sent_again(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two deliveries of the same row at the same time."""
    cloud.enrol()
    whole, other = ses.send, []

    def send(*told: Any) -> str:
        if not other:
            other.append(True)
            remembered = dict(cloud.store._boxes)
            cloud.store._boxes.clear()
            cloud.call("deliver", {"Records": cloud.rows()})  # another process, in the midst of it
            cloud.store._boxes.clear()
            cloud.store._boxes.update(remembered)  # this one knows nothing of that
        return whole(*told)

    monkeypatch.setattr(ses, "send", send)
    cloud.deliver()
    assert Counter(m["To"].addresses[0].addr_spec for m in cloud.sent).most_common(1)[0][1] == 1
    assert len(cloud.sent) == 6


def test_a_decision_is_made_again_where_somebody_else_was_faster(cloud: Cloud) -> None:
    cloud.enrol()
    other = Store(cloud.store.client, cloud.store.name, 1)
    state = other.load("aire-nyanza")
    assert state is not None
    other.commit(state, state, (), None, cloud.now)  # this process still remembers the older one
    cloud.now += timedelta(days=8)
    assert cloud.call("advance", event("advance-due")) == {"batchItemFailures": []}
    assert cloud.state().version == 3


def test_somebody_who_always_is_faster_is_told_as_a_failure(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.enrol()

    def conflict(*_: Any, **__: Any) -> None:
        raise Conflict("P#aire-nyanza")

    monkeypatch.setattr(Store, "commit", conflict)
    cloud.now += timedelta(days=8)
    with pytest.raises(Exception, match="All records failed"):
        cloud.call("advance", event("advance-due"))


def test_what_waits_for_the_night_to_end_goes_out_once(cloud: Cloud) -> None:
    cloud.now -= timedelta(hours=9)
    cloud.enrol()
    cloud.deliver()
    assert cloud.sent == []
    for _ in range(12):
        cloud.tick(hours=1)
    assert len(set(cloud.kinds())) == len(cloud.sent) == 6
