"""Writes zone_vectors.txt anew: what Python's zoneinfo says about the zones in tests/corpus/zone.

Run from the top of the tree. Lines are

    offset NAME UTC OFFSET              seconds east in force at an instant
    local NAME LOCAL N NEXT SHIFT BEFORE    instants with that wall time (0, 1, 2) and what it
                                        resolves to by the three readings of a hole
"""
import bisect
import datetime
import os
import random
import zoneinfo

CORPUS, OUT = "tests/corpus/zone", "tests/unit/base/zone_vectors.txt"
UTC, EPOCH = datetime.timezone.utc, datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
HOUR = 3600


class Zone:
    def __init__(self, name):
        with open(os.path.join(CORPUS, name), "rb") as f:
            self.zone = zoneinfo.ZoneInfo.from_file(f)

    def offset(self, utc):
        at = (EPOCH + datetime.timedelta(seconds=utc)).astimezone(self.zone)
        return int(at.utcoffset().total_seconds())

    def steps(self, start, end):
        """The transitions in (start, end], found by halving quarter hours."""
        found = []
        for at in range(start, end, 900):
            if self.offset(at) != self.offset(at + 900):
                found.append(at + 1 + bisect.bisect_left(
                    range(at + 1, at + 901), True, key=lambda t: self.offset(t) != self.offset(at)))
        return found

    def resolve(self, local):
        start, end = local - 26 * HOUR, local + 26 * HOUR
        steps = self.steps(start, end)
        offsets = {self.offset(t) for t in [start, *steps]}
        valid = sorted(local - o for o in offsets if self.offset(local - o) == o)
        if valid:
            return len(valid), valid[0], valid[0], valid[0]
        for t in steps:
            before, after = self.offset(t - 1), self.offset(t)
            if t + before <= local < t + after:
                return 0, t, local - before, local - after
        raise ValueError(local)


def main():
    dice, lines = random.Random(20260101), []
    for name in sorted(n for n in os.listdir(CORPUS) if n.endswith(".tzif")):
        zone = Zone(name)
        years = [dice.randint(1975, 2026) for _ in range(3)] + [2011, 2037, 2038, 2100, 2160]
        for year in years:
            start = int((datetime.datetime(year, 1, 1, tzinfo=UTC) - EPOCH).total_seconds())
            steps = zone.steps(start, start + 366 * 86400)
            for t in steps:
                for at in (t - 1, t):
                    lines.append(f"offset {name} {at} {zone.offset(at)}")
                low, high = sorted((t + zone.offset(t - 1), t + zone.offset(t)))
                for local in (low - 1, low, (low + high) // 2, high - 1, high):
                    lines.append(f"local {name} {local} " + " ".join(map(str, zone.resolve(local))))
            at = start + dice.randint(0, 365 * 86400)
            lines.append(f"offset {name} {at} {zone.offset(at)}")
    with open(OUT, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


main()
