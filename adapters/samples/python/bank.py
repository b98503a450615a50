#!/usr/bin/python3
"""A small bank's adapter 适配器样例: five functions, from an order to what the books did. All the rest is eagle_agency's.

    bank.py run CONFIG.toml                                                    until SIGTERM
    bank.py open-account CONFIG.toml NUMBER NAME ID_KIND ID_NUMBER FEN
    bank.py credit CONFIG.toml NUMBER FEN                                      money comes in
"""
import sys

from eagle_agency import Inbox, Session, Settings, insist
from eagle_agency.orders import folded
from eagle_agency.terms import months_of, now
from goldeneagle.v1 import order_pb2, receipt_pb2

from books import Books


class Bank:
    capabilities = [dict(asset_kind="DEPOSIT", action=action, currencies=["CNY"], partial_release=True, captures_inflow=True, keeps_waitlist=True)
                    for action in ("INQUIRE", "FREEZE", "RENEW", "RELEASE", "DEDUCT")]
    targets = {"person_at_agency", "account"}  # what a freeze may name

    def __init__(self, inbox):
        self.inbox, self.books = inbox, Books(inbox.db, self.tell)

    def accounts_of(self, work):
        """The person's accounts; None when one has the number under another name, which a clerk must look at."""
        numbers = work.numbers()
        rows = self.books.all("SELECT number, name, balance, id_number FROM accounts WHERE id_kind = ? AND folded(id_number) IN (?, ?) ORDER BY number",
                              work.subject.id_kind, numbers[0], numbers[-1])
        return None if any(folded(row[1]) != folded(work.subject.name) for row in rows) else rows

    # --- the five functions

    def inquire(self, work):  # 查询
        work.searched("deposit accounts")
        rows = self.accounts_of(work)
        if rows is None:
            work.item("AMBIGUOUS", "NAME_MISMATCH")
        elif not rows:
            work.item("NIL")
        for number, name, balance, id_number in rows or []:
            matched_by = "NAME_AND_%d" % len(id_number) if work.subject.id_kind == "CITIZEN_ID" else "NAME_AND_CODE"
            work.item("FOUND").finding.CopyFrom(receipt_pb2.Finding(
                asset_kind="DEPOSIT", asset_number=number, holder_name=name, matched_by=matched_by, status="NORMAL", currency="CNY",
                balance_known=True, balance_minor_units=balance, available_minor_units=self.books.free(number)))

    def freeze(self, work):  # 冻结
        rows, act = self.accounts_of(work), work.act
        if rows is None:
            work.item("AMBIGUOUS", "NAME_MISMATCH")
            return
        accounts = [row[0] for row in rows if not act.HasField("account") or row[0] == act.account.account_number]
        if not accounts or act.currency != "CNY":
            work.item("NOT_CONTROLLED", "ACCOUNT_NOT_FOUND")
            return
        self.books.place(work.arrival, work.order.order_id, act.limit_minor_units, act.inflow == order_pb2.INFLOW_CAPTURE, months_of(act.term), accounts)
        self.state(work.arrival, work.item(self.standing(work.arrival)).measure)
        work.effect()

    def renew(self, work):  # 续冻
        """The same measure ends later; one that waits has no end yet, and what has ended stays so."""
        measure, live, ends = self.measure(work, "live, ends")
        if not live or ends is None or ends <= now():
            self.state(measure, work.item("NOT_RENEWED", "WAITLISTED" if live and ends is None else "MEASURE_ENDED").measure)
            return
        self.books.prolong(measure, months_of(work.act.term))
        self.state(measure, work.item("RENEWED").measure)
        work.effect()

    def release(self, work):  # 解冻
        measure, live, requested = self.measure(work, "live, requested")
        part = work.act.amount_minor_units
        if not live:
            self.state(measure, work.item("NOT_CONTROLLED", "MEASURE_ENDED").measure)
            return
        if part == 0 or part >= requested:
            self.books.end(measure)
        else:
            self.books.give_up(measure, max(0, part - self.books.unfunded(measure)))  # the unfunded part first
            self.books.reduce(measure, part)
        self.state(measure, work.item("RELEASED").measure)
        self.books.settle(self.books.scope(measure), True)
        work.effect()

    def deduct(self, work):  # 扣划
        measure, act = self.measure(work)[0], work.act
        most = self.books.controlled(measure)
        amount = min(act.amount_minor_units, most) if act.up_to else act.amount_minor_units
        if act.currency != "CNY" or amount == 0 or amount > most:
            work.item("NOT_DEDUCTED", "CURRENCY_MISMATCH" if act.currency != "CNY" else "NO_BALANCE")
            return
        self.books.pay(measure, amount, work.order.order_id, act.account)
        paid = work.item("DEDUCTED").deduction
        paid.amount_minor_units, paid.booking_reference, paid.payment_reference = amount, "B%d" % work.arrival, "P%d" % work.arrival
        paid.booked_at.seconds = paid.settled_at.seconds = now()
        self.state(measure, paid.measure)
        work.effect()

    def by_itself(self):
        self.books.lapse()

    # --- how a measure stands, in the words of the contract

    def measure(self, work, columns="live"):
        """The measure that an order speaks of, and these columns of it."""
        row = self.books.one("SELECT arrival, %s FROM measures WHERE arrival = ?" % columns, work.freeze())
        insist(row, "MEASURE_UNKNOWN")  # that freeze controlled nothing
        return row

    def state(self, measure, into):
        books, columns = self.books, "requested, live, starts, ends, revision"
        requested, live, starts, ends, into.revision = books.one("SELECT %s FROM measures WHERE arrival = ?" % columns, measure)
        into.unit_reference, into.served_sequence, into.rank = "F%d" % measure, measure, 1 + books.stands_before(measure)
        into.requested_minor_units, into.controlled_minor_units, into.unfunded_minor_units = requested, books.controlled(measure), books.unfunded(measure)
        into.ended = not live
        if starts is not None:
            into.effective_from.seconds, into.effective_to.seconds = starts, ends
        for account, controlled, place in books.all("SELECT account, controlled, place FROM shares WHERE arrival = ? ORDER BY place", measure) if live else []:
            unfunded = 0 if place else into.unfunded_minor_units  # on the first account alone
            into.shares.add(asset_number=account, controlled_minor_units=controlled, unfunded_minor_units=unfunded)

    def standing(self, measure):
        live, starts = self.books.one("SELECT live, starts FROM measures WHERE arrival = ?", measure)
        if not live or starts is None:
            return "WAITLISTED" if live else "NOT_CONTROLLED"
        return "PARTLY_CONTROLLED" if self.books.unfunded(measure) else "CONTROLLED"

    def tell(self, measure, change):
        """An event 事件: the books changed a measure by themselves."""
        self.inbox.tell(measure, change, self.standing(measure), lambda into: self.state(measure, into))


def main():
    command, inbox = sys.argv[1], Inbox(Settings(sys.argv[2]))
    bank = Bank(inbox)
    if command == "run":
        Session("org.example.python-bank", "2", bank, inbox).run()
    elif command == "open-account":
        inbox.db.execute("INSERT INTO accounts VALUES(?, ?, ?, ?, ?)", sys.argv[3:8])
    elif command == "credit":
        with inbox.transaction():
            bank.books.credit(sys.argv[3], int(sys.argv[4]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
