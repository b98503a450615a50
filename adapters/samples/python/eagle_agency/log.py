"""The gateway's log: checkpoints under its pinned key, that one continues another, and what it says of its statements (server/docs/formats.md 1)."""
import base64
import binascii

from google.protobuf.message import DecodeError
from goldeneagle.v1 import entry_pb2, statement_pb2

from .signed import digest_of, included, node, verifies

LEAF_HEAD = 88  # bytes of a leaf before its body


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


def directory_head(entry, log_key):
    """Index, time (seconds since 1970) and body of a DIRECTORY_HEAD entry that is proved to be in the log; None for anything else."""
    leaf = entry.leaf
    try:
        seen = opened(entry.checkpoint, log_key)
        body = entry_pb2.DirectoryHead.FromString(leaf[LEAF_HEAD:])
    except (DecodeError, binascii.Error, IndexError):
        return None
    is_head = len(leaf) >= LEAF_HEAD and int.from_bytes(leaf[1:3], "big") == entry_pb2.ENTRY_TYPE_DIRECTORY_HEAD
    index = int.from_bytes(leaf[3:11], "big")
    if not is_head or seen is None or index != entry.proof.index or included(digest_of(leaf), index, seen[0], entry.proof.hashes) != seen[1]:
        return None
    return index, int.from_bytes(leaf[11:19], "big", signed=True) // 10**6, body
