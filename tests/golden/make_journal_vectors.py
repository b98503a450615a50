#!/usr/bin/env python3
"""Makes journal_vectors.json: leaf, sealed payload and packed commit, written independently of the C++ code.

    python3 make_journal_vectors.py > journal_vectors.json        (needs python3-cryptography)

The formats are described in server/journal/leaf.h, payload.h and packed.h.
"""
import hashlib
import hmac
import json
import struct

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def leaf_bytes(v):
    body = bytes.fromhex(v["body"])
    return struct.pack(">BHQqBIIQQHQ32sH", 1, v["type"], v["index"], v["time_us"], v["actor_kind"], v["actor_ordinal"],
                       v["agency"], v["order"], v["case"], v["outcome"], v["previous"],
                       bytes.fromhex(v["commitment"]), len(body)) + body


def leaf(name, **fields):
    v = {"name": name, "type": 0, "index": 0, "time_us": 0, "actor_kind": 0, "actor_ordinal": 0, "agency": 0, "order": 0,
         "case": 0, "outcome": 0, "previous": 0, "commitment": "00" * 32, "body": ""}
    v.update(fields)
    raw = leaf_bytes(v)
    for wide in ("index", "time_us", "order", "case", "previous"):
        v[wide] = str(v[wide])
    v["leaf"] = raw.hex()
    v["leaf_hash"] = hashlib.sha256(b"\0" + raw).hexdigest()
    return v


def sealed(name, key, key_id, nonce, salt, payload, index, entry_type, case):
    aad = b"ge/payload/v1\0" + struct.pack(">QHQ", index, entry_type, case)
    return {"name": name, "key": key.hex(), "key_id": key_id.hex(), "nonce": nonce.hex(), "salt": salt.hex(),
            "payload": payload.hex(), "index": str(index), "type": entry_type, "case": str(case), "aad": aad.hex(),
            "commitment": hmac.new(salt, payload, hashlib.sha256).hexdigest(),
            "sealed": (key_id + nonce + AESGCM(key).encrypt(nonce, salt + payload, aad)).hex()}


def span(first, count):
    return bytes(range(first, first + count))


payloads = [
    sealed("order", span(0x00, 32), span(0x20, 16), span(0x30, 12), span(0x80, 32),
           "张三|110101199001011234".encode(), 299, 0x0102, 42),
    sealed("empty payload, log key", span(0xA0, 32), span(0xC0, 16), span(0xD0, 12), span(0xE0, 32), b"", 1, 1, 0),
]
leaves = [
    leaf("founding entry, all zeros"),
    leaf("every field", type=0x0102, index=299, time_us=1700000000123456, actor_kind=2, actor_ordinal=0x01020304,
         agency=0x05060708, order=299, case=42, outcome=0x0A0B, previous=0x1112131415161718,
         commitment=payloads[0]["commitment"], body=b"public part".hex()),
    leaf("before 1970, greatest numbers", type=0xFFFF, index=2**64 - 1, time_us=-1, actor_kind=0xFF,
         actor_ordinal=2**32 - 1, agency=2**32 - 1, order=2**64 - 1, case=2**64 - 1, outcome=0xFFFF, previous=2**64 - 1,
         commitment="ff" * 32),
]
packed_leaves = [bytes.fromhex(leaves[0]["leaf"]), bytes.fromhex(leaves[1]["leaf"])]
packed_sealed = [b"", bytes.fromhex(payloads[0]["sealed"])]
packed = b"".join(struct.pack(">H", len(l)) + l + struct.pack(">I", len(s)) + s
                  for l, s in zip(packed_leaves, packed_sealed))

print(json.dumps({
    "about": "Golden vectors of the journal's own formats; hexadecimal; 64-bit integers are strings. Made by make_journal_vectors.py.",
    "leaves": leaves,
    "payloads": payloads,
    "packed": [{"name": "founding entry without payload, then every field with the order's payload", "packed": packed.hex(),
                "root": hashlib.sha256(b"\1" + b"".join(bytes.fromhex(v["leaf_hash"]) for v in leaves[:2])).hexdigest()}],
}, indent=2, ensure_ascii=True))
