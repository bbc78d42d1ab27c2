"""A schedule in the form of the published vectors (oncall_oracle.py), written as a person would.

The contract allows several notations for most things: `write()` takes one of them at random, so
that a reader who knows only one is found out. `draw()` draws a schedule worth asking about, and
`moments()` the instants at which to ask."""
import datetime
import json

import oncall_oracle as oracle

DAY = 86400
EDGES = ["next", "shift", "before"]
# What is odd about each is told in the reference: half-hour and two-hour steps, holes at and before
# midnight, winter as the exception, Ramadan, a day that never was, odd offsets, none at all.
ZONES = """America/New_York Europe/Berlin Australia/Lord_Howe Antarctica/Troll Africa/Cairo
 America/Havana Asia/Beirut America/Nuuk Europe/Dublin Africa/Casablanca Pacific/Apia Asia/Kolkata
 Asia/Kathmandu Pacific/Chatham America/Sao_Paulo Pacific/Kiritimati America/Santiago Asia/Gaza
 Asia/Jerusalem America/St_Johns Asia/Tehran Europe/Moscow America/Asuncion Pacific/Easter
 America/Caracas Asia/Pyongyang Africa/El_Aaiun Europe/Lisbon Etc/UTC UTC""".split()
PEOPLE = ["ana", "bo", "chen", "dee", "eli", "N", "y", "007", "null.x"]


def iso(s, rng):
    """A wall time."""
    text = oracle.civil(s).isoformat(sep=rng.choice("TT "))
    if text.endswith(":00") and rng.random() < 0.7:
        text = text[:-3]
    if text.endswith("00:00") and len(text) == 16 and rng.random() < 0.3:
        text = text[:10]
    return text


def iso_offset(t, rng):
    """An instant, with any offset."""
    minutes = rng.choice([None, 0, -300, 345, 630, 840])
    if minutes is None:
        return iso_seconds(t) + "Z"
    sign, m = "-" if minutes < 0 else "+", abs(minutes)
    return f"{iso_seconds(t + minutes * 60)}{sign}{m // 60:02}:{m % 60:02}"


def iso_seconds(s):
    return oracle.civil(s).isoformat()


def when(zone, t, rng):
    """An instant or a wall time of the zone."""
    return iso_offset(t, rng) if rng.random() < 0.5 else iso(oracle.local_at(zone, t), rng)


# --- writing --------------------------------------------------------------------------------

def quote(text, rng):
    style = rng.random()
    if style < 0.2:
        return json.dumps(text)
    if style < 0.4 or text in ("null", "~") or text.endswith(":"):
        return f"'{text}'"
    return text


def write_people(value, rng):
    if value is None or value == []:
        return rng.choice(["null", "~", "[]"])
    if isinstance(value, str):
        return rng.choice([quote(value, rng), f"[{quote(value, rng)}]"])
    return "[" + ", ".join(quote(v, rng) for v in value) + "]"


def write_every(n, unit, rng):
    return rng.choice([f"{n} {unit}", f"{n} {unit}s", f'"{n} {unit}"', f"{{n: {n}, unit: {unit}}}"])


def write_days(days, rng):
    if days == oracle.DAYS[:5] and rng.random() < 0.7:
        return rng.choice(["[mon-fri]", "mon-fri", "[mon, tue-thu, fri]"])
    if days == ["fri", "sat", "sun", "mon"]:
        return rng.choice(["[fri-mon]", "[fri, sat, sun, mon]"])
    return "[" + ", ".join(days) + "]" if len(days) > 1 or rng.random() < 0.6 else days[0]


def write_value(key, value, rng):
    if key == "every":
        return write_every(*value, rng)
    if key == "users":
        return "[" + ", ".join(write_people(v, rng) for v in value) + "]"
    if key in ("user", "set", "replace", "with", "add", "remove"):
        return "[]" if value == [] else write_people(value, rng)
    if key == "days":
        return write_days(value, rng)
    if isinstance(value, list):
        return "[" + ", ".join(write_map(v, rng) for v in value) + "]"
    if isinstance(value, bool):
        return rng.choice(["true", "yes", "on"] if value else ["false", "no", "off"])
    return str(value) if isinstance(value, int) else quote(value, rng)


def write_map(item, rng):
    names = {"tz": "time_zone", "users": "members"}
    return "{" + ", ".join(f"{names.get(k, k)}: {write_value(k, v, rng)}" for k, v in shuffled(item, rng)) + "}"


def shuffled(item, rng):
    """A mapping has no order."""
    return rng.sample(list(item.items()), len(item))


def write(schedules, rng):
    """A whole file of {name: schedule}."""
    lines = ["people:"]
    for person in sorted(people_of(schedules)):
        lines.append(f"  {json.dumps(person)}: " + rng.choice([f"{{ name: {json.dumps(person)} }}", "{}", "{ notify: [] }"]))
    lines.append("schedules:")
    for name, schedule in schedules.items():
        lines.append(f"  {name}:")
        for key, value in shuffled(schedule, rng):
            if isinstance(value, list):
                lines.append(f"    {key}:")
                lines += ["      - " + write_map(item, rng) for item in value]
            else:
                lines.append(f"    {'time_zone' if key == 'tz' else key}: {write_value(key, value, rng)}")
    return "\n".join(lines) + "\n"


def people_of(value, key=None):
    """Every name anywhere in it."""
    if isinstance(value, dict):
        return {p for k, v in value.items() for p in people_of(v, k)}
    if isinstance(value, list):
        return {p for v in value for p in people_of(v, key)}
    named = key in ("users", "user", "set", "replace", "with", "add", "remove")
    return {value} if named and isinstance(value, str) else set()


# --- drawing --------------------------------------------------------------------------------

def transition(zone, rng):
    """A change of offset near a year that matters, or any instant in a zone that has none."""
    year = rng.choice([2011, 2019, 2024, 2026, 2026, 2026, 2027, 2037, 2038, 2060, 2087, 2099])
    t = oracle.seconds(datetime.datetime(year, rng.randint(1, 12), 1))
    for _ in range(14):
        if (before := oracle.offset_at(zone, t)) != oracle.offset_at(zone, t + 30 * DAY):
            low, high = t, t + 30 * DAY
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if oracle.offset_at(zone, middle) == before else (low, middle)
            return high
        t += 30 * DAY
    return t


def place(zone, rng):
    """An instant near something that can go wrong."""
    if rng.random() < 0.7:
        return transition(zone, rng)
    year, month = rng.choice([2016, 2024, 2026, 2028, 2068, 2100]), rng.choice([1, 2, 2, 3, 4, 12])
    return oracle.seconds(datetime.datetime(year, month, 28)) + rng.randint(0, 4) * DAY


UNITS = {"day": (1, 1, 1, 2, 3, 7), "week": (1, 1, 2, 3), "month": (1, 1, 1, 2, 3, 12),
         "hour": (1, 2, 8, 12, 24, 36), "minute": (20, 45, 90), "second": (5000, 9000)}


def draw_members(rng):
    def slot():
        style = rng.random()
        return None if style < 0.1 else rng.choice(PEOPLE) if style < 0.75 else rng.sample(PEOPLE, rng.randint(1, 3))
    members = [slot() for _ in range(rng.randint(1, 6))]
    return members if any(members) else ["ana"]


def time_of_day(rng):
    return f"{rng.randint(0, 23):02}:{rng.choice([0, 0, 0, 15, 30, 45]):02}"


def draw_restriction(rng):
    if rng.random() < 0.3:
        return {"from": f"{rng.choice(oracle.DAYS)} {time_of_day(rng)}",
                "to": f"{rng.choice(oracle.DAYS)} {time_of_day(rng)}"}
    if rng.random() < 0.1:
        return {"days": rng.sample(oracle.DAYS, 2)}
    night = {"start": rng.choice(["22:00", "20:00", "02:00", time_of_day(rng)]),
             "end": rng.choice(["08:00", "03:00", "00:00", "24:00", time_of_day(rng)])}
    days = rng.choice([None, oracle.DAYS[:5], ["fri", "sat", "sun", "mon"],
                       sorted(rng.sample(oracle.DAYS, rng.randint(1, 6)), key=oracle.DAYS.index)])
    return night if days is None else {"days": days} | night


def draw_layer(zone, near, rng):
    layer = {}
    if rng.random() < 0.2:
        zone = layer["tz"] = rng.choice(ZONES)
    unit = rng.choice(["day", "day", "day", "week", "month", "month", "hour", "minute", "second"])
    n = rng.choice(UNITS[unit])
    back = rng.choice([0, 0, 1, 1, 2, 3, 5, 30, 400]) * n
    local = oracle.local_at(zone, near) + rng.choice([-3600, -1800, -900, -1, 0, 0, 1, 900, 1800, 3600, 7200])
    local -= local % rng.choice([1, 60, 900, 900, 900])
    if unit == "month":
        when_ = oracle.add_months(oracle.civil(local), -min(back, 600), "clamp")
        local = oracle.seconds(when_.replace(day=rng.choice([when_.day, 1, 28])))
        local += rng.choice([0, 0, DAY, 2 * DAY, 3 * DAY])
        layer["month_day"] = rng.choice(["clamp", "last", "overflow"])
    else:
        local -= back * oracle.SECONDS[unit] if rng.random() < 0.8 else rng.randint(0, 40) * DAY
    layer["anchor"] = iso(local, rng)
    if rng.random() < 0.1:
        layer["anchor"] = iso_offset(oracle.resolve(zone, local) + rng.choice([0, 0, 1800, 3600]), rng)
    layer |= {"every": [n, unit], "users": draw_members(rng)}
    if rng.random() < 0.3:
        layer["gap"] = rng.choice(EDGES)
    if rng.random() < 0.2 and unit != "month":
        layer["clock"] = rng.choice(["wall", "elapsed"])
    if rng.random() < 0.2:
        layer["start_index"] = rng.randint(0, 7)
    if rng.random() < 0.3:
        layer["level"] = rng.randint(-1, 2)
    if rng.random() < 0.15:
        layer["backwards"] = rng.random() < 0.8
    if rng.random() < 0.1:
        layer["from"] = when(zone, near - rng.randint(0, 4) * 40000, rng)
    if rng.random() < 0.1:
        layer["until"] = when(zone, near + rng.randint(1, 4) * 40000, rng)
    if rng.random() < 0.45:
        layer["restrict"] = [draw_restriction(rng) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
    if unit == "day" and layer.get("clock") != "elapsed" and rng.random() < 0.35:
        layer["advance"] = "active"
    return layer


def draw_window(zone, near, rng):
    start = near + rng.randint(-8, 8) * 10800 + rng.choice([0, 0, -1, 1800, 37])
    end = start + rng.choice([60, 1800, 7200, 30000, DAY, 3 * DAY])
    return {"start": when(zone, start, rng), "end": iso_offset(end, rng)}


def draw_override(zone, near, rng):
    some = rng.sample(PEOPLE, rng.randint(1, 2))
    kind = rng.choice(["set", "replace", "replace", "add", "remove"])
    item = {kind: rng.choice([some, some[0], []] if kind == "set" else [some, some[0]])}
    if kind == "replace":
        item["with"] = rng.choice(PEOPLE)
    return draw_window(zone, near, rng) | item


def draw_temporary(zone, near, rng):
    window = draw_window(zone, near, rng)
    return window | {"shifts": [draw_window(zone, near, rng) | {"user": rng.choice(PEOPLE)}
                                for _ in range(rng.randint(0, 4))]}


def draw(rng):
    """(schedule, an instant near which it is worth asking)."""
    zone = rng.choice(ZONES)
    near = place(zone, rng)
    layers = [draw_layer(zone, near, rng) for _ in range(rng.choice([1, 1, 1, 2, 2, 3]))]
    schedule = {"tz": zone}
    if len(layers) > 1 or rng.random() < 0.1:
        schedule["merge"] = rng.choice(["top", "union", "level"])
    schedule["layers"] = layers
    if rng.random() < 0.35:
        schedule["overrides"] = [draw_override(zone, near, rng) for _ in range(rng.randint(1, 4))]
    if rng.random() < 0.12:
        schedule["temporary"] = [draw_temporary(zone, near, rng) for _ in range(rng.randint(1, 2))]
    return schedule, near
