"""Who may be believed: statements, and orders under their officers' signatures (server/docs/agency-guide.md 3). Pure, but for the openssl program."""
import base64
import hashlib
import itertools
import subprocess
import tempfile
import time

from google.protobuf.message import DecodeError
from goldeneagle.v1 import envelope_pb2, order_pb2, statement_pb2

PAYLOAD_TYPE = "application/vnd.goldeneagle.batch.v1+protobuf"
ED25519, SM2 = "302a300506032b6570032100", "3059301306072a8648ce3d020106082a811ccf5501822d034200"  # heads of a public key in DER


MOST = 10**15  # minor units of any amount


class Refused(Exception):
    """Nothing is done, and the order goes back with this reason (server/docs/reasons.md)."""


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
    """A batch of one receipt, signed with the agency's own key; an exception when openssl can't."""
    head = envelope_pb2.Head(member_type=envelope_pb2.MEMBER_TYPE_RECEIPT, environment=envelope_pb2.Environment.Value("ENVIRONMENT_" + config["trust"]["environment"].upper()),
                             signer=agency, sequence=sequence, count=1, root=digest_of(member))
    head.signed_at.GetCurrentTime()
    batch = envelope_pb2.SignedBatch(members=[member])
    batch.head.payload, batch.head.payload_type = head.SerializeToString(), PAYLOAD_TYPE
    with tempfile.NamedTemporaryFile() as text:
        text.write(pae(batch.head.payload))
        text.flush()
        made = openssl("-sign", "-inkey", config["system"]["receipt_key"], "-rawin", "-in", text.name)
    if made.returncode != 0 or len(made.stdout) != 64:
        raise RuntimeError("the receipt key doesn't sign: %s" % made.stderr.decode(errors="replace"))
    batch.head.signatures.add(sig=made.stdout)
    return batch


def parse(kind, data):
    try:
        return kind.FromString(data)
    except DecodeError:
        raise Refused("ENVELOPE_MALFORMED") from None


def parse_strict(kind, data):
    message, copy = parse(kind, data), parse(kind, data)
    copy.DiscardUnknownFields()
    if copy.ByteSize() != message.ByteSize():
        raise Refused("UNKNOWN_FIELDS")
    return message


def insist(holds, reason):
    if not holds:
        raise Refused(reason)


def head_over(member, index, path, envelope, member_type, environment):
    """The head, once the member is proved to lie under it."""
    insist(envelope.payload_type == PAYLOAD_TYPE, "ENVELOPE_MALFORMED")
    head = parse_strict(envelope_pb2.Head, envelope.payload)
    insist(1 <= head.count <= 256, "ENVELOPE_MALFORMED")
    insist(included(digest_of(member), index, head.count, path) == head.root, "MEMBER_NOT_IN_ROOT")
    insist(head.member_type == member_type, "MEMBER_TYPE_UNKNOWN")
    insist(head.environment == environment, "ENVIRONMENT_MISMATCH")
    return head


class Directory:
    """The newest statement about every subject, and every key that was revoked. Statements are taken in the order in which they came, also after a start."""

    def __init__(self, registrars, threshold, environment):
        self.registrars = [statement_pb2.Statement(algorithm=statement_pb2.KEY_ALGORITHM_ED25519, key=base64.b64decode(key)) for key in registrars]
        self.threshold, self.environment = threshold, environment
        self.newest, self.digests, self.stated, self.revoked = {}, {}, {}, set()  # stated: subject -> key -> the statement that had it

    def holds(self, subject, kind, at):
        statement = self.newest.get(subject)
        return statement if statement is not None and statement.kind == kind and statement.valid_from.seconds <= at < statement.valid_until.seconds else None

    def officers(self, court, at):
        """Code -> statement, of those who may sign at that time; nobody while the court's own key doesn't hold."""
        prefix = "court/%s/officer/" % court
        names = [one for one in self.newest if one.startswith(prefix)] if self.holds("court/" + court, statement_pb2.STATEMENT_KIND_KEY, at) else []
        return {one[len(prefix):]: self.newest[one] for one in names if self.holds(one, statement_pb2.STATEMENT_KIND_OFFICER, at)}

    def take(self, signed):
        """One statement as it came; what isn't signed by those who may say it is dropped."""
        try:
            head = head_over(signed.member, signed.index, signed.path, signed.head, envelope_pb2.MEMBER_TYPE_STATEMENT, self.environment)
            statement = parse_strict(statement_pb2.Statement, signed.member)
        except Refused:
            return
        subject, owner = statement.subject, "/".join(statement.subject.split("/")[:2])
        court = self.holds(owner, statement_pb2.STATEMENT_KIND_KEY, head.signed_at.seconds)
        speakers = self.registrars if owner == subject and head.signer == "registrar" else [court] if owner == "court/" + head.signer != subject and court else []
        hands = {speaker.key for speaker in speakers for one in signed.head.signatures if verifies(speaker, pae(signed.head.payload), one.sig)}
        if len(hands) < (self.threshold if owner == subject else 1) or statement.environment != self.environment or statement.key in self.revoked:
            return
        if statement.sequence <= (self.newest[subject].sequence if subject in self.newest else 0) or statement.previous_digest != self.digests.get(subject, b""):
            return
        self.newest[subject], self.digests[subject] = statement, digest_of(signed.member)
        if statement.key:
            self.stated.setdefault(subject, {})[statement.key] = statement
        if statement.kind == statement_pb2.STATEMENT_KIND_REVOKED:
            self.revoked |= set(self.stated.get(subject, {}))
            if owner == subject:  # what a stolen key may have stated holds no more
                self.newest = {one: held for one, held in self.newest.items() if not one.startswith(owner + "/")}


def verify_order(task, envelope, directory, agency, arrived_at):
    """The order of a task, or Refused. Pre: the directory is complete."""
    head = head_over(task.member, task.index, task.path, envelope, envelope_pb2.MEMBER_TYPE_ORDER, directory.environment)
    text, officers, prefix = pae(envelope.payload), directory.officers(head.signer, arrived_at), "court/%s/" % head.signer
    has_signed = lambda stated: any(verifies(stated, text, one.sig) for one in envelope.signatures)
    stolen = any(has_signed(one) for subject, keys in directory.stated.items() if subject.startswith(prefix) for key, one in keys.items() if key in directory.revoked)
    insist(officers or stolen, "SIGNER_UNKNOWN")
    signed = {one.key: code for code, one in officers.items() if one.key not in directory.revoked and has_signed(one)}  # a key counts once
    insist(signed or stolen, "SIGNATURE_INVALID")
    insist(signed, "KEY_REVOKED")
    order = parse_strict(order_pb2.Order, task.member)
    insist(order.court == head.signer, "SIGNATURE_INVALID")
    insist(agency in order.agencies, "AUDIENCE_MISMATCH")
    try:
        check_officers(order, officers, set(signed.values()))
    except Refused:
        insist(not stolen, "KEY_REVOKED")
        raise
    check_content(order)
    insist(arrived_at <= order.not_after.seconds, "ORDER_EXPIRED")
    if order.action == order_pb2.ACTION_DEDUCT:
        to = statement_pb2.AccountDetails(account_name=order.deduct.account.account_name, bank=order.deduct.account.bank, account_number=order.deduct.account.account_number)
        accounts = [subject for subject, digest in directory.digests.items() if digest == order.deduct.account_statement and subject.startswith(prefix + "account/")]
        stated = [directory.holds(subject, statement_pb2.STATEMENT_KIND_ACCOUNT, arrived_at) for subject in accounts]
        insist(any(one and one.account == to for one in stated), "ACCOUNT_NOT_COURTS")
    return order


def check_officers(order, officers, signed):
    """Those whom the order names are on the register with the same credentials, the first has signed, and each role is another officer's."""
    insist(order.officers, "OFFICER_NOT_VALID")
    for named in order.officers:
        details = officers[named.officer].officer if named.officer in officers else None
        insist(details and (details.work_id_no, details.duty_card_no) == (named.work_id_no, named.duty_card_no), "OFFICER_NOT_VALID")
    insist(order.officers[0].officer in signed, "SIGNATURES_MISSING")
    roles = [statement_pb2.OFFICER_ROLE_HANDLER]
    if order.action != order_pb2.ACTION_INQUIRE:
        roles.append(statement_pb2.OFFICER_ROLE_COSIGNER)
    if order.HasField("confirmed"):
        roles.append(statement_pb2.OFFICER_ROLE_LEADER)
    insist(any(all(role in officers[code].roles for role, code in zip(roles, hands)) for hands in itertools.permutations(signed, len(roles))), "SIGNATURES_MISSING")
    leads = lambda code: code in signed and statement_pb2.OFFICER_ROLE_LEADER in officers[code].roles
    insist(not order.HasField("confirmed") or leads(order.confirmed.leader), "CONFIRMATION_NOT_SIGNED")
    insist(not order.HasField("over_cap_exception") or leads(order.over_cap_exception.leader), "EXCEPTION_NOT_SIGNED")


def is_term(term):
    return bool(term.months) != bool(term.years) and term.months <= 1200 and term.years <= 100


def check_content(order):
    """What can be carried out as it is written."""
    act = order.WhichOneof("act")
    uuid7 = len(order.order_id) == 16 and order.order_id[6] >> 4 == 7 and order.order_id[8] >> 6 == 2
    insist(act is not None and order.action == order_pb2.Action.Value("ACTION_" + act.upper()) and uuid7, "FIELD_INVALID")
    insist(act == "inquire" or len(order.agencies) == 1, "FIELD_INVALID")
    insist(order.case_number and order.subject.name and order.subject.id_kind and order.subject.id_number and order.HasField("not_after"), "FIELD_MISSING")
    if act == "freeze":
        freeze = order.freeze
        insist(freeze.WhichOneof("target") and freeze.inflow != order_pb2.INFLOW_UNSPECIFIED, "FIELD_MISSING")
        insist(0 < freeze.limit_minor_units <= MOST, "AMOUNT_INVALID")
        insist(is_term(freeze.term), "FIELD_INVALID")
    elif act == "renew":
        insist(len(order.renew.freeze_order_id) == 16 and is_term(order.renew.term), "FIELD_INVALID")
    elif act == "release":
        insist(len(order.release.freeze_order_id) == 16, "FIELD_INVALID")
        insist(0 <= order.release.amount_minor_units <= MOST, "AMOUNT_INVALID")
    elif act == "deduct":
        insist(len(order.deduct.freeze_order_id) == 16, "FIELD_INVALID")
        insist(0 < order.deduct.amount_minor_units <= MOST, "AMOUNT_INVALID")
