"""How anything is signed: digests, Merkle paths, DSSE, Ed25519 and SM2 (server/docs/formats.md 2).

Digests have 32 bytes, signatures 64. Every signature is made and verified by the openssl program, which knows SM2, too: some milliseconds each.
"""
import base64
import hashlib
import subprocess
import tempfile

from google.protobuf.message import DecodeError
from goldeneagle.v1 import envelope_pb2, statement_pb2

PAYLOAD_TYPE = "application/vnd.goldeneagle.batch.v1+protobuf"
ED25519, SM2 = "302a300506032b6570032100", "3059301306072a8648ce3d020106082a811ccf5501822d034200"  # heads of a public key in DER
SM3 = ("-digest", "sm3", "-pkeyopt", "distid:1234567812345678")
MEMBERS_MOST = 256  # of one head


class Refused(Exception):
    """Nothing is done, and the order goes back with this reason (server/docs/reasons.md, or AgencyReason in receipt.proto)."""

    def __init__(self, reason, remark=""):
        super().__init__(reason)
        self.reason, self.remark = reason, remark


class KeyUnusable(Exception):
    """An own key doesn't sign: the program ends rather than act and not be able to say so."""


def insist(holds, reason, remark=""):
    if not holds:
        raise Refused(reason, remark)


# --- digests and paths

def digest_of(member):
    """Of a member or of a leaf of the log: its name everywhere."""
    return hashlib.sha256(b"\x00" + member).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def included(leaf, index, size, path):
    """The root that a leaf's path leads to (RFC 9162, 2.1.3.2); None for a path of another length or an index outside."""
    at, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        root = node(sibling, root) if at % 2 == 1 or at == last else node(root, sibling)
        while at % 2 == 0 and at == last and at != 0:
            at, last = at >> 1, last >> 1
        at, last = at >> 1, last >> 1
    return root if last == 0 and index < size else None


# --- signatures

def openssl(*arguments):
    return subprocess.run(["openssl", "pkeyutl", *arguments], capture_output=True, check=False, timeout=10)


def pae(payload):
    """What is signed of a head: DSSE's pre-authentication encoding."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def verifies(statement, message, sig):
    """One signature by the key that a statement gives; the stated key decides the algorithm, never the message."""
    sm2 = statement.algorithm == statement_pb2.KEY_ALGORITHM_SM2
    if len(sig) != 64:
        return False
    if sm2:  # r || s as DER has them
        halves = [half.lstrip(b"\x00") or b"\x00" for half in (sig[:32], sig[32:])]
        halves = [b"\x00" * (half[0] >> 7) + half for half in halves]
        body = b"".join(b"\x02" + bytes([len(half)]) + half for half in halves)
        sig = b"\x30" + bytes([len(body)]) + body
    der = bytes.fromhex(SM2 if sm2 else ED25519) + statement.key
    pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(der) + b"\n-----END PUBLIC KEY-----\n"
    with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as text, tempfile.NamedTemporaryFile() as signature:
        for file, content in ((key, pem), (text, message), (signature, sig)):
            file.write(content)
            file.flush()
        how = ("-verify", "-pubin", "-inkey", key.name, "-rawin", "-in", text.name, "-sigfile", signature.name)
        return openssl(*how, *(SM3 if sm2 else ())).returncode == 0


def is_sm2(pem_file):
    """Whether the private key in a PKCS#8 file is one for SM2."""
    shown = subprocess.run(["openssl", "pkey", "-in", pem_file, "-pubout", "-outform", "DER"], capture_output=True, check=False, timeout=10)
    return shown.stdout.hex().startswith(SM2)


def sign(pem_file, message):
    """64 bytes by the key in a PKCS#8 file, Ed25519 or SM2."""
    sm2 = is_sm2(pem_file)
    with tempfile.NamedTemporaryFile() as text:
        text.write(message)
        text.flush()
        made = openssl("-sign", "-inkey", pem_file, "-rawin", "-in", text.name, *(SM3 if sm2 else ()))
    if made.returncode != 0:
        raise KeyUnusable("KEY_UNUSABLE: %s doesn't sign: %s" % (pem_file, made.stderr.decode(errors="replace").strip()))
    if not sm2:
        return made.stdout
    r_end = 4 + made.stdout[3]  # SM2 comes as DER and goes as r || s
    return b"".join(half[-32:].rjust(32, b"\x00") for half in (made.stdout[4:r_end], made.stdout[r_end + 2:]))


def batch_of_one(member_type, environment, signer, sequence, member, pem_files):
    """A batch of one member under one signature a key: as good as a batch of many. `sequence`: of the signer's own counting, never used twice."""
    head = envelope_pb2.Head(member_type=member_type, environment=environment, signer=signer, sequence=sequence, count=1, root=digest_of(member))
    head.signed_at.GetCurrentTime()
    batch = envelope_pb2.SignedBatch(members=[member])
    batch.head.payload, batch.head.payload_type = head.SerializeToString(), PAYLOAD_TYPE
    for pem_file in pem_files:
        batch.head.signatures.add(sig=sign(pem_file, pae(batch.head.payload)))
    return batch


# --- reading what others signed

def parse(kind, data):
    try:
        return kind.FromString(data)
    except DecodeError:
        raise Refused("ENVELOPE_MALFORMED") from None


def parse_strict(kind, data):
    """Refuses what this program doesn't know: it could change the meaning of what it does."""
    message, copy = parse(kind, data), parse(kind, data)
    copy.DiscardUnknownFields()
    insist(copy.ByteSize() == message.ByteSize(), "UNKNOWN_FIELDS")
    return message


def head_over(member, index, path, envelope, member_type, environment):
    """The head, once the member is proved to lie under it. Says nothing about who signed it."""
    insist(envelope.payload_type == PAYLOAD_TYPE, "ENVELOPE_MALFORMED")
    head = parse_strict(envelope_pb2.Head, envelope.payload)
    insist(1 <= head.count <= MEMBERS_MOST, "ENVELOPE_MALFORMED")
    insist(included(digest_of(member), index, head.count, path) == head.root, "MEMBER_NOT_IN_ROOT")
    insist(head.member_type == member_type, "MEMBER_TYPE_UNKNOWN")
    insist(head.environment == environment, "ENVIRONMENT_MISMATCH")
    return head
