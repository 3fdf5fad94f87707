"""What moment a mention means: on the sender's clock, as seen from the present and from the meeting.

What can be read in two ways is not read: the answer then is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from tandem.core.agreement import School
from tandem.wire.mentions import Day, When


@dataclass(frozen=True, slots=True)
class Clock:
    """When and where the sender writes: what turns words into moments."""

    now: datetime
    zone: str  # of the sender
    school: School
    partner_zone: str
    starts: datetime | None = None  # of the meeting the mail is about
    next_means: str = "ambiguous"  # what "next Thursday" is in the language: coming | week | ambiguous

    @property
    def today(self) -> date:
        return self.now.astimezone(_zone(self.zone)).date()

    def meeting_day(self) -> date | None:
        return self.starts.astimezone(_zone(self.zone)).date() if self.starts else None

    def day(self, day: Day, *, ahead: bool = True, near_meeting: bool = False) -> date | None:
        """The day meant, or None where it can't be told. `ahead`: days without a year lie ahead of today;
        `near_meeting`: a weekday is that of the meeting's week, while that is ahead."""
        found = self._date(day, ahead, near_meeting)
        if found is None or (day.weekday is not None and found.weekday() != day.weekday):
            return None
        return found

    def _date(self, day: Day, ahead: bool, near_meeting: bool) -> date | None:
        today, meeting = self.today, self.meeting_day()
        if day.offset is not None:
            return today + timedelta(days=day.offset)
        if day.same is not None:
            return meeting + timedelta(days=day.same) if meeting else None
        if day.period:
            return self._period_end(day.period)
        if day.month is not None and day.day is not None:
            year = day.year if day.years is None else today.year + day.years
            found = self._dated(day.day, day.month, year, ahead)
            if day.weekday is not None and day.other and (found is None or found.weekday() != day.weekday):
                return self._dated(day.other[0], day.other[1], year, ahead)
            return found
        if day.day is not None:
            return self._day_of_month(day, ahead, meeting if near_meeting else None)
        if day.weekday is not None:
            return self._weekday(day, ahead, meeting if near_meeting else None)
        return None

    def _period_end(self, period: str) -> date:
        sunday = self.today + timedelta(days=6 - self.today.weekday())
        if period == "month":
            first = self.today.replace(day=28) + timedelta(days=4)
            return first - timedelta(days=first.day)
        return sunday + timedelta(days=7 if period == "next-week" else 0)

    def _dated(self, day: int, month: int, year: int | None, ahead: bool) -> date | None:
        today = self.today
        years = [year] if year else [today.year - 1, today.year, today.year + 1]
        found = []
        for y in years:
            try:
                found.append(date(y, month, day))
            except ValueError:
                continue
        if year or not found:
            return found[0] if found else None
        if ahead:
            later = [d for d in found if d >= today]
            return later[0] if later and (later[0] - today).days <= 340 else None
        earlier = [d for d in found if d <= today]
        return earlier[-1] if earlier else None

    def _day_of_month(self, day: Day, ahead: bool, meeting: date | None) -> date | None:
        base, found = meeting or self.today, []
        for shift in range(-1, 14):
            year, month = divmod(base.year * 12 + base.month - 1 + shift, 12)
            try:
                found.append(date(year, month + 1, day.day or 0))
            except ValueError:
                continue
        if meeting and ahead:
            same = [d for d in found if (d.year, d.month) == (meeting.year, meeting.month) and d >= self.today]
            if same:
                return same[0]
        if ahead:
            return next((d for d in found if d >= self.today), None)
        return next((d for d in reversed(found) if d <= self.today), None)

    def _weekday(self, day: Day, ahead: bool, meeting: date | None) -> date | None:
        today, wanted = self.today, day.weekday or 0
        monday = today - timedelta(days=today.weekday())
        if day.week is not None:
            return monday + timedelta(days=7 * day.week + wanted)
        coming = today + timedelta(days=(wanted - today.weekday()) % 7)
        if not ahead or day.which == "last":
            return coming - timedelta(days=7) if coming > today or day.which == "last" else coming
        if day.which == "this":
            return monday + timedelta(days=wanted) if monday + timedelta(days=wanted) >= today else coming
        strictly = coming if coming > today else coming + timedelta(days=7)
        if day.which == "next":
            following = monday + timedelta(days=7 + wanted)
            if self.next_means == "coming" or strictly == following:
                return strictly
            return following if self.next_means == "week" else None
        if meeting and meeting >= today:
            near = meeting - timedelta(days=meeting.weekday()) + timedelta(days=wanted)
            if near >= today:
                return near
        return strictly

    def moment(self, when: When, day: date | None) -> datetime | None:
        """The beginning meant, on the sender's clock unless a zone is named; None where it can't be told."""
        hour = when.hour
        if hour is None or hour.vague or hour.doubt:
            return None
        if hour.shift is not None:
            if self.starts is None:
                return None
            moved = self.starts.astimezone(_zone(self.zone)) + timedelta(minutes=hour.shift)
            return moved if day is None or day == moved.date() else None
        if day is None:
            return None
        zone = self.zone
        if when.zone is not None:
            if when.zone.side == "yours":
                zone = self.partner_zone
            elif when.zone.side != "ours":
                if when.zone.name is None:
                    return None
                zone = when.zone.name
        if hour.same:
            if self.starts is None:
                return None
            local = self.starts.astimezone(_zone(zone))
            return _real(datetime(day.year, day.month, day.day, local.hour, local.minute, tzinfo=_zone(zone)))
        hours = [hour.hour] if hour.known else list(hour.swahili) or [hour.hour % 24, (hour.hour + 12) % 24]
        moments = []
        for h in dict.fromkeys(hours):
            base = day + timedelta(days=1) if h == 24 else day
            at = _real(datetime(base.year, base.month, base.day, h % 24, hour.minute, tzinfo=_zone(zone)))
            if at is not None and (hour.known or self._in_school(at)):
                moments.append(at)
        return moments[0] if len(moments) == 1 else None

    def _in_school(self, at: datetime) -> bool:
        local = at.astimezone(_zone(self.school.timezone))
        hours = self.school.day.get(str(local.weekday()))
        return hours is not None and hours.begins <= local.hour * 60 + local.minute <= hours.ends


def _real(at: datetime) -> datetime | None:
    """None for a local time that a clock change leaves out."""
    back = at.astimezone(UTC).astimezone(at.tzinfo)
    return at if back.replace(tzinfo=None) == at.replace(tzinfo=None) else None


@cache
def _zone(name: str) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)
