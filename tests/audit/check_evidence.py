#!/usr/bin/env python3
"""Verifies a file of evidence without a line of the gateway's code: what evidence.proto and server/docs/formats.md say, once more.

    python3 check_evidence.py FILE LOG_KEY REGISTRAR_KEY...        (needs python3 and openssl, nothing else; keys in base64)

Checkpoint, tree, commitments, statements, the order's officers, each receipt, and where a key was revoked the pause and who signed the same bytes anew; not what may
be missing (previous, marks): that is eagle-audit's.
"""
import base64
import hashlib
import hmac
import os
import struct
import subprocess
import sys
import tempfile

LEAF = struct.Struct(">BHQqBIIQQHQ32sH")
LOG_FOUNDED, STATEMENT, BATCH_HEAD, ORDER, RECEIPTS, PAUSED, RESUMED = 1, 10, 11, 15, (18, 19, 20, 21), 31, 32
REVOKED = 5  # kind of a statement
SPKI = bytes.fromhex("302a300506032b6570032100")


class Refused(Exception):
    pass


def need(holds, what):
    if not holds:
        raise Refused(what)


def varint(data, at):
    value = shift = 0
    while True:
        need(at < len(data) and shift < 64, "a number that ends too soon")
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at


def message(data):
    """Field number -> list of values: numbers, or bytes."""
    fields, at = {}, 0
    while at < len(data):
        tag, at = varint(data, at)
        value, at = varint(data, at)
        need(tag & 7 in (0, 2), "a wire type that no field has")
        if tag & 7 == 2:
            need(at + value <= len(data), "a field that ends too soon")
            value, at = data[at:at + value], at + value
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def one(fields, number, default=b""):
    return fields.get(number, [default])[-1]


def sha256(data):
    return hashlib.sha256(data).digest()


def signed(key, text, signature):
    """openssl's word on one Ed25519 signature."""
    if len(signature) != 64:
        return False
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for name, content in (("key", SPKI + key), ("text", text), ("sig", signature)):
            paths[name] = os.path.join(folder, name)
            with open(paths[name], "wb") as file:
                file.write(content)
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", paths["key"], "-rawin", "-in", paths["text"], "-sigfile", paths["sig"]],
                              capture_output=True).returncode == 0


def root_of(hashes):
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return sha256(b"\1" + root_of(hashes[:k]) + root_of(hashes[k:]))


def root_from(indexes, leaves, proof, begin, end):
    """One proof for many leaves (formats.md, section 7)."""
    if not indexes:
        need(proof, "a hash is missing")
        return proof.pop(0)
    if end - begin == 1:
        return leaves.pop(0)
    k = 1
    while 2 * k < end - begin:
        k *= 2
    left = [i for i in indexes if i < begin + k]
    a = root_from(left, leaves, proof, begin, begin + k)
    return sha256(b"\1" + a + root_from(indexes[len(left):], leaves, proof, begin + k, end))


def open_checkpoint(note, vkey):
    name, _, rest = vkey.partition("+")
    raw = base64.b64decode(rest.partition("+")[2])
    text, _, lines = note.partition(b"\n\n")
    text += b"\n"
    for line in lines.decode().splitlines():
        _, who, blob = line.split(" ")
        if who == name and signed(raw[1:], text, base64.b64decode(blob, validate=True)[4:]):
            origin, size, root = text.decode().splitlines()
            need(origin == name, "a checkpoint of another log")
            return raw[1:], int(size), base64.b64decode(root)
    raise Refused("the checkpoint isn't signed with the pinned key")


class Heads:
    def __init__(self):
        self.heads = {}

    def add(self, index, body, payload):
        envelope = message(one(payload, 1))
        head = message(one(envelope, 1))
        digests = [one(payload, 2)[at:at + 32] for at in range(0, len(one(payload, 2)), 32)]
        need(sha256(one(envelope, 1)) == one(body, 4), "a head that the leaf doesn't name")
        need(len(digests) == one(head, 5, 0) and root_of(digests) == one(head, 6), "members that don't hash to the signed root")
        kind = one(envelope, 2)
        pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(one(envelope, 1)), one(envelope, 1))
        self.heads[index] = (one(head, 3).decode(), digests, pae, [one(message(s), 1) for s in envelope.get(3, [])], one(body, 4))

    def member(self, index, payload, digest):
        """The member's bytes; who signed is asked with `by`."""
        _, digests, _, _, _ = self.heads[index]
        member, place = one(payload, 1), one(payload, 2, 0)
        need(sha256(b"\0" + member) == digest == digests[place], "a member that the head doesn't sign for")
        return member

    def by(self, index, key, anew=None):
        """`anew`: signatures in place of those that came with the head."""
        _, _, pae, signatures, _ = self.heads[index]
        return any(signed(key, pae, signature) for signature in (signatures if anew is None else anew))


def check(path, vkey, registrars):
    with open(path, "rb") as file:
        evidence = message(file.read())
    need(one(evidence, 1) in (b"application/vnd.goldeneagle.evidence.v1+protobuf", b"application/vnd.goldeneagle.silence.v1+protobuf"), "another type of file")
    log_key, size, root = open_checkpoint(one(evidence, 5), vkey)
    entries = [message(raw) for raw in evidence[6]]
    leaves = [LEAF.unpack(one(entry, 1)[:LEAF.size]) + (one(entry, 1)[LEAF.size:],) for entry in entries]
    indexes = [leaf[2] for leaf in leaves]
    need(indexes == sorted(set(indexes)) and indexes[-1] < size, "entries that don't rise")
    hashes, proof = [sha256(b"\0" + one(entry, 1)) for entry in entries], list(evidence.get(7, []))
    need(root_from(indexes, hashes, proof, 0, size) == root and not hashes and not proof, "leaves that don't lead to the signed root")

    heads, held, order, receipts, revoked, gone, paused = Heads(), {}, None, [], {}, [], None
    for entry, leaf in zip(entries, leaves):
        kind, index, time, commitment, body = leaf[1], leaf[2], leaf[3], leaf[11], message(leaf[13])
        opened = bool(one(entry, 3))
        need(not opened or hmac.new(one(entry, 3), one(entry, 2), "sha256").digest() == commitment, f"entry {index}: another payload than the log committed to")
        payload = message(one(entry, 2)) if opened and kind in (STATEMENT, BATCH_HEAD, ORDER, RESUMED) + RECEIPTS else {}

        def key_of(subject):
            need(subject in held, f"entry {index}: no statement about {subject}")
            statement = held[subject][0]
            court = "/".join(subject.split("/")[:2])
            need(one(statement, 4, 0) != REVOKED, f"entry {index}: the key of {subject} was revoked")
            need(all(held[subject][2] > at for at, (whose, _) in revoked.items() if whose == court), f"entry {index}: {subject} fell with the key of its court")
            span = [one(message(one(statement, number)), 1, 0) * 1_000_000 for number in (8, 9)]
            need(span[0] <= time < span[1], f"entry {index}: the statement about {subject} isn't valid then")
            return one(statement, 6)

        if kind == LOG_FOUNDED:
            founded = [one(message(key), 3) for key in body[6]]
            need(one(message(one(body, 9)), 3) == log_key and all(key in founded for key in registrars), "entry 0 names other keys than those pinned")
        elif kind == BATCH_HEAD and opened:
            heads.add(index, body, payload)
        elif kind == STATEMENT and opened:
            statement = message(heads.member(one(body, 4, 0), payload, one(body, 3)))
            subject = one(statement, 1).decode()
            need(one(statement, 3) == (held[subject][1] if subject in held else b""), f"entry {index}: a statement before this one is missing")
            if subject.count("/") == 1:
                need(sum(heads.by(one(body, 4, 0), key) for key in registrars) >= 2, f"entry {index}: not signed by two registrars")
            else:
                need(heads.by(one(body, 4, 0), key_of("/".join(subject.split("/")[:2]))), f"entry {index}: not signed with the court's key")
            keys = (held[subject][3] if subject in held else []) + ([one(statement, 6)] if 6 in statement else [])
            held[subject] = (statement, one(body, 3), index, keys)
            if one(statement, 4, 0) == REVOKED:
                gone += keys
                revoked[index] = (subject, one(message(one(statement, 13)), 1, 0) * 1_000_000)
        elif kind == ORDER and opened:
            member = heads.member(one(body, 3, 0), payload, one(body, 2))
            order = message(member)
            need(one(order, 1) == one(evidence, 3) == one(body, 1), f"entry {index}: another order")
            officers = ["court/%s/officer/%s" % (one(order, 2).decode(), one(message(ref), 1).decode()) for ref in order[12]]
            need(any(heads.by(one(body, 3, 0), key_of(officer)) for officer in officers), f"entry {index}: signed by no officer whom it names")
            digest, order_index, order_head = sha256(b"\0" + member), index, one(body, 3, 0)
        elif kind == PAUSED and order and leaf[7] == order_index:
            need(one(body, 1, 0) in revoked and revoked[one(body, 1, 0)][1] == one(body, 3, 0), f"entry {index}: paused because of no revocation in this file")
            paused = index
        elif kind == RESUMED and order and leaf[7] == order_index:
            need(opened and paused and one(body, 1, 0) == paused, f"entry {index}: resumed, and the pause is missing")
            envelope = message(one(payload, 1))
            need(sha256(one(envelope, 1)) == one(body, 2) == heads.heads[order_head][4], f"entry {index}: other bytes were signed anew")
            anew = [one(message(s), 1) for s in envelope.get(3, [])]
            need(not any(heads.by(order_head, key, anew) for key in gone), f"entry {index}: signed anew with a key that was revoked")
            need(heads.by(order_head, key_of(officers[0]), anew), f"entry {index}: not signed anew by the handler whom it names")
            paused = None
        elif kind in RECEIPTS and opened:
            receipt = message(heads.member(one(body, 2, 0), payload, one(body, 1)))
            need(one(receipt, 1) == digest and one(receipt, 2) == one(order, 1), f"entry {index}: a receipt of another order")
            need(heads.by(one(body, 2, 0), key_of("agency/" + one(receipt, 3).decode())), f"entry {index}: not signed with the agency's key")
            receipts.append(index)
    need(order, "no order in this file")
    return one(order, 1).hex(), receipts


if __name__ == "__main__":
    try:
        number, found = check(sys.argv[1], sys.argv[2], [base64.b64decode(key) for key in sys.argv[3:]])
        print(f"verified: order {number}, receipts at {found}")
    except (Refused, KeyError, IndexError, ValueError, struct.error, TypeError) as wrong:
        print(f"refused: {wrong!r}")
        sys.exit(1)
