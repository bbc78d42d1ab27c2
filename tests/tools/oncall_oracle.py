"""Who is on call, by the definition: a second opinion for the tests.

Written from the rules alone, without looking at the C room, over Python's own zone reader, and
with no cleverness: offsets are found by looking at every hour around a wall time, handoffs are
counted one by one. A schedule is a dict in the form of the published vectors:

  {"tz", "merge", "layers": [{"anchor", "every": [n, unit], "users", …}], "overrides", "temporary"}

`who(schedule, t)` gives the names at second `t`; `spans(schedule, t, until)` every change between.
"""
import datetime
import functools
import re
import zoneinfo

DAY, WEEK = 86400, 604800
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": DAY, "week": WEEK}
EPOCH = datetime.datetime(1970, 1, 1)
UTC = datetime.timezone.utc


def civil(s):
    """Seconds (of an instant in UTC, or of a wall time) as a naive datetime."""
    return EPOCH + datetime.timedelta(seconds=s)


def seconds(when):
    return round((when - EPOCH).total_seconds())


@functools.lru_cache(maxsize=1 << 20)
def offset_at(zone, t):
    local = civil(t).replace(tzinfo=UTC).astimezone(zoneinfo.ZoneInfo(zone))
    return round(local.utcoffset().total_seconds())


def local_at(zone, t):
    return t + offset_at(zone, t)


@functools.lru_cache(maxsize=1 << 18)
def offsets_near(zone, hour):
    """The pieces [(first instant, offset)] of time about an hour-aligned wall time."""
    begin, end = hour - 27 * 3600, hour + 28 * 3600
    pieces = [(begin, offset_at(zone, begin))]
    for t in range(begin, end, 3600):
        before, after = offset_at(zone, t), offset_at(zone, t + 3600)
        if before == after:
            continue
        low, high = t, t + 3600
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset_at(zone, middle) == before else (low, middle)
        pieces.append((high, after))
    return pieces


def resolve(zone, local, gap="next"):
    """S4: the instant of a wall time."""
    pieces = offsets_near(zone, local - local % 3600)
    fits = sorted(local - o for _, o in pieces if offset_at(zone, local - o) == o)
    if fits:
        return fits[0]
    for (_, before), (at, after) in zip(pieces, pieces[1:]):
        if at + before <= local < at + after:
            return {"next": at, "shift": local - before, "before": local - after}[gap]
    raise AssertionError(f"{zone}: {civil(local)} is neither there nor missing")


def parse_time(text, zone, gap="next"):
    """An instant, or a wall time of the zone."""
    when = datetime.datetime.fromisoformat(text)
    if when.tzinfo is None:
        return resolve(zone, seconds(when), gap)
    return seconds(when.astimezone(UTC).replace(tzinfo=None))


def add_months(when, months, mode):
    """S5."""
    y, m = divmod(when.year * 12 + when.month - 1 + months, 12)
    first = when.replace(year=y, month=m + 1, day=1)
    length = (first.replace(year=y + m // 11, month=(m + 1) % 12 + 1) - first).days
    day = {"clamp": min(when.day, length), "last": length, "overflow": when.day}[mode]
    return first + datetime.timedelta(days=day - 1)


class Layer:
    def __init__(self, layer, schedule_zone):
        self.zone = layer.get("tz") or schedule_zone
        self.n, self.unit = layer["every"]
        self.gap = layer.get("gap", "next")
        self.month_day = layer.get("month_day", "clamp")
        self.clock = layer.get("clock", "wall" if self.unit in ("day", "week", "month") else "elapsed")
        self.users = [u if isinstance(u, list) else [] if u is None else [u] for u in layer["users"]]
        self.start_index = layer.get("start_index", 0)
        self.backwards = layer.get("backwards", False)
        self.restrict = [Restriction(r) for r in layer.get("restrict", [])]
        self.level = layer.get("level", 0)
        self.bounds = [parse_time(layer[k], self.zone) if layer.get(k) else None
                       for k in ("from", "until")]
        # No handoff is further than this from where turns of one length would have put it.
        self.apart = 40 * DAY if self.unit == "month" else 0 if self.clock == "elapsed" else 3 * DAY
        self.active, self.counted = None, [0]
        if layer.get("advance") == "active":
            self.active = set().union(*(r.days for r in self.restrict)) if self.restrict else set(range(7))
        self.read_anchor(layer["anchor"])

    def read_anchor(self, text):
        self.is_instant = bool(re.search(r"(Z|[+-]\d\d:\d\d)$", text))
        if self.is_instant:
            self.anchor = parse_time(text, self.zone)
            self.local = local_at(self.zone, self.anchor)
        else:
            self.local = seconds(datetime.datetime.fromisoformat(text))
            self.anchor = resolve(self.zone, self.local, self.gap)

    def wall(self, j):
        """The wall time of handoff j (as if elapsed time were UTC's wall)."""
        if self.unit == "month":
            return seconds(add_months(civil(self.local), j * self.n, self.month_day))
        return self.local + j * self.n * SECONDS[self.unit]

    def instant(self, j):
        """S3."""
        if self.unit != "month" and self.clock == "elapsed":
            return self.anchor + j * self.n * SECONDS[self.unit]
        return self.not_before_anchor(j, resolve(self.zone, self.wall(j), self.gap))

    def not_before_anchor(self, j, at):
        """An anchor that is an instant may be the second pass of its wall time."""
        return max(at, self.anchor) if self.is_instant and j >= 0 else at

    def turn(self, t):
        """S2, by counting; what is surely past is counted without looking."""
        if self.active is not None:
            return self.turn_active(t)
        shortest, longest = self.turn_lengths()
        low = (t - self.anchor - self.apart) // (longest if t > self.anchor + self.apart else shortest)
        if not self.backwards:
            low = max(low, 0)
        k, j = low - 1, low
        while (at := self.instant(j)) <= t + self.apart:
            k += at <= t
            j += 1
        return k

    def turn_lengths(self):
        if self.unit == "month":
            return self.n * 28 * DAY, self.n * 31 * DAY
        return self.n * SECONDS[self.unit], self.n * SECONDS[self.unit]

    def active_until(self, first, day):
        """Active days from `first` to before `day`; each is counted once and kept."""
        while len(self.counted) <= (day - first).days:
            last = first + datetime.timedelta(days=len(self.counted) - 1)
            self.counted.append(self.counted[-1] + (last.weekday() in self.active))
        return self.counted[(day - first).days]

    def turn_active(self, t):
        """Turns that advance on active days only (day unit): every n-th active day hands off."""
        first = civil(self.local).replace(hour=0, minute=0, second=0)
        tod = self.local - seconds(first)
        today = civil(local_at(self.zone, t)).replace(hour=0, minute=0, second=0)
        day = today - datetime.timedelta(days=3)  # what is further back has surely passed
        passed = self.active_until(first, day) if day > first else 0
        day = day if day > first else min(first, day)
        while day <= max(first, today + datetime.timedelta(days=3)):
            if day.weekday() in self.active:
                there = resolve(self.zone, seconds(day) + tod, self.gap)
                there = self.not_before_anchor((day - first).days, there)
                if day >= first and there <= t:
                    passed += 1
                elif day < first and there > t:
                    passed -= 1
            day += datetime.timedelta(days=1)
        return (passed - 1) // self.n

    def who(self, t):
        since, until = self.bounds
        if since is not None and t < since or until is not None and t >= until:
            return []
        local = local_at(self.zone, t)
        if self.restrict and not any(r.holds(local) for r in self.restrict):
            return []
        k = self.turn(t)
        if not self.users or k < 0 and not self.backwards:
            return []
        return self.users[(k + self.start_index) % len(self.users)]

    def edges(self, a, b):
        """Every instant in (a, b) at which this layer may change, and some at which it does not."""
        found = {self.anchor} | {x for x in self.bounds if x is not None}
        for t in range(a - a % DAY - DAY, b + DAY, DAY):
            midnight = local_at(self.zone, t) // DAY * DAY
            found.update(x for r in self.restrict for x in r.edges_of(self.zone, midnight))
            found.update(at for at, _ in offsets_near(self.zone, midnight))
        if self.active is not None:
            found.update(resolve(self.zone, d * DAY + self.local % DAY, self.gap)
                         for d in range(a // DAY - 2, b // DAY + 3))
        else:
            found.update(self.handoffs(a, b))
        return found

    def handoffs(self, a, b):
        j = self.turn(a) - self.apart // self.turn_lengths()[0] - 1
        while (at := self.instant(j)) <= b + self.apart:
            yield at
            j += 1


def hhmm(text):
    parts = [int(p) for p in text.split(":")]
    return parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) > 2 else 0)


class Restriction:
    """S6: a predicate on the wall clock."""

    def __init__(self, r):
        if "from" in r:
            self.weekly = [DAYS.index(d) * DAY + hhmm(tod) for d, tod in (x.split() for x in (r["from"], r["to"]))]
            a, b = self.weekly
            length = (b - a) % WEEK or WEEK
            self.days = {s // DAY % 7 for s in range(a, a + length, 60)}
            return
        self.weekly = None
        self.days = {DAYS.index(d) for d in r["days"]} if r.get("days") else set(range(7))
        self.start, self.end = hhmm(r.get("start", "00:00")), hhmm(r.get("end", "24:00"))

    def holds(self, local):
        of_day, weekday = local % DAY, (local // DAY + 3) % 7
        if self.weekly:
            a, b = self.weekly
            return (weekday * DAY + of_day - a) % WEEK < ((b - a) % WEEK or WEEK)
        today, yesterday = weekday in self.days, (weekday - 1) % 7 in self.days
        if self.start < self.end:
            return today and self.start <= of_day < self.end
        return today and of_day >= self.start or yesterday and of_day < self.end

    def edges_of(self, zone, midnight):
        """Where this may change on a day: both passes of either time, and midnight."""
        tods = [x % DAY for x in self.weekly] if self.weekly else [self.start % DAY, self.end % DAY]
        for tod in tods + [0]:
            yield resolve(zone, midnight + tod)
            for _, o in offsets_near(zone, (midnight + tod) // 3600 * 3600):
                yield midnight + tod - o


def merge(mode, layers, t):
    """S8: a layer that yields nobody is not there."""
    given = [(layer.level, people) for layer in layers if (people := layer.who(t))]
    if not given:
        return []
    if mode == "top":
        return given[-1][1]
    if mode == "level":
        top = max(level for level, _ in given)
        given = [g for g in given if g[0] == top]
    return [p for _, people in given for p in people]


def names(value):
    return value if isinstance(value, list) else [] if value is None else [value]


class Schedule:
    def __init__(self, s):
        self.zone = s["tz"]
        self.mode = s.get("merge", "top")
        self.layers = [Layer(layer, self.zone) for layer in s["layers"]]
        self.overrides = [self.bounded(o) for o in s.get("overrides", [])]
        self.temporary = [self.bounded(x) for x in s.get("temporary", [])]

    def bounded(self, item):
        item = dict(item, start=parse_time(item["start"], self.zone), end=parse_time(item["end"], self.zone))
        if "shifts" in item:
            item["shifts"] = [self.bounded(s) for s in item["shifts"]]
        return item

    def who(self, t):
        """S7."""
        for temporary in reversed(self.temporary):
            if temporary["start"] <= t < temporary["end"]:
                return unique(p for s in temporary["shifts"] if s["start"] <= t < s["end"]
                              for p in names(s["user"]))
        now = [o for o in self.overrides if o["start"] <= t < o["end"]]
        sets = [names(o["set"]) for o in now if "set" in o]
        people = sets[-1] if sets else merge(self.mode, self.layers, t)
        swap = {p: [] for o in now if "remove" in o for p in names(o["remove"])}
        swap.update({p: names(o["with"]) for o in now if "replace" in o for p in names(o["replace"])})
        people = [q for p in people for q in swap.get(p, [p])]
        return unique(people + [p for o in now if "add" in o for p in names(o["add"])])

    def edges(self, a, b):
        found = {x[k] for x in self.overrides + self.temporary for k in ("start", "end")}
        found |= {s[k] for x in self.temporary for s in x["shifts"] for k in ("start", "end")}
        return sorted(x for x in found.union(*(layer.edges(a, b) for layer in self.layers)) if a < x < b)

    def spans(self, a, b):
        """[(from, to, people)]: one for each real change, of a until b."""
        told = [[a, b, self.who(a)]]
        for t in self.edges(a, b):
            people = self.who(t)
            if people != told[-1][2]:
                told[-1][1] = t
                told.append([t, b, people])
        return [tuple(x) for x in told]


def unique(people):
    return list(dict.fromkeys(people))
