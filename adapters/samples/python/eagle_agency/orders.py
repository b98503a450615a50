"""Which order may be carried out: server/docs/agency-guide.md 3, in its order. Pure. Whatever isn't right is Refused."""
import itertools
import unicodedata

from goldeneagle.v1 import envelope_pb2, order_pb2, statement_pb2

from .signed import Refused, head_over, insist, pae, parse_strict, verifies

AMOUNT_MOST = 10**15  # minor units of any amount
MONTHS_MOST, YEARS_MOST = 1200, 100
CLOCK_SKEW = 600  # seconds by which this clock may be slow


def verify_order(task, envelope, directory, agency, arrived_at):
    """The order of a task. `arrived_at`: seconds since 1970. Pre: the directory is complete."""
    head = head_over(task.member, task.index, task.path, envelope, envelope_pb2.MEMBER_TYPE_ORDER, directory.environment)
    text, officers = pae(envelope.payload), directory.officers(head.signer, arrived_at)
    has_signed = lambda stated: any(verifies(stated, text, one.sig) for one in envelope.signatures)
    stolen = any(has_signed(one) for one in directory.revoked_of(head.signer))
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
    insist(not order.HasField("not_before") or arrived_at + CLOCK_SKEW >= order.not_before.seconds, "ORDER_NOT_YET")
    insist(arrived_at <= order.not_after.seconds, "ORDER_EXPIRED")
    if order.action == order_pb2.ACTION_DEDUCT:
        to = order.deduct.account
        stated = directory.account(order.court, order.deduct.account_statement, arrived_at)
        named = statement_pb2.AccountDetails(account_name=to.account_name, bank=to.bank, account_number=to.account_number)
        insist(stated == named, "ACCOUNT_NOT_COURTS")
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
    fills = lambda hands: all(role in officers[code].roles for role, code in zip(roles, hands))
    insist(any(fills(hands) for hands in itertools.permutations(signed, len(roles))), "SIGNATURES_MISSING")
    leads = lambda code: code in signed and statement_pb2.OFFICER_ROLE_LEADER in officers[code].roles
    insist(not order.HasField("confirmed") or leads(order.confirmed.leader), "CONFIRMATION_NOT_SIGNED")
    insist(not order.HasField("over_cap_exception") or leads(order.over_cap_exception.leader), "EXCEPTION_NOT_SIGNED")


def check_content(order):
    """What can be carried out as it is written. Of acts that came into the contract later only what all orders have."""
    act = order.WhichOneof("act")
    uuid7 = len(order.order_id) == 16 and order.order_id[6] >> 4 == 7 and order.order_id[8] >> 6 == 2
    insist(act is not None and order.action == order_pb2.Action.Value("ACTION_" + act.upper()) and uuid7, "FIELD_INVALID")
    insist(act == "inquire" or len(order.agencies) == 1, "FIELD_INVALID")
    named = order.subject.name and order.subject.id_kind and order.subject.id_number
    insist(order.case_number and named and order.HasField("not_after"), "FIELD_MISSING")
    if act == "freeze":
        check_freeze(order.freeze, order.HasField("over_cap_exception"))
    elif act == "renew":
        insist(len(order.renew.freeze_order_id) == 16 and is_term(order.renew.term), "FIELD_INVALID")
    elif act == "release":
        insist(len(order.release.freeze_order_id) == 16, "FIELD_INVALID")
        insist(0 <= order.release.amount_minor_units <= AMOUNT_MOST, "AMOUNT_INVALID")
    elif act == "deduct":
        insist(len(order.deduct.freeze_order_id) == 16, "FIELD_INVALID")
        insist(0 < order.deduct.amount_minor_units <= AMOUNT_MOST, "AMOUNT_INVALID")


def check_freeze(freeze, has_exception):
    target = freeze.WhichOneof("target")
    insist(target, "FIELD_MISSING")
    if target == "counter":  # takes over what stands: inflow, limit and term are the measure's own
        insist(freeze.counter.unit_reference and freeze.counter.document_number, "FIELD_MISSING")
        return
    insist(target == "asset" or freeze.inflow in (order_pb2.INFLOW_CAPTURE, order_pb2.INFLOW_NONE), "FIELD_MISSING")
    unvalued = target == "asset" and has_exception and freeze.limit_minor_units == 0
    insist(unvalued or 0 < freeze.limit_minor_units <= AMOUNT_MOST, "AMOUNT_INVALID")
    insist(is_term(freeze.term), "FIELD_INVALID")


def is_term(term):
    return bool(term.months) != bool(term.years) and term.months <= MONTHS_MOST and term.years <= YEARS_MOST


# --- whom an order is about

def folded(text):
    """Names and numbers as they are compared: widths, case and the kinds of middle dots are nothing."""
    text = unicodedata.normalize("NFKC", text).upper()
    return "".join("\u00b7" if one in "\u2022\u2027\u22c5\u30fb" else one for one in text)


def numbers_of(subject):
    """Folded numbers under which the person may be on the books: with 18 digits also the 15 of the old card, which only those born before 2000 had."""
    number = folded(subject.id_number)
    old = subject.id_kind == "CITIZEN_ID" and len(number) == 18 and number[6:8] == "19"
    return [number, number[:6] + number[8:17]] if old else [number]


def same_matter(one, other):
    """Whether two orders are of the same court and case on the same person: only then does one move the other's measure."""
    of = lambda order: (order.court, order.case_number, order.subject.id_kind, folded(order.subject.id_number))
    return of(one) == of(other)
