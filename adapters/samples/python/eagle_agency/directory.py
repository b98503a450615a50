"""Who may be believed: statements under the pinned registrars' keys, and every key that was revoked (server/docs/agency-guide.md 3). Pure."""
import base64
import hashlib

from goldeneagle.v1 import envelope_pb2, statement_pb2

from .signed import Refused, digest_of, head_over, pae, parse_strict, verifies


def next_digest(before, member):
    """d(n) of the directory stream (DirectoryHead in entry.proto): what says which statements somebody has received."""
    return hashlib.sha256(before + digest_of(member)).digest()


class Directory:
    """The newest statement about every subject. Nothing in it comes from the gateway's word.

    Statements are taken in the order in which they came, also after a start.
    """

    def __init__(self, registrars, threshold, environment):
        """`registrars`: raw Ed25519 keys in base64, of which `threshold` must have signed a statement about an organisation."""
        self.registrars = [statement_pb2.Statement(algorithm=statement_pb2.KEY_ALGORITHM_ED25519, key=base64.b64decode(key)) for key in registrars]
        self.threshold, self.environment = threshold, environment
        self.newest, self.digests, self.stated, self.revoked = {}, {}, {}, set()  # stated: subject -> key -> the statement that had it

    def holds(self, subject, kind, at):
        """The statement of this kind that is in force at a time, in seconds since 1970; else None."""
        statement = self.newest.get(subject)
        if statement is None or statement.kind != kind:
            return None
        return statement if statement.valid_from.seconds <= at < statement.valid_until.seconds else None

    def officers(self, court, at):
        """Code -> statement, of those who may sign at that time; nobody while the court's own key doesn't hold."""
        prefix = "court/%s/officer/" % court
        stands = self.holds("court/" + court, statement_pb2.STATEMENT_KIND_KEY, at)
        names = [one for one in self.newest if one.startswith(prefix)] if stands else []
        return {one[len(prefix):]: self.newest[one] for one in names if self.holds(one, statement_pb2.STATEMENT_KIND_OFFICER, at)}

    def revoked_of(self, court):
        """Of the court and its people: statements whose key was revoked since."""
        prefix = "court/%s/" % court
        return [one for subject, keys in self.stated.items() if subject.startswith(prefix) for key, one in keys.items() if key in self.revoked]

    def account(self, court, digest, at):
        """The court's enforcement account whose statement has this digest and is in force; else None."""
        prefix = "court/%s/account/" % court
        subjects = [subject for subject, held in self.digests.items() if held == digest and subject.startswith(prefix)]
        stated = [self.holds(subject, statement_pb2.STATEMENT_KIND_ACCOUNT, at) for subject in subjects]
        return next((one.account for one in stated if one), None)

    def take(self, signed):
        """One statement as it came; whether it is believed. What isn't signed by those who may say it is dropped."""
        try:
            head = head_over(signed.member, signed.index, signed.path, signed.head, envelope_pb2.MEMBER_TYPE_STATEMENT, self.environment)
            statement = parse_strict(statement_pb2.Statement, signed.member)
        except Refused:
            return False
        subject, owner = statement.subject, "/".join(statement.subject.split("/")[:2])
        speakers = self.speakers(owner, subject, head)
        text = pae(signed.head.payload)
        hands = {speaker.key for speaker in speakers for one in signed.head.signatures if verifies(speaker, text, one.sig)}
        if len(hands) < (self.threshold if owner == subject else 1):
            return False
        if statement.environment != self.environment or statement.key in self.revoked:
            return False
        if statement.sequence <= (self.newest[subject].sequence if subject in self.newest else 0):
            return False
        if statement.previous_digest != self.digests.get(subject, b""):
            return False
        self.newest[subject], self.digests[subject] = statement, digest_of(signed.member)
        if statement.key:
            self.stated.setdefault(subject, {})[statement.key] = statement
        if statement.kind == statement_pb2.STATEMENT_KIND_REVOKED:
            self.revoked |= set(self.stated.get(subject, {}))
            if owner == subject:  # what a stolen key may have stated holds no more
                self.newest = {one: held for one, held in self.newest.items() if not one.startswith(owner + "/")}
        return True

    def speakers(self, owner, subject, head):
        """Whose signatures count: the registrars' about an organisation, the court's own key about its officers and accounts."""
        if owner == subject:
            return self.registrars if head.signer == "registrar" else []
        court = self.holds(owner, statement_pb2.STATEMENT_KIND_KEY, head.signed_at.seconds)
        return [court] if court and owner == "court/" + head.signer else []
