"""Who includes whom: every include line of src/ and include/ against layers.txt."""
import os
import re

from tree import room_of

HERE = os.path.dirname(os.path.abspath(__file__))


class Table:
    def __init__(self):
        self.may, self.door, self.symbols, self.pure = {}, {}, {}, []
        with open(os.path.join(HERE, "layers.txt"), encoding="utf-8") as f:
            for line in f:
                head, colon, rest = line.split("#")[0].partition(":")
                words = head.split()
                if not colon:
                    continue
                if words[0] == "pure":
                    self.pure = rest.split()
                elif words[0] in ("door", "symbols") and len(words) == 2:
                    getattr(self, words[0])[words[1]] = rest.split()
                else:
                    self.may[words[0]] = set(rest.split()) | {words[0]}

    def doors_of(self, header):
        return [room for room, names in self.door.items()
                if any(header == n or (n.endswith("/") and header.startswith(n)) for n in names)]


def complaints(tree):
    table, said = Table(), []
    for path in tree.files("src", "include"):
        room = room_of(path)
        if room not in table.may:
            said.append(f"{path}:1: room {room} is not in tests/check/layers.txt")
            continue
        for number, line in enumerate(tree.lines(path), 1):
            m = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', line)
            fault = m and (own_fault(table, room, m[2]) if m[1] == '"' else
                           foreign_fault(table, room, m[2]))
            if fault and not tree.allows("layers", f"{path} {m[2]}"):
                said.append(f"{path}:{number}: {fault}")
    return said


def own_fault(table, room, header):
    other = header.split("/")[0] if "/" in header else room
    if other not in table.may[room]:
        return f"{room} must not include {header}"
    return None


def foreign_fault(table, room, header):
    doors = table.doors_of(header)
    if doors and room not in doors:
        return f"<{header}> is for {' and '.join(doors)} only, not for {room}"
    return None
