// Reads calendar parts with ical.js and node-ical and says what each of them saw.
//
// Standard input: JSON, [{id, text, zone, start, offset}, ...], the last three what is expected. Standard output: JSON, {id: {"ical.js": seen, "node-ical": seen}},
// where `seen` is {uid, sequence, method, start, end} (start and end as seconds after the epoch) or {error}.
import ICAL from "ical.js";
import nodeIcal from "node-ical";
import { readFileSync } from "node:fs";

function withIcalJs(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    // The part's own definition, not one that another part has brought: a wrong VTIMEZONE is to be found out.
    ICAL.TimezoneService.register(new ICAL.Timezone(zone), zone.getFirstPropertyValue("tzid"));
  }
  const events = calendar.getAllSubcomponents("vevent");
  if (events.length !== 1) throw new Error(`${events.length} events`);
  const event = new ICAL.Event(events[0]);
  const attendees = events[0].getAllProperties("attendee").map((a) => [a.getFirstValue(), a.getParameter("cn")]);
  return {
    uid: event.uid,
    sequence: event.sequence,
    method: calendar.getFirstPropertyValue("method"),
    start: event.startDate.toUnixTime(),
    end: event.endDate.toUnixTime(),
    summary: event.summary,
    attendees,
  };
}

function withNodeIcal(text) {
  const events = Object.values(nodeIcal.sync.parseICS(text)).filter((c) => c.type === "VEVENT");
  if (events.length !== 1) throw new Error(`${events.length} events`);
  const event = events[0];
  const attendees = [event.attendee].flat().filter(Boolean).map((a) => [a.val, a.params?.CN]);
  return {
    uid: event.uid,
    sequence: Number(event.sequence),
    method: event.method,
    start: event.start.getTime() / 1000,
    end: event.end.getTime() / 1000,
    summary: typeof event.summary === "object" ? event.summary.val : event.summary,
    attendees,
  };
}

function attempt(reader, text) {
  try {
    return reader(text);
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  }
}

// node-ical goes by the JavaScript engine's zone data alone and never looks at a VTIMEZONE. Where these are older than a
// law, it can't know the hour, and that is said of it.
function offset(zone, at) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
    hour: "2-digit", minute: "2-digit", second: "2-digit",
  }).formatToParts(at * 1000);
  const of = Object.fromEntries(parts.map((p) => [p.type, Number(p.value)]));
  return Date.UTC(of.year, of.month - 1, of.day, of.hour, of.minute, of.second) / 1000 - at;
}

function olderZoneData({ zone, start, offset: wanted }) {
  try {
    return offset(zone, start) !== wanted;
  } catch {
    return true; // a zone that the engine does not know at all
  }
}

const out = {};
for (const item of JSON.parse(readFileSync(0, "utf8"))) {
  ICAL.TimezoneService.reset();
  out[item.id] = { "ical.js": attempt(withIcalJs, item.text), "node-ical": attempt(withNodeIcal, item.text) };
  out[item.id]["node-ical"].older_zone_data = olderZoneData(item);
}
process.stdout.write(JSON.stringify(out));
