"""Who may be believed: statements, and orders under their officers' signatures (server/docs/agency-guide.md 3). Pure, but for the openssl program."""
import base64
import hashlib
import subprocess
import tempfile
import time

from goldeneagle.v1 import envelope_pb2, order_pb2, statement_pb2

PAYLOAD_TYPE = "application/vnd.goldeneagle.batch.v1+protobuf"
ED25519, SM2 = "302a300506032b6570032100", "3059301306072a8648ce3d020106082a811ccf5501822d034200"  # heads of a public key in DER


class Refused(Exception):
    """Nothing is done, and the order goes back with this reason."""


def now():
    return int(time.time())


def digest_of(member):
    return hashlib.sha256(b"\x00" + member).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def included(leaf, index, size, path):
    """The root that a leaf's path leads to (RFC 9162, 2.1.3.2); None for a path of another length."""
    at, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        root = node(sibling, root) if at % 2 == 1 or at == last else node(root, sibling)
        while at % 2 == 0 and at == last and at != 0:
            at, last = at >> 1, last >> 1
        at, last = at >> 1, last >> 1
    return root if last == 0 and index < size else None


def openssl(*arguments):
    return subprocess.run(["openssl", "pkeyutl", *arguments], capture_output=True, check=False, timeout=10)


def pae(payload):
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def verifies(statement, message, sig):
    """One signature by the key that a statement gives; the stated key decides the algorithm, never the message."""
    sm2 = statement.algorithm == statement_pb2.KEY_ALGORITHM_SM2
    if len(sig) != 64:
        return False
    if sm2:  # r || s as DER has them
        halves = [b"\x00" * (half[0] >> 7) + half for half in (sig[:32].lstrip(b"\x00") or b"\x00", sig[32:].lstrip(b"\x00") or b"\x00")]
        body = b"".join(b"\x02" + bytes([len(half)]) + half for half in halves)
        sig = b"\x30" + bytes([len(body)]) + body
    pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(bytes.fromhex(SM2 if sm2 else ED25519) + statement.key) + b"\n-----END PUBLIC KEY-----\n"
    with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as text, tempfile.NamedTemporaryFile() as signature:
        for file, content in ((key, pem), (text, message), (signature, sig)):
            file.write(content)
            file.flush()
        kind = ["-digest", "sm3", "-pkeyopt", "distid:1234567812345678"] if sm2 else []
        return openssl("-verify", "-pubin", "-inkey", key.name, "-rawin", "-in", text.name, "-sigfile", signature.name, *kind).returncode == 0


def own_signature(config, agency, sequence, member):
    """A batch of one receipt, signed with the agency's own key."""
    head = envelope_pb2.Head(member_type=envelope_pb2.MEMBER_TYPE_RECEIPT, environment=envelope_pb2.Environment.Value("ENVIRONMENT_" + config["trust"]["environment"].upper()),
                             signer=agency, sequence=sequence, count=1, root=digest_of(member))
    head.signed_at.GetCurrentTime()
    batch = envelope_pb2.SignedBatch(members=[member])
    batch.head.payload, batch.head.payload_type = head.SerializeToString(), PAYLOAD_TYPE
    with tempfile.NamedTemporaryFile() as text:
        text.write(pae(batch.head.payload))
        text.flush()
        batch.head.signatures.add(sig=openssl("-sign", "-inkey", config["system"]["receipt_key"], "-rawin", "-in", text.name).stdout)
    return batch


def parse_strict(kind, data):
    message, copy = kind.FromString(data), kind.FromString(data)
    copy.DiscardUnknownFields()
    if copy.ByteSize() != message.ByteSize():
        raise Refused("FIELD_UNKNOWN")
    return message


def head_over(member, index, path, envelope, member_type, environment):
    """The head, once the member is proved to lie under it."""
    head = envelope_pb2.Head.FromString(envelope.payload)
    if envelope.payload_type != PAYLOAD_TYPE or head.member_type != member_type or head.environment != environment:
        raise Refused("ENVIRONMENT_MISMATCH")
    if included(digest_of(member), index, head.count, path) != head.root:
        raise Refused("MEMBER_NOT_IN_ROOT")
    return head


class Directory:
    """The newest statement about every subject, and every key that was revoked."""

    def __init__(self, registrars, threshold, environment):
        self.registrars = [statement_pb2.Statement(algorithm=statement_pb2.KEY_ALGORITHM_ED25519, key=base64.b64decode(key)) for key in registrars]
        self.threshold, self.environment = threshold, environment
        self.newest, self.digests, self.stated, self.revoked = {}, {}, {}, set()

    def holds(self, subject, kind):
        statement = self.newest.get(subject)
        good = statement is not None and statement.kind == kind and statement.valid_from.seconds <= now() < statement.valid_until.seconds
        return statement if good else None

    def take(self, signed):
        """One statement as it came; what isn't signed by those who may say it is dropped."""
        try:
            head_over(signed.member, signed.index, signed.path, signed.head, envelope_pb2.MEMBER_TYPE_STATEMENT, self.environment)
            statement = parse_strict(statement_pb2.Statement, signed.member)
        except Refused:
            return
        owner = "/".join(statement.subject.split("/")[:2])
        court = self.holds(owner, statement_pb2.STATEMENT_KIND_KEY)
        speakers = self.registrars if owner == statement.subject else [court] if court else []
        hands = {speaker.key for speaker in speakers for one in signed.head.signatures if verifies(speaker, pae(signed.head.payload), one.sig)}
        known = self.newest.get(statement.subject)
        if len(hands) < (self.threshold if owner == statement.subject else 1) or statement.environment != self.environment:
            return
        if statement.sequence <= (known.sequence if known else 0) or statement.previous_digest != self.digests.get(statement.subject, b""):
            return
        self.newest[statement.subject], self.digests[statement.subject] = statement, digest_of(signed.member)
        if statement.key:
            self.stated.setdefault(statement.subject, set()).add(statement.key)
        if statement.kind == statement_pb2.STATEMENT_KIND_REVOKED:
            self.revoked |= self.stated.get(statement.subject, set())
            if owner == statement.subject:  # what a stolen key may have stated holds no more
                self.newest = {subject: one for subject, one in self.newest.items() if not subject.startswith(owner + "/")}


def verify_order(task, envelope, directory, agency, arrived_at):
    """The order of a task, or Refused. Pre: the directory is complete."""
    head = head_over(task.member, task.index, task.path, envelope, envelope_pb2.MEMBER_TYPE_ORDER, directory.environment)
    prefix = "court/%s" % head.signer
    if directory.holds(prefix, statement_pb2.STATEMENT_KIND_KEY) is None:
        raise Refused("SIGNATURE_INVALID")
    signed, revoked = {}, False
    for subject in [one for one in directory.newest if one.startswith(prefix + "/officer/")]:
        officer = directory.holds(subject, statement_pb2.STATEMENT_KIND_OFFICER)
        if officer and any(verifies(officer, pae(envelope.payload), one.sig) for one in envelope.signatures):
            revoked |= officer.key in directory.revoked
            if officer.key not in directory.revoked and officer.key not in {other.key for other in signed.values()}:
                signed[subject.rsplit("/", 1)[1]] = officer
    order = parse_strict(order_pb2.Order, task.member)
    control = order.action != order_pb2.ACTION_INQUIRE
    handlers, cosigners = ({code for code, officer in signed.items() if role in officer.roles} for role in (statement_pb2.OFFICER_ROLE_HANDLER, statement_pb2.OFFICER_ROLE_COSIGNER))
    if not (any(one != other for one in handlers for other in cosigners) if control else handlers):  # each officer fills one role
        raise Refused("KEY_REVOKED" if revoked else "SIGNATURES_MISSING")
    if order.court != head.signer or agency not in order.agencies or (control and len(order.agencies) != 1):
        raise Refused("NOT_ADDRESSED")
    for reference in order.officers:
        officer = directory.holds(prefix + "/officer/" + reference.officer, statement_pb2.STATEMENT_KIND_OFFICER)
        if officer is None or (officer.officer.work_id_no, officer.officer.duty_card_no) != (reference.work_id_no, reference.duty_card_no):
            raise Refused("OFFICER_NOT_VALID")
    leaders = {word.leader for name, word in (("confirmed", order.confirmed), ("over_cap_exception", order.over_cap_exception)) if order.HasField(name)}
    if not order.officers or order.officers[0].officer not in signed or not leaders <= {code for code, officer in signed.items() if statement_pb2.OFFICER_ROLE_LEADER in officer.roles}:
        raise Refused("SIGNATURES_MISSING")
    act = {order_pb2.ACTION_INQUIRE: "inquire", order_pb2.ACTION_FREEZE: "freeze", order_pb2.ACTION_RELEASE: "release", order_pb2.ACTION_DEDUCT: "deduct"}.get(order.action)
    if order.WhichOneof("act") != act or len(order.order_id) != 16 or order.order_id[6] >> 4 != 7:
        raise Refused("FIELD_INVALID")
    if arrived_at > order.not_after.seconds:
        raise Refused("ORDER_EXPIRED")
    if act == "deduct":
        stated = [s for subject, s in directory.newest.items() if directory.digests[subject] == order.deduct.account_statement and directory.holds(subject, statement_pb2.STATEMENT_KIND_ACCOUNT)
                  and subject.startswith(prefix + "/account/") and s.account == statement_pb2.AccountDetails(account_name=order.deduct.account.account_name,
                                                                                                            bank=order.deduct.account.bank, account_number=order.deduct.account.account_number)]
        if not stated:
            raise Refused("ACCOUNT_NOT_COURTS")
    return order
