"""The gateway's log: checkpoints under its pinned key, and that one continues another (server/docs/formats.md 1)."""
import base64

from goldeneagle.v1 import statement_pb2

from .signed import node, verifies


def opened(note, log_key):
    """Size and root of a checkpoint, a note of three lines signed by "name+hash+base64"; None for any other."""
    text, _, signatures = note.partition("\n\n")
    name, key_hash, key = log_key.split("+", 2)
    log = statement_pb2.Statement(algorithm=statement_pb2.KEY_ALGORITHM_ED25519, key=base64.b64decode(key)[1:])
    stamps = [base64.b64decode(line.split(" ")[2]) for line in signatures.split("\n") if line.startswith("\u2014 %s " % name)]
    said = text.split("\n")
    if not any(one[:4].hex() == key_hash and verifies(log, (text + "\n").encode(), one[4:]) for one in stamps):
        return None
    if len(said) != 3 or said[0] != name or not said[1].isdecimal() or said[1] != str(int(said[1])):
        return None
    return int(said[1]), base64.b64decode(said[2])


def consistent(first, first_root, second, second_root, path):
    """Whether the log of `second` entries begins with that of `first` (RFC 9162, 2.1.4.2)."""
    if first == second:
        return first_root == second_root and not path
    path = ([first_root] if first & (first - 1) == 0 else []) + list(path)
    at, last = first - 1, second - 1
    while at % 2 == 1:
        at, last = at >> 1, last >> 1
    old = new = path[0] if path else b""
    for one in path[1:]:
        if last == 0:
            return False
        if at % 2 == 1 or at == last:
            old, new = node(one, old), node(one, new)
            while at % 2 == 0 and at != 0:
                at, last = at >> 1, last >> 1
        else:
            new = node(new, one)
        at, last = at >> 1, last >> 1
    return (old, new, last) == (first_root, second_root, 0)
