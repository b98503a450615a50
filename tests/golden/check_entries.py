#!/usr/bin/env python3
"""Checks entries_v1.json without a line of the gateway's code: what server/docs/formats.md says, once more.

    python3 check_entries.py [entries_v1.json]        (needs python3-cryptography)

Leaves (layout, order, time, links), packed lengths, commitments, sealed payloads, the tree, and every signed checkpoint on the way.
"""
import base64
import hashlib
import hmac
import json
import os
import struct
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

LEAF = ">BHQqBIIQQHQ32sH"


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(leaf):
    return sha256(b"\0" + leaf)


def root_of(hashes):
    """RFC 6962, as the recursion defines it."""
    if not hashes:
        return sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return sha256(b"\1" + root_of(hashes[:k]) + root_of(hashes[k:]))


class Log:
    """One verifier key: <name>+<key id>+<base64(01 || key)>."""

    def __init__(self, text):
        self.name, key_id, rest = text.split("+", 2)
        raw = base64.b64decode(rest)
        assert raw[0] == 1 and len(raw) == 33
        self.key_id = sha256(self.name.encode() + b"\n" + raw)[:4]
        assert self.key_id.hex() == key_id
        self.key = Ed25519PublicKey.from_public_bytes(raw[1:])

    def open(self, note):
        """(size, root) of a checkpoint that this log signed."""
        text, signatures = note.split("\n\n")
        text += "\n"
        name, blob = signatures.rstrip("\n").split(" ")[1:]
        raw = base64.b64decode(blob)
        assert name == self.name and raw[:4] == self.key_id
        self.key.verify(raw[4:], text.encode())
        origin, size, root, end = text.split("\n")
        assert origin == self.name and end == ""
        return int(size), base64.b64decode(root)


def check_leaf(index, entry, last_of_order):
    leaf = bytes.fromhex(entry["leaf"])
    header = struct.calcsize(LEAF)
    assert header == 88 and len(leaf) <= 4096
    (version, kind, at, time_us, _, _, agency, order, case, outcome, previous, commitment, body_bytes) = struct.unpack(LEAF, leaf[:header])
    assert version == 1 and at == index and len(leaf) == header + body_bytes
    if order:
        assert previous == last_of_order[order], "the entry before it of the same order"
        last_of_order[order] = index
    if entry["type"] == "ORDER_ACCEPTED":
        last_of_order[index] = index
    if entry["type"] == "DELIVERED":
        last_of_order.update(dict.fromkeys(delivered(leaf[header:]), index))
    return kind, time_us, case, commitment


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def delivered(body):
    """Field 1 of Delivered: packed varints."""
    assert body[0] == 0x0A
    size, at = varint(body, 1)
    end, orders = at + size, []
    while at < end:
        order, at = varint(body, at)
        orders.append(order)
    return orders


def check_payload(index, kind, case, commitment, sealed):
    if not sealed:
        assert commitment == bytes(32)
        return
    key_id, nonce, ciphertext = sealed[:16], sealed[16:28], sealed[28:]
    key = sha256(b"key " + key_id)  # the rule of this file; in a gateway keys are random
    aad = b"ge/payload/v1\0" + struct.pack(">QHQ", index, kind, case)
    opened = AESGCM(key).decrypt(nonce, ciphertext, aad)
    assert hmac.new(opened[:32], opened[32:], hashlib.sha256).digest() == commitment


def main(path):
    golden = json.load(open(path, encoding="utf-8"))
    log = Log(golden["verifier_key"])
    hashes, last_of_order, last_time, payloads = [], {}, 0, 0
    for commit in golden["commits"]:
        assert commit["first"] == len(hashes)
        if hashes:
            assert log.open(commit["previous_checkpoint"]) == (len(hashes), root_of(hashes))
        else:
            assert commit["previous_checkpoint"] == ""
        for entry in golden["entries"][commit["first"]:commit["first"] + commit["count"]]:
            index = len(hashes)
            assert entry["index"] == index
            kind, time_us, case, commitment = check_leaf(index, entry, last_of_order)
            assert time_us == int(commit["time_us"]) and time_us >= last_time
            last_time = time_us
            sealed = bytes.fromhex(entry["sealed"])
            check_payload(index, kind, case, commitment, sealed)
            payloads += bool(sealed)
            hashes.append(leaf_hash(bytes.fromhex(entry["leaf"])))
    assert len(hashes) == len(golden["entries"])
    assert root_of(hashes).hex() == golden["root"]
    assert log.open(golden["checkpoint"]) == (len(hashes), root_of(hashes))
    print(f"{len(hashes)} entries, {payloads} payloads opened, {len(golden['commits'])} checkpoints: as formats.md says")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "entries_v1.json"))
