"""A small bank's books 账簿: accounts, measures in order of arrival, payments. It stands for what a bank has already; amounts are fen.

A measure 措施 asks for a sum on some accounts of one person. What it has of it on each is its share; the rest is unfunded and waits for later money.
"""
from eagle_agency.terms import now, term_after

TABLES = """
CREATE TABLE IF NOT EXISTS accounts(number TEXT PRIMARY KEY, name TEXT, id_kind TEXT, id_number TEXT, balance INTEGER CHECK(balance >= 0));
CREATE TABLE IF NOT EXISTS measures(arrival INTEGER PRIMARY KEY, order_id BLOB UNIQUE, requested INTEGER, capture INTEGER, months INTEGER, live INTEGER,
                                    starts INTEGER, ends INTEGER, revision INTEGER);
CREATE TABLE IF NOT EXISTS shares(arrival INTEGER, account TEXT, controlled INTEGER CHECK(controlled >= 0), place INTEGER, PRIMARY KEY(arrival, account));
CREATE TABLE IF NOT EXISTS payments(order_id BLOB PRIMARY KEY, account TEXT, name TEXT, amount INTEGER, booked_at INTEGER);
"""


class Books:
    """`changed`(arrival, change) is called when a measure changes by itself: PROMOTED, INFLOW, LAPSED."""

    def __init__(self, db, changed):
        self.db, self.changed = db, changed
        db.executescript(TABLES)

    def one(self, query, *arguments):
        row = self.db.execute(query, arguments).fetchone()
        return row and (row[0] if len(row) == 1 else row)

    def all(self, query, *arguments):
        return self.db.execute(query, arguments).fetchall()

    # --- who stands where on which account, and for how much

    def free(self, account):
        """What no measure controls."""
        return max(0, self.one("SELECT balance - (SELECT coalesce(sum(controlled), 0) FROM shares WHERE account = number) FROM accounts WHERE number = ?", account))

    def controlled(self, arrival):
        return self.one("SELECT coalesce(sum(controlled), 0) FROM shares WHERE arrival = ?", arrival)

    def unfunded(self, arrival):
        return self.one("SELECT requested FROM measures WHERE arrival = ?", arrival) - self.controlled(arrival)

    def scope(self, arrival):
        return [account for account, in self.all("SELECT account FROM shares WHERE arrival = ? ORDER BY place", arrival)]

    def stands_before(self, arrival):
        """How many live measures came earlier on one of its accounts."""
        return self.one("SELECT count(*) FROM measures m WHERE live AND arrival < ?1 AND EXISTS"
                        " (SELECT 1 FROM shares a JOIN shares b USING(account) WHERE a.arrival = m.arrival AND b.arrival = ?1)", arrival)

    # --- what is done to a measure

    def place(self, arrival, order_id, limit, capture, months, accounts):
        """A new measure, last in rank: takes what is free, account by account. It waits 轮候 when that is nothing and others stand before it."""
        self.db.execute("INSERT INTO measures VALUES(?, ?, ?, ?, ?, 1, NULL, NULL, 1)", (arrival, order_id, limit, capture, months))
        for place, account in enumerate(accounts):
            take = min(self.free(account), self.unfunded(arrival))
            self.db.execute("INSERT INTO shares VALUES(?, ?, ?, ?)", (arrival, account, take, place))
        if self.controlled(arrival) or not self.stands_before(arrival):
            self.begin(arrival)

    def begin(self, arrival):
        months = self.one("SELECT months FROM measures WHERE arrival = ?", arrival)
        self.db.execute("UPDATE measures SET starts = ?, ends = ? WHERE arrival = ?", (now(), term_after(now(), months), arrival))

    def prolong(self, arrival, months):
        """Counted from the end that runs."""
        ends = self.one("SELECT ends FROM measures WHERE arrival = ?", arrival)
        self.db.execute("UPDATE measures SET ends = ?, revision = revision + 1 WHERE arrival = ?", (term_after(ends, months), arrival))

    def reduce(self, arrival, amount):
        """It asks for so much less; at nothing it ends. What it controls the caller has taken away."""
        self.db.execute("UPDATE measures SET requested = requested - ?, revision = revision + 1 WHERE arrival = ?", (amount, arrival))
        self.db.execute("UPDATE measures SET live = 0 WHERE arrival = ? AND requested = 0", (arrival,))

    def end(self, arrival):
        self.give_up(arrival, self.controlled(arrival))
        self.reduce(arrival, self.unfunded(arrival))

    def give_up(self, arrival, amount):
        """Takes `amount` of what it controls, account by account; what was taken of each."""
        taken = {}
        for account, controlled in self.all("SELECT account, controlled FROM shares WHERE arrival = ? ORDER BY place", arrival):
            taken[account] = min(amount, controlled)
            amount -= taken[account]
            self.db.execute("UPDATE shares SET controlled = controlled - ? WHERE arrival = ? AND account = ?", (taken[account], arrival, account))
        return taken

    def pay(self, arrival, amount, order_id, to):
        """Controlled money goes to the court's account 扣划."""
        for account, part in self.give_up(arrival, amount).items():
            self.db.execute("UPDATE accounts SET balance = balance - ? WHERE number = ?", (part, account))
        self.reduce(arrival, amount)
        self.db.execute("INSERT INTO payments VALUES(?, ?, ?, ?, ?)", (order_id, to.account_number, to.account_name, amount, now()))

    # --- what happens by itself

    def settle(self, accounts, gave_up):
        """Free money goes to those who wait for it, in order of arrival: inflow to those that capture it, what an earlier one gave up to all."""
        for arrival, capture, starts in self.all("SELECT arrival, capture, starts FROM measures WHERE live ORDER BY arrival"):
            mine = self.scope(arrival)
            if not set(mine) & set(accounts):
                continue
            before = self.unfunded(arrival)
            for account in mine if capture or gave_up else []:
                more = min(self.unfunded(arrival), self.free(account))
                self.db.execute("UPDATE shares SET controlled = controlled + ? WHERE arrival = ? AND account = ?", (more, arrival, account))
            filled = self.unfunded(arrival) < before
            if starts is None and (filled or not self.stands_before(arrival)):
                self.begin(arrival)
                self.happened(arrival, "PROMOTED")
            elif filled:
                self.happened(arrival, "INFLOW")

    def lapse(self):
        """Ends the measures whose term is over."""
        for arrival, in self.all("SELECT arrival FROM measures WHERE live AND ends <= ?", now()):
            self.end(arrival)
            self.happened(arrival, "LAPSED")
            self.settle(self.scope(arrival), True)

    def happened(self, arrival, change):
        self.db.execute("UPDATE measures SET revision = revision + 1 WHERE arrival = ?", (arrival,))
        self.changed(arrival, change)

    def credit(self, account, amount):
        """Money comes in."""
        if self.db.execute("UPDATE accounts SET balance = balance + ? WHERE number = ?", (amount, account)).rowcount != 1:
            raise SystemExit("no account has this number")
        self.settle([account], False)
