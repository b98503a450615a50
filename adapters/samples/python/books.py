"""A small bank's books: accounts, measures in order of arrival, payments; and its inbox, in the same SQLite file.

One transaction takes an effect and its signed receipt together. A bank whose core is another system does as section 4 of
server/docs/agency-guide.md says: intent first, then the core, then the answer; and after a crash it asks the core.

    books.py open-account|credit CONFIG.toml ...
"""
import datetime
import os
import sqlite3
import sys
import time
import tomllib
import unicodedata
import uuid

from goldeneagle.v1 import envelope_pb2, order_pb2, receipt_pb2

from verify import digest_of, insist, now, own_signature

CHINA = datetime.timezone(datetime.timedelta(hours=8))  # civil days of terms are counted there
TABLES = """
CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value);
CREATE TABLE IF NOT EXISTS statements(number INTEGER PRIMARY KEY AUTOINCREMENT, bytes BLOB UNIQUE);
CREATE TABLE IF NOT EXISTS tasks(arrival INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB UNIQUE, order_id BLOB, task BLOB, head BLOB, arrived_at INTEGER, believed INTEGER DEFAULT 0, done INTEGER DEFAULT 0);
CREATE INDEX IF NOT EXISTS tasks_by_id ON tasks(order_id);
CREATE TABLE IF NOT EXISTS withdrawn(order_id BLOB PRIMARY KEY);
CREATE TABLE IF NOT EXISTS batches(sequence INTEGER PRIMARY KEY AUTOINCREMENT, arrival INTEGER REFERENCES tasks, kind INTEGER, batch BLOB, verdict INTEGER);
CREATE INDEX IF NOT EXISTS batches_by_task ON batches(arrival);
CREATE TABLE IF NOT EXISTS accounts(number TEXT PRIMARY KEY, name TEXT, id_kind TEXT, id_number TEXT, balance INTEGER CHECK(balance >= 0));
CREATE TABLE IF NOT EXISTS measures(arrival INTEGER PRIMARY KEY, order_id BLOB UNIQUE, owner TEXT, requested INTEGER, capture INTEGER, months INTEGER, live INTEGER, starts INTEGER, ends INTEGER, revision INTEGER);
CREATE TABLE IF NOT EXISTS shares(arrival INTEGER, account TEXT, controlled INTEGER CHECK(controlled >= 0), place INTEGER, PRIMARY KEY(arrival, account));
CREATE TABLE IF NOT EXISTS payments(order_id BLOB PRIMARY KEY, account TEXT, name TEXT, amount INTEGER, booked_at INTEGER);
"""


def folded(text):
    """Names and numbers as they are compared: widths, case and the kinds of middle dots are nothing."""
    text = unicodedata.normalize("NFKC", text).upper()
    return "".join("\u00b7" if one in "\u2022\u2027\u22c5\u30fb" else one for one in text)


def owner_of(order):
    """Whose a measure is: only orders of the same court and case on the same person move it."""
    return "\n".join((order.court, order.case_number, order.subject.id_kind, folded(order.subject.id_number)))


def end_of_term(start, months):
    """24:00 of the last day: the one before the same day of the month; where a month has no such day, its last."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    try:
        return datetime.datetime(year, month + 1, start.day, tzinfo=CHINA)
    except ValueError:
        return datetime.datetime(year + (month + 1) // 12, (month + 1) % 12 + 1, 1, tzinfo=CHINA)


class Bank:
    def __init__(self, config):
        with open(config, "rb") as file:
            self.config = tomllib.load(file)
        self.agency = self.config["system"]["agency"]
        self.db = sqlite3.connect(self.config["system"]["data"], isolation_level=None, check_same_thread=False, timeout=30)
        self.db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + TABLES)
        self.db.create_function("folded", 1, folded, deterministic=True)
        if self.meta("inbox") is None:
            self.put_meta("inbox", os.urandom(16))  # the id of this database, for ever

    def meta(self, name, otherwise=None):
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return otherwise if row is None else row[0]

    def put_meta(self, name, value):
        self.db.execute("INSERT INTO meta VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value", (name, value))

    # --- the inbox

    def record(self, order_id, task, head):
        """A task as it came; whether it is still to be done. One that was answered is answered again, byte for byte."""
        self.db.execute("INSERT OR IGNORE INTO tasks(digest, order_id, arrived_at) VALUES(?, ?, ?)", (digest_of(task.member), order_id, now()))
        arrival, done = self.db.execute("SELECT arrival, done FROM tasks WHERE digest = ?", (digest_of(task.member),)).fetchone()
        if done:
            self.db.execute("UPDATE batches SET verdict = NULL WHERE arrival = ?", (arrival,))
        else:  # the head may have been signed anew
            self.db.execute("UPDATE tasks SET task = ?, head = ? WHERE arrival = ?", (task.SerializeToString(), head.SerializeToString(), arrival))
        return not done

    def believe(self, arrival):
        """Verified; but under one id only the first such order is ever acted on."""
        others = self.db.execute("SELECT 1 FROM tasks a JOIN tasks b USING(order_id) WHERE a.arrival = ? AND b.arrival <> a.arrival AND b.believed", (arrival,)).fetchone()
        insist(others is None, "ORDER_ID_REUSED")
        self.db.execute("UPDATE tasks SET believed = 1 WHERE arrival = ?", (arrival,))

    def withdraw(self, order_ids):
        self.db.executemany("INSERT OR IGNORE INTO withdrawn VALUES(?)", [(one,) for one in order_ids])

    def is_withdrawn(self, order_id):
        return self.db.execute("SELECT 1 FROM withdrawn WHERE order_id = ?", (order_id,)).fetchone() is not None

    # --- the books: who stands where on which account, and for how much

    def free(self, account):
        balance = self.db.execute("SELECT balance FROM accounts WHERE number = ?", (account,)).fetchone()[0]
        return balance - self.db.execute("SELECT coalesce(sum(controlled), 0) FROM shares WHERE account = ?", (account,)).fetchone()[0]

    def unfunded(self, arrival):
        return self.db.execute("SELECT requested - (SELECT coalesce(sum(controlled), 0) FROM shares WHERE arrival = m.arrival) FROM measures m WHERE arrival = ?", (arrival,)).fetchone()[0]

    def scope(self, arrival):
        return [row[0] for row in self.db.execute("SELECT account FROM shares WHERE arrival = ? ORDER BY place", (arrival,))]

    def stands_before(self, arrival):
        return self.db.execute("SELECT count(*) FROM measures m WHERE live AND arrival < ? AND EXISTS (SELECT 1 FROM shares a JOIN shares b USING(account) WHERE a.arrival = m.arrival AND b.arrival = ?)",
                               (arrival, arrival)).fetchone()[0]

    def settle(self, accounts, gave_up):
        """Free money goes to those who wait for it, in order of arrival: inflow to CAPTURE, what an earlier one gave up to all. Each change is an EVENT."""
        for arrival, capture, starts, months in self.db.execute("SELECT arrival, capture, starts, months FROM measures WHERE live ORDER BY arrival").fetchall():
            mine = self.scope(arrival)
            if not set(mine) & set(accounts):
                continue
            before = self.unfunded(arrival)
            for account in mine if capture or gave_up else []:
                more = min(self.unfunded(arrival), max(0, self.free(account)))
                self.db.execute("UPDATE shares SET controlled = controlled + ? WHERE arrival = ? AND account = ?", (more, arrival, account))
            promoted = starts is None and (self.unfunded(arrival) < before or not self.stands_before(arrival))
            if promoted:
                self.begin(arrival, months)
            if promoted or self.unfunded(arrival) < before:
                self.changed(arrival, receipt_pb2.MEASURE_CHANGE_PROMOTED if promoted else receipt_pb2.MEASURE_CHANGE_INFLOW)

    def begin(self, arrival, months):
        end = end_of_term(datetime.datetime.fromtimestamp(now(), CHINA).date(), months)
        self.db.execute("UPDATE measures SET starts = ?, ends = ? WHERE arrival = ?", (now(), int(end.timestamp()), arrival))

    def end(self, arrival):
        accounts = self.scope(arrival)
        self.db.execute("UPDATE measures SET live = 0, requested = 0, revision = revision + 1 WHERE arrival = ?", (arrival,))
        self.db.execute("UPDATE shares SET controlled = 0 WHERE arrival = ?", (arrival,))
        return accounts

    def state(self, arrival, into):
        requested, live, starts, ends, revision = self.db.execute("SELECT requested, live, starts, ends, revision FROM measures WHERE arrival = ?", (arrival,)).fetchone()
        into.unit_reference, into.requested_minor_units, into.unfunded_minor_units = "F%d" % arrival, requested, self.unfunded(arrival)
        into.controlled_minor_units, into.ended, into.revision = requested - into.unfunded_minor_units, not live, revision
        into.rank, into.served_sequence = 1 + self.stands_before(arrival), arrival
        if starts is not None:
            into.effective_from.seconds, into.effective_to.seconds = starts, ends
        for place, (account, controlled) in enumerate(self.db.execute("SELECT account, controlled FROM shares WHERE arrival = ? ORDER BY place", (arrival,)) if live else []):
            into.shares.add(asset_number=account, controlled_minor_units=controlled, unfunded_minor_units=0 if place else into.unfunded_minor_units)
        return into

    def changed(self, arrival, change):
        self.db.execute("UPDATE measures SET revision = revision + 1 WHERE arrival = ?", (arrival,))
        receipt = self.receipt(arrival, receipt_pb2.RECEIPT_KIND_EVENT)
        receipt.change, receipt.effect_at.seconds = change, now()
        item = receipt.items.add()
        measure = self.state(arrival, item.measure)
        if measure.ended:
            item.outcome = receipt_pb2.OUTCOME_NOT_CONTROLLED
        elif not measure.HasField("effective_from"):
            item.outcome = receipt_pb2.OUTCOME_WAITLISTED
        else:
            item.outcome = receipt_pb2.OUTCOME_PARTLY_CONTROLLED if measure.unfunded_minor_units else receipt_pb2.OUTCOME_CONTROLLED
        self.sign(arrival, receipt)

    def lapse(self):
        for arrival, in self.db.execute("SELECT arrival FROM measures WHERE live AND ends <= ?", (now(),)).fetchall():
            with self.transaction():
                accounts = self.end(arrival)
                self.changed(arrival, receipt_pb2.MEASURE_CHANGE_LAPSED)
                self.settle(accounts, True)

    def transaction(self):
        bank = self

        class Transaction:
            def __enter__(self):
                bank.db.execute("BEGIN IMMEDIATE")

            def __exit__(self, kind, *_):
                bank.db.execute("COMMIT" if kind is None else "ROLLBACK")

        return Transaction()

    # --- the actions; each fills a FINAL receipt inside the transaction that did it

    def accounts_of(self, subject):
        """The subject's accounts; None when one has the number under another name, which a clerk must look at. 18 digits find what was opened with the old card's 15."""
        number = folded(subject.id_number)
        numbers = [number, number[:6] + number[8:17] if subject.id_kind == "CITIZEN_ID" and len(number) == 18 else number]
        rows = self.db.execute("SELECT number, name, balance, id_number FROM accounts WHERE id_kind = ? AND folded(id_number) IN (?, ?) ORDER BY number", (subject.id_kind, *numbers)).fetchall()
        return None if any(folded(row[1]) != folded(subject.name) for row in rows) else rows

    def inquire(self, order, receipt, arrival):
        receipt.searched_scope = "deposit accounts"
        rows = self.accounts_of(order.subject)
        if rows is None:
            receipt.items.add(outcome=receipt_pb2.OUTCOME_AMBIGUOUS, reason="NAME_MISMATCH")
        elif not rows:
            receipt.items.add(outcome=receipt_pb2.OUTCOME_NIL)
        for number, name, balance, id_number in rows or []:
            matched_by = "NAME_AND_%d" % len(id_number) if order.subject.id_kind == "CITIZEN_ID" else "NAME_AND_CODE"
            receipt.items.add(outcome=receipt_pb2.OUTCOME_FOUND, finding=receipt_pb2.Finding(
                asset_kind="DEPOSIT", asset_number=number, holder_name=name, matched_by=matched_by, status="NORMAL", currency="CNY",
                balance_known=True, balance_minor_units=balance, available_minor_units=self.free(number)))

    def freeze(self, order, receipt, arrival):
        rows, act = self.accounts_of(order.subject), order.freeze
        if act.WhichOneof("target") == "account":
            rows = rows and [row for row in rows if row[0] == act.account.account_number]
        if not rows or act.WhichOneof("target") == "asset" or act.currency != "CNY":
            outcome, reason = (receipt_pb2.OUTCOME_AMBIGUOUS, "NAME_MISMATCH") if rows is None else (receipt_pb2.OUTCOME_NOT_CONTROLLED, "ACCOUNT_NOT_FOUND")
            receipt.items.add(outcome=outcome, reason=reason)
            return
        months = act.term.months or act.term.years * 12
        row = (arrival, order.order_id, owner_of(order), act.limit_minor_units, act.inflow == order_pb2.INFLOW_CAPTURE, months)
        self.db.execute("INSERT INTO measures VALUES(?, ?, ?, ?, ?, ?, 1, NULL, NULL, 1)", row)
        for place, (number, *_) in enumerate(rows):
            take = min(max(0, self.free(number)), act.limit_minor_units - self.db.execute("SELECT coalesce(sum(controlled), 0) FROM shares WHERE arrival = ?", (arrival,)).fetchone()[0])
            self.db.execute("INSERT INTO shares VALUES(?, ?, ?, ?)", (arrival, number, take, place))
        unfunded = self.unfunded(arrival)
        waits = unfunded == act.limit_minor_units and self.stands_before(arrival) > 0
        if not waits:
            self.begin(arrival, months)
        outcome = receipt_pb2.OUTCOME_WAITLISTED if waits else receipt_pb2.OUTCOME_PARTLY_CONTROLLED if unfunded else receipt_pb2.OUTCOME_CONTROLLED
        receipt.effect_at.seconds = now()
        self.state(arrival, receipt.items.add(outcome=outcome).measure)

    def measure_of(self, order, freeze_order_id):
        """Arrival, what it asks for, whether it stands. Another court's, case's or person's measure is unknown to this order."""
        found = self.db.execute("SELECT arrival, requested, live FROM measures WHERE order_id = ? AND owner = ?", (freeze_order_id, owner_of(order))).fetchone()
        insist(found is not None, "MEASURE_UNKNOWN")
        return found

    def renew(self, order, receipt, arrival):
        """The same measure ends later, counted from the end that runs; one that waits has none, and what has ended stays so."""
        (measure, _, live), term = self.measure_of(order, order.renew.freeze_order_id), order.renew.term
        ends = self.db.execute("SELECT ends FROM measures WHERE arrival = ?", (measure,)).fetchone()[0]
        if not live or ends is None or ends <= now():
            self.state(measure, receipt.items.add(outcome=receipt_pb2.OUTCOME_NOT_RENEWED, reason="WAITLISTED" if live and ends is None else "MEASURE_ENDED").measure)
            return
        later = end_of_term(datetime.datetime.fromtimestamp(ends, CHINA).date(), term.months or term.years * 12)
        self.db.execute("UPDATE measures SET ends = ?, revision = revision + 1 WHERE arrival = ?", (int(later.timestamp()), measure))
        self.state(measure, receipt.items.add(outcome=receipt_pb2.OUTCOME_RENEWED).measure)
        receipt.effect_at.seconds = now()

    def release(self, order, receipt, arrival):
        (measure, requested, live), part = self.measure_of(order, order.release.freeze_order_id), order.release.amount_minor_units
        if not live:
            self.state(measure, receipt.items.add(outcome=receipt_pb2.OUTCOME_NOT_CONTROLLED, reason="MEASURE_ENDED").measure)
            return
        accounts, receipt.effect_at.seconds = self.scope(measure), now()
        if part == 0 or part >= requested:
            self.end(measure)
        else:
            self.give_up(measure, max(0, part - self.unfunded(measure)))  # the unfunded part first
            self.db.execute("UPDATE measures SET requested = requested - ?, revision = revision + 1 WHERE arrival = ?", (part, measure))
        self.state(measure, receipt.items.add(outcome=receipt_pb2.OUTCOME_RELEASED).measure)
        self.settle(accounts, True)

    def give_up(self, measure, amount):
        """Takes `amount` of what the measure controls, account by account; what was taken of each."""
        taken = {}
        for account, controlled in self.db.execute("SELECT account, controlled FROM shares WHERE arrival = ? ORDER BY place", (measure,)).fetchall():
            taken[account] = min(amount, controlled)
            amount -= taken[account]
            self.db.execute("UPDATE shares SET controlled = controlled - ? WHERE arrival = ? AND account = ?", (taken[account], measure, account))
        return taken

    def deduct(self, order, receipt, arrival):
        (measure, requested, live), amount = self.measure_of(order, order.deduct.freeze_order_id), order.deduct.amount_minor_units
        if live and order.deduct.up_to:
            amount = min(amount, requested - self.unfunded(measure))
        if not live or order.deduct.currency != "CNY" or not 0 < amount <= requested - self.unfunded(measure):
            receipt.items.add(outcome=receipt_pb2.OUTCOME_NOT_DEDUCTED, reason="CURRENCY_MISMATCH" if order.deduct.currency != "CNY" else "NO_BALANCE")
            return
        receipt.effect_at.seconds = now()
        for account, part in self.give_up(measure, amount).items():
            self.db.execute("UPDATE accounts SET balance = balance - ? WHERE number = ?", (part, account))
        self.db.execute("UPDATE measures SET requested = requested - ?, revision = revision + 1 WHERE arrival = ?", (amount, measure))
        if requested == amount:
            self.end(measure)
        to = order.deduct.account
        self.db.execute("INSERT INTO payments VALUES(?, ?, ?, ?, ?)", (order.order_id, to.account_number, to.account_name, amount, now()))
        done = receipt.items.add(outcome=receipt_pb2.OUTCOME_DEDUCTED).deduction
        done.amount_minor_units, done.booking_reference, done.payment_reference = amount, "B%d" % arrival, "P" + uuid.UUID(bytes=order.order_id).hex
        done.booked_at.seconds = done.settled_at.seconds = now()
        self.state(measure, done.measure)

    # --- receipts

    def receipt(self, arrival, kind):
        order_id, digest, arrived_at = self.db.execute("SELECT order_id, digest, arrived_at FROM tasks WHERE arrival = ?", (arrival,)).fetchone()
        sequence = 1 + self.db.execute("SELECT count(*) FROM batches JOIN tasks USING(arrival) WHERE order_id = ?", (order_id,)).fetchone()[0]
        receipt = receipt_pb2.Receipt(order_digest=digest, order_id=order_id, agency=self.agency, sequence=sequence, kind=kind)
        receipt.arrived_at.seconds, receipt.answered_at.seconds = arrived_at, now()
        return receipt

    def sign(self, arrival, receipt):
        """A batch of one, stored with the effect that it tells of: from here on it is sent until the gateway has it, always these bytes."""
        member = receipt.SerializeToString()
        sequence = self.db.execute("INSERT INTO batches(arrival, kind) VALUES(?, ?)", (arrival, receipt.kind)).lastrowid
        batch = own_signature(self.config, self.agency, sequence, member)
        self.db.execute("UPDATE batches SET batch = ? WHERE sequence = ?", (batch.SerializeToString(), sequence))

    def sign_again(self, sequence):
        """The same receipt under a head with a number that was never used: the time, in case this file is an old copy."""
        member = envelope_pb2.SignedBatch.FromString(self.db.execute("SELECT batch FROM batches WHERE sequence = ?", (sequence,)).fetchone()[0]).members[0]
        batch = own_signature(self.config, self.agency, time.time_ns(), member)
        self.db.execute("UPDATE batches SET batch = ? WHERE sequence = ?", (batch.SerializeToString(), sequence))


if __name__ == "__main__":
    command, bank = sys.argv[1], Bank(sys.argv[2])
    with bank.transaction():
        if command == "open-account":  # number, name, id kind, id number, balance in fen
            bank.db.execute("INSERT INTO accounts VALUES(?, ?, ?, ?, ?)", sys.argv[3:8])
        elif command == "credit":  # number, amount in fen: what later money does
            if bank.db.execute("UPDATE accounts SET balance = balance + ? WHERE number = ?", (int(sys.argv[4]), sys.argv[3])).rowcount != 1:
                sys.exit("no account has this number")
            bank.settle([sys.argv[3]], False)
        else:
            sys.exit("books.py open-account CONFIG.toml NUMBER NAME ID_KIND ID_NUMBER FEN | credit CONFIG.toml NUMBER FEN")
