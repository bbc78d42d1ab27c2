"""Every file of a pure room has a test; every fuzz driver has a corpus.

A file is tested when tests/unit/<room>/ holds a test of its name, or when some unit test or
simulation calls one of its functions itself (by the objects' symbols)."""
import glob
import os

from layers import Table
from symbols import table_of
from tree import room_of


def called_by_tests(tree):
    """All names that objects of tests refer to."""
    if tree.obj is None:
        return set()
    objects = [o for top in ("unit", "sim")
               for o in glob.glob(os.path.join(tree.obj, "tests", top, "**", "*.o"), recursive=True)]
    return set().union(*(undefined for _, undefined in table_of(objects).values())) if objects else set()


def defined(tree, paths):
    """path -> names its object defines; none without objects"""
    objects = {p: os.path.join(tree.obj or "", p[:-2] + ".o") for p in paths}
    built = [o for o in objects.values() if tree.obj and os.path.exists(o)]
    names = table_of(built) if built else {}
    return {p: names[o][0] if o in names else set() for p, o in objects.items()}


def complaints(tree):
    pure, said, called = Table().pure, [], called_by_tests(tree)
    own = defined(tree, tree.files("src", ends=(".c",)))
    for path in own:
        room, name = room_of(path), os.path.basename(path)
        test = f"tests/unit/{room}/test_{name}"
        if room in pure and not tree.exists(test) and not own[path] & called \
                and not tree.allows("presence", path):
            said.append(f"{path}:1: no test: neither {test} nor any that calls it")
    for path in tree.files("tests/fuzz", ends=(".c",)):
        name = os.path.basename(path)
        corpus = f"tests/corpus/{name[len('fuzz_'):-2]}"
        if name.startswith("fuzz_") and not glob.glob(os.path.join(tree.root, corpus, "*")):
            said.append(f"{path}:1: no seeds: {corpus} is empty")
    return said
