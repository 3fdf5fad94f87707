"""What mails tell out of the state, and who carries what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tandem.core import brief
from tandem.core.agreement import Project, Purpose
from tandem.core.balance import contributions, shares
from tandem.core.partnership import Action, Partnership, Words
from tests.support.agreements import agreement
from tests.support.samples import AISHA, GRACE, NOW, TOM, state


def words(number: int, kind: str, school: str, at: datetime = NOW - timedelta(days=5)) -> Words:
    return Words(f"w{number}", kind, "text", GRACE if school == "nyanza" else AISHA, school, "en", at)


def bare(**changes: object) -> Partnership:
    """Without projects, promises and words."""
    purpose = Purpose(("Sing",))
    return replace(state(), agreement=agreement(purpose=purpose), actions=(), words=(), **changes)  # type: ignore[arg-type]


def test_a_months_status_counts_a_held_catch_up_and_one_on_its_way() -> None:
    cells = {cell.month: cell.status for cell in brief.year(state())}
    assert cells["2026-10"] == "held"
    assert cells["2027-01"] == "cancelled"
    assert cells["2027-02"] == "catching-up"
    assert cells["2027-06"] == "planned"


def test_each_school_shares_are_told_only_outside_35_to_65_per_cent_and_over_three_months() -> None:
    def said(aire: int, nyanza: int, days: int = 5) -> dict[str, int] | None:
        at = NOW - timedelta(days=days)
        items = [words(n, "item", "aire", at) for n in range(aire)] + [
            words(n + 50, "idea", "nyanza", at) for n in range(nyanza)
        ]
        return shares(replace(bare(), words=tuple(items)), NOW)

    assert said(2, 2) is None
    assert said(7, 13) is None  # 35 to 65
    assert said(13, 7) is None
    assert said(1, 3) == {"aire": 25, "nyanza": 75}
    assert said(5, 0) == {"aire": 100, "nyanza": 0}
    assert said(1, 2) is None  # too few to say anything
    assert said(1, 3, days=100) is None


def test_actions_items_ideas_and_projects_with_a_milestone_are_counted() -> None:
    project = Project("P", "aire", (brief.Due(date(2027, 2, 1), "x", "P", "aire"),))  # type: ignore[arg-type]
    base = replace(bare(), agreement=agreement(purpose=Purpose(("Sing",), projects=(project,))))
    action = Action("a", "t", None, None, "open", GRACE, "nyanza", NOW - timedelta(days=1))
    full = replace(base, actions=(action,), words=(words(1, "item", "aire"), words(2, "feedback", "aire")))
    assert contributions(full, NOW - timedelta(days=92), NOW) == {"aire": 2, "nyanza": 1}


def test_the_agenda_holds_what_was_listed_for_it_and_what_is_open() -> None:
    march = state().meeting("2027-03")
    assert march is not None
    agenda = brief.agenda(state(), march, NOW)
    assert [a.id for a in agenda.open] == ["a1", "a2"]
    assert [w.id for w in agenda.items] == ["w1", "w2"]
    assert agenda.pupils
    assert agenda.starter is None
    assert agenda.next is not None
    assert agenda.next.id == "2027-04"
    april = state().meeting("2027-04")
    assert april is not None
    assert brief.agenda(state(), april, NOW).items == ()


def test_three_held_meetings_with_nothing_promised_done_or_due_raise_the_question() -> None:
    base = bare(meetings=tuple(replace(m, status="held") if m.month <= "2027-01" else m for m in state().monthly))
    march = base.meeting("2027-03")
    assert march is not None
    assert brief.nothing_happens(base, march)
    late = Action("a", "t", None, None, "open", GRACE, "nyanza", datetime(2026, 12, 20, tzinfo=UTC))
    assert not brief.nothing_happens(replace(base, actions=(late,)), march)
    early = replace(late, at=datetime(2026, 9, 20, tzinfo=UTC))
    assert brief.nothing_happens(replace(base, actions=(early,)), march)
    assert not brief.nothing_happens(replace(base, actions=(replace(early, due=date(2027, 1, 5)),)), march)
    assert not brief.nothing_happens(replace(base, agreement=agreement()), march)  # a milestone falls into it
    december = base.meeting("2026-11")
    assert december is not None
    assert not brief.nothing_happens(base, december)


def test_a_lead_who_has_been_quiet_for_two_months_is_told_of_unless_absent() -> None:
    aire = state().agreement.schools[0]
    own = brief.own_matters(state(), aire, "2027-01", NOW)
    assert [p.key for p in own.quiet] == [AISHA]
    heard = replace(state(), last_words={AISHA: NOW - timedelta(days=60)})
    assert brief.own_matters(heard, aire, "2027-01", NOW).quiet == ()


def test_overdue_promises_are_those_of_the_own_school() -> None:
    aire, nyanza = state().agreement.schools
    assert [a.owner for a in brief.own_matters(state(), aire, "2027-01", NOW).overdue] == [TOM]
    assert brief.own_matters(state(), nyanza, "2027-01", NOW).overdue == ()


def test_the_digest_looks_at_the_month_before_on_the_schools_calendar() -> None:
    aire = state().agreement.schools[0]
    digest = brief.digest(state(), aire, "2027-02", NOW)
    assert digest.looks_at == "2027-01"
    assert [m.id for m in digest.meetings] == ["2027-01"]
    assert [m.id for m in digest.coming] == ["2027-02.c1", "2027-03"]
    assert [a.id for a in digest.done] == ["a3"]
    assert digest.needs


def test_a_clock_change_names_the_school_whose_clock_moved() -> None:
    april, february = state().meeting("2027-04"), state().meeting("2027-02")
    assert april is not None
    assert february is not None
    change = brief.clock_change(state(), april)
    assert change is not None
    assert [s.id for s in change.moved] == ["aire"]
    assert change.hours == 2
    assert brief.clock_change(state(), february) is None


def test_hurdles_are_the_years_hard_months_and_schools_with_one_owner() -> None:
    kinds = {h.kind: h.months for h in brief.hurdles(state())}
    assert kinds["clock"] == ("2026-11", "2027-04")
    assert kinds["moved"] == ("2027-03",)
    assert "one-owner" not in kinds


def test_a_year_in_figures() -> None:
    tally = brief.tally(state(), NOW)
    assert (tally.met, tally.months) == (4, 6)
    assert (tally.done, tally.promised, tally.ideas) == (1, 3, 1)
