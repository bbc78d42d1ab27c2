"""Every file of a pure room has a test of its name; every fuzz driver has a corpus."""
import glob
import os

from layers import Table
from tree import room_of


def complaints(tree):
    pure, said = Table().pure, []
    for path in tree.files("src", ends=(".c",)):
        room, name = room_of(path), os.path.basename(path)
        test = f"tests/unit/{room}/test_{name}"
        if room in pure and not tree.exists(test) and not tree.allows("presence", path):
            said.append(f"{path}:1: no test: {test} is missing")
    for path in tree.files("tests/fuzz", ends=(".c",)):
        name = os.path.basename(path)
        corpus = f"tests/corpus/{name[len('fuzz_'):-2]}"
        if name.startswith("fuzz_") and not glob.glob(os.path.join(tree.root, corpus, "*")):
            said.append(f"{path}:1: no seeds: {corpus} is empty")
    return said
