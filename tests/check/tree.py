"""A source tree as the checks see it: files, lines, exceptions."""
import os
import re


class Tree:
    def __init__(self, root, obj):
        self.root, self.obj = root, obj
        self.allowed = self._read_allow(os.path.join(root, "tests/check/allow.txt"))
        self.used = set()

    @staticmethod
    def _read_allow(path):
        """`rule subject: reason` a line."""
        allowed = {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                for number, line in enumerate(f, 1):
                    m = re.match(r"(\w+) ([^:#]+): +(\S.*)", line)
                    if m:
                        allowed[(m[1], m[2].strip())] = number
                    elif line.strip() and not line.startswith("#"):
                        raise SystemExit(f"{path}:{number}: not `rule subject: reason`")
        return allowed

    def allows(self, rule, subject):
        if (rule, subject) in self.allowed:
            self.used.add((rule, subject))
            return True
        return False

    def allow_unused(self):
        return [f"tests/check/allow.txt:{n}: {rule} {subject}: not needed any more"
                for (rule, subject), n in self.allowed.items() if (rule, subject) not in self.used]

    def files(self, *tops, ends=(".c", ".h")):
        """Paths below the folders `tops`, relative to the root, in order."""
        found = []
        for top in tops:
            for folder, folders, names in os.walk(os.path.join(self.root, top)):
                folders[:] = sorted(f for f in folders if not f.startswith("."))
                found += [os.path.relpath(os.path.join(folder, n), self.root)
                          for n in sorted(names) if n.endswith(ends)]
        return found

    def text(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as f:
            return f.read()

    def lines(self, path):
        return self.text(path).splitlines()

    def exists(self, path):
        return os.path.exists(os.path.join(self.root, path))


def room_of(path):
    """src/loop/http.c and include/loop/http.h -> loop; src/main.c -> main"""
    parts = path.split(os.sep)
    return parts[1] if len(parts) > 2 else os.path.splitext(parts[1])[0]


def blank(text):
    """C source with comments, string and character literals emptied; lines keep their numbers."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

    def empty(m):
        return re.sub(r"[^\n]", " ", m[0]) if m[0][0] == "/" else m[0][0] + m[0][0]
    return pattern.sub(empty, text)
