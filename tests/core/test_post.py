"""The postbox of one reader: the contract's section 3, "When" and "How many"."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.core import post, zones
from tandem.core.messages import KINDS, POLITE
from tandem.core.post import Box, Item, add, claim, due, sent

NOON = datetime(2026, 10, 6, 12, 0, tzinfo=UTC)  # a Tuesday
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LONDON, KATHMANDU = "Europe/London", "Asia/Kathmandu"
KNOWN = Box("a@x.example", first=NOON - 30 * DAY)


def item(number: int, kind: str = "digest", **changes: Any) -> Item:
    given = {"created": NOON, "zone": "UTC", "row": "OUT#1", "partnership": "p", **changes}
    return Item(id=f"p.{number}", kind=kind, **given)


def with_items(*items: Item, box: Box = KNOWN, now: datetime = NOON) -> Box:
    return add(box, items, now)


def ids(plan: post.Plan) -> list[list[str]]:
    return [[i.id for i in batch] for batch in plan.send]


def whys(plan: post.Plan) -> dict[str, str]:
    return {d.item.id: d.why for d in plan.drop}


def empty(box: Box, now: datetime) -> tuple[Box, list[tuple[Item, ...]]]:
    """Sends all that may leave, as delivery does: one mail after the other."""
    out = []
    while True:
        plan = due(box, now)
        box = post.without(box, [d.item for d in plan.drop])
        if not plan.send:
            return box, out
        out.append(plan.send[0])
        box = sent(claim(box, plan.send[0], now), plan.send[0], now)


class Run:
    """Time that goes from look to look."""

    def __init__(self, box: Box) -> None:
        self.box, self.log = box, []  # type: ignore[var-annotated]

    def until(self, start: datetime, end: datetime, arrivals: dict[datetime, list[Item]] | None = None) -> Run:
        coming = sorted((arrivals or {}).items())
        now: datetime | None = start
        while now is not None and now < end:
            while coming and coming[0][0] <= now:
                self.box = add(self.box, coming.pop(0)[1], now)
            self.box, out = empty(self.box, now)
            self.log += [(now, batch) for batch in out]
            ahead = [t for t in (due(self.box, now).look_again, coming[0][0] if coming else None) if t]
            now = min(ahead, default=None)
        return self


# -- how many


def test_at_most_three_a_person_and_day_and_the_rest_waits_a_day() -> None:
    run = Run(with_items(*(item(n, "catch-up") for n in range(5)))).until(NOON, NOON + 3 * DAY)
    assert Counter(now.date() for now, _ in run.log) == {NOON.date(): 3, (NOON + DAY).date(): 2}


def test_over_all_partnerships() -> None:
    box = with_items(*(item(n, "catch-up", partnership=f"p{n}") for n in range(5)))
    assert len(due(box, NOON).send) == 3


def test_what_went_out_earlier_that_day_counts() -> None:
    box = with_items(item(1, "catch-up"), item(2, "catch-up"))
    box, _ = empty(box, NOON - 3 * HOUR)
    box, out = empty(add(box, [item(3, "nudge"), item(4, "nudge")], NOON), NOON)
    assert [b[0].id for b in out] == ["p.3"]


def test_the_order_decides_what_waits() -> None:
    kinds = ["review", "agenda", "invite", "catch-up", "escalation", "check-in", "cancel"]
    box = replace(KNOWN, invited={"p/m": NOON + 20 * DAY})
    box = with_items(*(item(n, kind, meeting="m") for n, kind in enumerate(kinds)), box=box)
    run = Run(box).until(NOON, NOON + 4 * DAY)
    assert [batch[0].kind for _, batch in run.log] == list(reversed(kinds))


def test_what_concerns_a_meeting_within_three_days_never_waits_and_comes_first() -> None:
    soon = NOON + 2 * DAY
    near = [item(n, "agenda", meeting=f"m{n}", starts=soon) for n in range(5)]
    box = with_items(item(9, "catch-up"), *near)
    assert [b[0] for b in ids(due(box, NOON))] == ["p.0", "p.1", "p.2", "p.3", "p.4"]


def test_a_check_in_after_a_meeting_is_near_it_too() -> None:
    box = with_items(*(item(n, "catch-up") for n in range(3)))
    box, _ = empty(box, NOON)
    box = add(box, [item(7, "check-in", meeting="m", starts=NOON - 2 * HOUR)], NOON)
    assert ids(due(box, NOON)) == [["p.7"]]


def test_receipts_and_helps_are_not_counted() -> None:
    box = with_items(item(1, "receipt"), item(2, "receipt"), item(3, "help"), *(item(n, "nudge") for n in (4, 5, 6)))
    assert len(due(box, NOON).send) == 6


def test_the_day_of_the_first_mail_is_not_counted() -> None:
    box = with_items(*(item(n, "invite", meeting=f"m{n}") for n in range(7)), box=Box("a@x.example"))
    box, out = empty(box, NOON)
    assert len(out) == 7
    assert len(empty(add(box, [item(n, "nudge") for n in range(10, 15)], NOON + DAY), NOON + DAY)[1]) == 3


def test_a_cancel_beyond_the_first_of_a_day_is_not_counted() -> None:
    meetings = {f"p/m{n}": NOON + 20 * DAY for n in range(4)}
    box = replace(KNOWN, invited=meetings)
    cancels = [item(n, "cancel", meeting=f"m{n}") for n in range(4)]
    box = with_items(*cancels, item(8, "nudge"), item(9, "nudge"), item(10, "nudge"), box=box)
    assert [b[0] for b in ids(due(box, NOON))] == ["p.0", "p.1", "p.2", "p.3", "p.8", "p.9"]


def test_the_day_is_the_readers_own() -> None:
    evening = datetime(2026, 10, 6, 18, 30, tzinfo=UTC)  # 00:15 of the 7th in Kathmandu
    box = with_items(*(item(n, "nudge", zone=KATHMANDU) for n in range(3)), now=NOON)
    box, out = empty(box, NOON)
    assert len(out) == 3
    assert ids(due(add(box, [item(8, "nudge", zone=KATHMANDU)], evening), evening)) == [["p.8"]]
    assert ids(due(add(box, [item(8, "nudge", zone=LONDON)], evening), evening)) == []


# -- receipts and helps


def test_three_receipts_a_day_then_they_are_gathered_the_next_morning() -> None:
    run = Run(with_items(*(item(n, "receipt") for n in range(6)))).until(NOON, NOON + 2 * DAY)
    assert [len(batch) for _, batch in run.log] == [1, 1, 1, 3]
    assert run.log[-1][0] == datetime(2026, 10, 7, 7, 0, tzinfo=UTC)


def test_a_receipt_that_starts_the_hour_goes_at_once_and_alone() -> None:
    midnight = NOON + 12 * HOUR
    box = with_items(*(item(n, "receipt") for n in range(5)), item(7, "receipt", alone=True))
    assert ids(due(box, NOON)) == [["p.7"], ["p.0"], ["p.1"]]
    box, _ = empty(box, NOON)
    box = add(box, [item(8, "receipt", alone=True, created=midnight)], midnight)
    assert ids(due(box, midnight)) == [["p.8"]]


def test_a_second_help_of_the_day_is_dropped() -> None:
    plan = due(with_items(item(1, "help"), item(2, "help")), NOON)
    assert (ids(plan), whys(plan)) == ([["p.1"]], {"p.2": "help-today"})


# -- when


def test_polite_mail_leaves_between_seven_and_nineteen_on_the_readers_clock() -> None:
    night = datetime(2026, 10, 6, 21, 0, tzinfo=UTC)  # 02:45 of the 7th in Kathmandu, 22:00 in London
    for zone, opens in ((KATHMANDU, datetime(2026, 10, 7, 1, 15, tzinfo=UTC)), (LONDON, NOON + 18 * HOUR)):
        for kind in POLITE:
            plan = due(with_items(item(1, kind, zone=zone, created=night), now=night), night)
            assert (ids(plan), plan.look_again) == ([], opens), (kind, zone)


def test_what_somebody_waits_for_leaves_at_night_too() -> None:
    night = datetime(2026, 10, 6, 2, 0, tzinfo=UTC)
    for kind in set(KINDS) - POLITE - {"cancel", "help"}:
        assert ids(due(with_items(item(1, kind, created=night), now=night), night)) == [["p.1"]], kind


def test_earlier_rather_than_later_where_waiting_would_make_it_too_late() -> None:
    night = datetime(2026, 10, 6, 2, 0, tzinfo=UTC)
    late = item(1, "agenda", not_after=night + 4 * HOUR)
    assert ids(due(with_items(late), night)) == [["p.1"]]
    begins = item(2, "invite", meeting="m", starts=night + 4 * HOUR)
    assert ids(due(with_items(begins), night)) == [["p.2"]]


def test_it_waits_until_it_may_leave_and_is_dropped_when_it_is_worthless() -> None:
    box = with_items(item(1, "nudge", not_before=NOON + HOUR), item(2, "nudge", not_after=NOON - HOUR))
    plan = due(box, NOON)
    assert (ids(plan), plan.look_again, whys(plan)) == ([], NOON + HOUR, {"p.2": "too-late"})


# -- digests


def test_digests_of_one_month_are_gathered_on_the_latest_of_their_days() -> None:
    box = with_items(
        item(1, "digest", month="2026-10", not_before=NOON),
        item(2, "digest", month="2026-10", not_before=NOON + 3 * DAY, partnership="q"),
    )
    plan = due(box, NOON)
    assert (ids(plan), plan.look_again) == ([], NOON + 3 * DAY)
    assert ids(due(box, NOON + 3 * DAY)) == [["p.1", "p.2"]]


def test_the_digests_of_a_reader_on_several_clocks_go_in_one_mail_when_it_is_day_on_all_of_them() -> None:
    midnight = datetime(2026, 10, 5, 22, tzinfo=UTC)  # in Berlin
    berlin = item(1, "digest", month="2026-10", zone="Europe/Berlin", not_before=midnight)
    stjohns = item(2, "digest", month="2026-10", zone="America/St_Johns", not_before=midnight, partnership="q")
    box = with_items(berlin, stjohns, now=midnight)
    at = datetime(2026, 10, 6, 9, 30, tzinfo=UTC)  # 07:00 in St John's
    assert ids(due(box, at - HOUR / 4)) == []
    assert ids(due(box, at)) == [["p.1", "p.2"]]


def test_no_digest_is_left_behind_where_no_hour_is_polite_on_all_clocks() -> None:
    midnight = datetime(2026, 10, 5, 11, tzinfo=UTC)  # in Auckland
    ends = midnight + DAY
    near = item(1, "digest", month="2026-10", zone="Pacific/Auckland", not_before=midnight, not_after=ends)
    far = item(2, "digest", month="2026-10", zone="Europe/Lisbon", not_before=midnight, not_after=ends, partnership="q")
    box, went = with_items(near, far, now=midnight), []
    for quarter in range(100):
        box, batches = empty(box, midnight + quarter * HOUR / 4)
        went += [[i.id for i in batch] for batch in batches]
    assert went == [["p.1", "p.2"]]


def test_a_month_is_that_of_the_school_whatever_the_date_on_the_readers_clock() -> None:
    october = datetime(2026, 10, 4, 22, tzinfo=UTC)  # Monday the 5th in Berlin
    november = datetime(2026, 10, 31, 23, tzinfo=UTC)  # the 1st in Berlin, still October in St John's
    box, went = KNOWN, 0
    for number, (month, begins) in enumerate((("2026-10", october), ("2026-11", november))):
        digest = item(number, "digest", month=month, zone="America/St_Johns", not_before=begins, created=begins)
        box = add(box, [digest], begins)
        box, batches = empty(box, begins + 13 * HOUR)
        went += len(batches)
    assert went == 2


def test_a_digest_is_never_sent_twice_a_month() -> None:
    box, _ = empty(with_items(item(1, "digest", month="2026-10")), NOON)
    again = item(2, "digest", month="2026-10", partnership="q")
    assert whys(due(add(box, [again], NOON + DAY), NOON + DAY)) == {"p.2": "digest-sent"}
    late = item(3, "digest", month="2026-09", partnership="q")
    assert whys(due(add(box, [late], NOON + DAY), NOON + DAY)) == {"p.3": "digest-sent"}


def test_next_months_digest_may_wait_beside_this_months() -> None:
    box, _ = empty(with_items(item(1, "digest", month="2026-10")), NOON)
    november = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
    last = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)
    box = add(box, [item(2, "digest", month="2026-11", not_before=november)], last)
    plan = due(box, last)
    assert (plan.send, plan.drop, plan.look_again) == ((), (), november)
    assert ids(due(box, november)) == [["p.2"]]


# -- calendars


def test_a_cancel_of_what_never_stood_in_this_calendar_goes_with_its_invitation() -> None:
    box = with_items(item(1, "invite", meeting="m"), item(2, "cancel", meeting="m"))
    assert whys(due(box, NOON)) == {"p.1": "superseded", "p.2": "never-invited"}


def test_a_cancel_follows_an_invitation_that_went_out() -> None:
    starts = NOON + 20 * DAY
    box, _ = empty(with_items(item(1, "invite", meeting="m", starts=starts)), NOON)
    assert ids(due(add(box, [item(2, "cancel", meeting="m", starts=starts)], NOON), NOON)) == [["p.2"]]


def test_an_update_before_its_invitation_has_left_is_in_the_invitation() -> None:
    box = with_items(item(1, "invite", meeting="m"), item(2, "update", meeting="m"))
    plan = due(box, NOON)
    assert (ids(plan), whys(plan)) == ([["p.1"]], {"p.2": "superseded"})


# -- once


def test_the_same_message_put_in_twice_is_there_once() -> None:
    box = with_items(item(1), item(1))
    assert len(add(box, [item(1)], NOON).waiting) == 1
    box, _ = empty(box, NOON)
    assert add(box, [item(1)], NOON + HOUR).waiting == ()


def test_what_is_in_flight_is_sent_by_nobody_else_until_its_claim_is_old() -> None:
    box = with_items(item(1, "nudge"))
    box = claim(box, due(box, NOON).send[0], NOON)
    plan = due(box, NOON + timedelta(minutes=1))
    assert (plan.send, plan.look_again) == ((), NOON + post.CLAIM_HOLDS)
    assert ids(due(box, NOON + post.CLAIM_HOLDS)) == [["p.1"]]


def test_what_is_in_flight_counts() -> None:
    box = with_items(*(item(n, "nudge") for n in range(4)))
    for batch in due(box, NOON).send:
        box = claim(box, batch, NOON)
    assert due(box, NOON).send == ()


def test_a_mail_that_could_not_be_sent_is_tried_again_later_each_time_and_given_up_at_last() -> None:
    box, now, waits = with_items(item(1, "nudge")), NOON, []
    while True:
        batch = due(box, now).send[0]
        box, given_up = post.failed(claim(box, batch, now), batch, now)
        if given_up:
            break
        then = due(box, now).look_again
        assert then is not None
        waits.append(then - now)
        now = then
    assert waits == sorted(waits)
    assert len(waits) == post.ATTEMPTS - 1
    assert box.waiting == ()


# -- whatever comes

_zones = st.sampled_from(["UTC", LONDON, KATHMANDU, "Pacific/Kiritimati", "America/New_York"])
_moments = st.integers(0, 6 * 24 * 4).map(lambda n: NOON + n * timedelta(minutes=15))


@st.composite
def _arrivals(draw: st.DrawFn) -> dict[datetime, list[Item]]:
    zone = draw(_zones)
    out: dict[datetime, list[Item]] = {}
    for number in range(draw(st.integers(1, 40))):
        at = draw(_moments)
        kind = draw(st.sampled_from(KINDS))
        out.setdefault(at, []).append(
            Item(
                id=f"p.{number}",
                partnership=draw(st.sampled_from("pqr")),
                kind=kind,
                created=at,
                zone=zone,
                row="OUT#1",
                meeting=draw(st.sampled_from(["m1", "m2"])) if kind in ("invite", "update", "cancel") else None,
                # A digest is about a month, not about a meeting that begins.
                starts=None if kind == "digest" else draw(st.sampled_from([None, NOON + 4 * DAY, NOON + 60 * DAY])),
                month="2026-10" if kind == "digest" else None,
                not_before=draw(st.sampled_from([None, at + HOUR, at + 2 * DAY])),
            )
        )
    return out


@settings(max_examples=150, deadline=None)
@given(_arrivals(), st.booleans())
def test_never_more_than_three_a_day_and_nothing_polite_at_night_whatever_comes(
    arrivals: dict[datetime, list[Item]], known: bool
) -> None:
    box = KNOWN if known else Box("a@x.example")
    run = Run(box).until(NOON, NOON + 40 * DAY, arrivals)
    zone = next(iter(arrivals.values()))[0].zone
    by_day: dict[Any, list[tuple[datetime, tuple[Item, ...]]]] = {}
    for now, batch in run.log:
        by_day.setdefault(zones.local(now, zone).date(), []).append((now, batch))
    first = zones.local(run.box.first, zone).date() if run.box.first else None
    for day, mails in by_day.items():
        kinds = Counter(batch[0].kind for _, batch in mails)
        assert kinds["receipt"] <= 3
        assert kinds["help"] <= 1
        # A cancel more is not counted, and what is near never waits.
        far = [b for n, b in mails if b[0].kind not in ("receipt", "help") and not post.is_near(b[0], n)]
        far = [b for b in far if b[0].kind != "cancel"]
        if day != first:
            assert len(far) <= 3
    for now, batch in run.log:
        hour = zones.local(now, zone).hour
        begins = batch[0].starts
        if batch[0].kind in POLITE and (begins is None or begins - now > DAY):
            assert 7 <= hour < 19
    once = Counter(i.id for _, batch in run.log for i in batch)
    assert set(once.values()) <= {1}
    assert run.box.waiting == (), "nothing waits for ever"
    months = Counter(i for _, batch in run.log for i in {x.month for x in batch if x.kind == "digest"})
    assert all(n == 1 for n in months.values())
