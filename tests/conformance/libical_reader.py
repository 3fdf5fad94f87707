"""Reads calendar parts with libical and checks each by RFC 5546's tables (`restriction_check`).

For the system's Python, which has the bindings (Debian: gir1.2-ical-3.0, python3-gi). Standard input: JSON,
[{"id": ..., "text": ...}, ...]. Standard output: JSON, {id: seen}, where `seen` is {uid, sequence, method, start, end}
(start and end as seconds after the epoch) or {error}.
"""

import json
import sys
from datetime import UTC, datetime

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib as ical  # noqa: E402

KIND = ical.ComponentKind


def seconds(moment, calendar, parameter_of):
    """An instant, by the part's own VTIMEZONE where the time has a TZID."""
    parameter = parameter_of.get_first_parameter(ical.ParameterKind.TZID_PARAMETER)
    zone = ical.Timezone.get_utc_timezone()
    if parameter is not None:
        zone = calendar.get_timezone(parameter.get_tzid())
        if zone is None:
            raise ValueError(f"no VTIMEZONE for {parameter.get_tzid()}")
        moment.set_timezone(zone)
    elif not moment.is_utc():
        raise ValueError("a time without a zone")
    utc = moment.convert_to_zone(ical.Timezone.get_utc_timezone())
    y, mo, d = utc.get_year(), utc.get_month(), utc.get_day()
    h, mi, s = utc.get_hour(), utc.get_minute(), utc.get_second()
    return int(datetime(y, mo, d, h, mi, s, tzinfo=UTC).timestamp())


def errors(component):
    """What libical noted while it parsed and checked: X-LIC-ERROR properties, of every component."""
    out = []
    prop = component.get_first_property(ical.PropertyKind.XLICERROR_PROPERTY)
    while prop is not None:
        out.append(prop.get_xlicerror())
        prop = component.get_next_property(ical.PropertyKind.XLICERROR_PROPERTY)
    child = component.get_first_component(KIND.ANY_COMPONENT)
    children = []
    while child is not None:
        children.append(child)
        child = component.get_next_component(KIND.ANY_COMPONENT)
    for child in children:
        out += errors(child)
    return out


def read(text):
    calendar = ical.Component.new_from_string(text)
    if calendar is None:
        raise ValueError("not parsed")
    if not ical.restriction_check(calendar) or errors(calendar):
        raise ValueError("; ".join(errors(calendar)) or "restriction_check failed")
    if calendar.count_components(KIND.VEVENT_COMPONENT) != 1:
        raise ValueError("not one event")
    event = calendar.get_first_component(KIND.VEVENT_COMPONENT)
    start = event.get_first_property(ical.PropertyKind.DTSTART_PROPERTY)
    end = event.get_first_property(ical.PropertyKind.DTEND_PROPERTY)
    attendee = event.get_first_property(ical.PropertyKind.ATTENDEE_PROPERTY)
    name = attendee.get_first_parameter(ical.ParameterKind.CN_PARAMETER) if attendee else None
    return {
        "uid": event.get_uid(),
        "sequence": event.get_sequence(),
        "method": calendar.get_first_property(ical.PropertyKind.METHOD_PROPERTY).get_value_as_string(),
        "start": seconds(start.get_dtstart(), calendar, start),
        "end": seconds(end.get_dtend(), calendar, end),
        "summary": event.get_summary(),
        "attendees": [[attendee.get_attendee(), name.get_cn() if name else None]] if attendee else [],
    }


def main():
    out = {}
    for item in json.load(sys.stdin):
        try:
            out[item["id"]] = read(item["text"])
        except Exception as error:  # whatever a reader makes of a part is a finding, never the end of the check
            out[item["id"]] = {"error": f"{type(error).__name__}: {error}"}
    json.dump(out, sys.stdout)


main()
