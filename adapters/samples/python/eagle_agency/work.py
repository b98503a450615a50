"""One verified order and the answer to it: what your five functions get."""
import subprocess
from typing import NamedTuple

from google.protobuf.json_format import MessageToJson
from goldeneagle.v1 import order_pb2, receipt_pb2

from .orders import numbers_of
from .signed import Refused
from .terms import now

# Which outcomes may answer what (server/docs/agency-guide.md 5). An answer of another kind is never signed.
OUTCOMES = {
    "inquire": {"FOUND", "NIL", "AMBIGUOUS", "ERROR"},
    "freeze": {"CONTROLLED", "PARTLY_CONTROLLED", "WAITLISTED", "NOT_CONTROLLED", "EXEMPT_HELD", "AMBIGUOUS", "ERROR"},
    "renew": {"RENEWED", "NOT_RENEWED", "ERROR"},
    "release": {"RELEASED", "NOT_CONTROLLED", "ERROR"},
    "deduct": {"DEDUCTED", "NOT_DEDUCTED", "EXEMPT_HELD", "ERROR"},
}
SEAL_SECONDS = 20
WITH_REASON = {"NOT_CONTROLLED", "NOT_RENEWED", "NOT_DEDUCTED", "EXEMPT_HELD", "AMBIGUOUS", "ERROR"}
WITH_MEASURE = {"CONTROLLED", "PARTLY_CONTROLLED", "WAITLISTED", "RENEWED", "RELEASED"}


class Paper(NamedTuple):
    """A paper of the order, as a file whose SHA-256 is the one that the court signed."""
    category: str
    title: str
    path: str


class Work:
    """The order: `order`, `act` (its Inquire, Freeze, ...), `subject`, `arrival` (running number, gives rank), `papers`.

    The answer: item() for each thing found or done, effect() when something changed, attach() for files. To send the order back raise Refused.
    """

    def __init__(self, inbox, folder, arrival, order, papers):
        self.inbox, self.folder, self.arrival, self.order, self.papers = inbox, folder, arrival, order, papers
        self.name, self.subject = order.WhichOneof("act"), order.subject
        self.act = getattr(order, self.name)
        self.receipt = inbox.receipt(arrival, receipt_pb2.RECEIPT_KIND_FINAL)

    def numbers(self):
        """Under which numbers the person may be on the books, as the SQL function folded() gives them: one or two."""
        return numbers_of(self.subject)

    def freeze(self):
        """Arrival of the freeze whose measure this order renews, releases or takes from."""
        return self.inbox.freeze_of(self.order, self.act.freeze_order_id)

    def searched(self, scope):
        """Which systems were searched."""
        self.receipt.searched_scope = scope

    def item(self, outcome, reason="", remark=""):
        """A receipt_pb2.ItemResult, to be filled further. `outcome` without its prefix: "FOUND"."""
        return self.receipt.items.add(outcome=receipt_pb2.Outcome.Value("OUTCOME_" + outcome), reason=reason, remark=remark)

    def effect(self):
        """Something changed, now."""
        self.receipt.effect_at.seconds = now()

    def attach(self, content, media_type, title="", category="SEALED_RECEIPT"):
        """A file that goes with the receipt: kept, named by its digest, sent before the receipt is."""
        digest = self.folder.put(content, media_type)
        self.receipt.documents.add(category=category, title=title, digest=digest, size_bytes=len(content), media_type=media_type)

    # --- before it is signed

    def seal(self, program):
        """The sealed receipt 协助执行回执 of something that changed: `program` gets our answer as JSON and gives the sealed PDF. What was done is done
        without it."""
        try:
            made = subprocess.run([program], input=MessageToJson(self.receipt).encode(), capture_output=True, check=True, timeout=SEAL_SECONDS,
                                  cwd=self.inbox.settings.folder)
            self.attach(made.stdout, "application/pdf", "协助执行回执")
        except (OSError, subprocess.SubprocessError) as why:
            print("ALARM: no sealed receipt:", why, flush=True)

    def wrong(self):
        """Why this answer can't be signed; empty when it can."""
        if not self.receipt.items:
            return "an answer has an item"
        outcomes = [receipt_pb2.Outcome.Name(item.outcome)[8:] for item in self.receipt.items]
        for item, outcome in zip(self.receipt.items, outcomes):
            if outcome not in OUTCOMES[self.name]:
                return "%s doesn't answer %s" % (outcome, self.name)
            if outcome in WITH_REASON and not item.reason:
                return outcome + " needs a reason"
            if outcome in WITH_MEASURE and not item.measure.unit_reference:
                return outcome + " says how the measure stands"
            if (outcome == "FOUND") != item.HasField("finding"):
                return "a finding goes with FOUND"
            if outcome == "DEDUCTED" and not (item.deduction.amount_minor_units and item.deduction.booking_reference):
                return "DEDUCTED has an amount and a booking"
        if "NIL" in outcomes and len(outcomes) > 1:
            return "NIL stands alone"
        if self.name == "inquire" and outcomes != ["ERROR"] and not self.receipt.searched_scope:
            return "say what was searched"
        return ""

    def send_back(self, why):
        contact = self.inbox.settings.values["contact"]
        return_order(self.receipt, why, contact)


def return_order(receipt, why, contact):
    """Makes it the receipt that sends an order back undone 回退."""
    receipt.kind = receipt_pb2.RECEIPT_KIND_RETURNED
    for field in ("items", "documents", "effect_at", "searched_scope"):
        receipt.ClearField(field)
    receipt.returned.reason, receipt.returned.remark = why.reason, why.remark
    receipt.returned.contact_name, receipt.returned.contact_phone = contact["name"], contact["phone"]


def supported(office, order):
    """Raises unless the office does what the order asks: actions that it declares, on targets that it names."""
    declared = {order_pb2.Action.Value("ACTION_" + row["action"]) for row in office.capabilities}
    if order.action not in declared or order.WhichOneof("act") not in OUTCOMES:
        raise Refused("ACTION_NOT_SUPPORTED")
    if order.action == order_pb2.ACTION_FREEZE:
        if order.freeze.WhichOneof("target") not in office.targets or order.freeze.blocked_acts:
            raise Refused("TARGET_NOT_SUPPORTED")
