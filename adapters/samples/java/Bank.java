import com.google.protobuf.ByteString;
import goldeneagle.v1.OrderOuterClass.CourtAccount;
import goldeneagle.v1.OrderOuterClass.Deduct;
import goldeneagle.v1.OrderOuterClass.Freeze;
import goldeneagle.v1.OrderOuterClass.Identity;
import goldeneagle.v1.OrderOuterClass.Inflow;
import goldeneagle.v1.OrderOuterClass.Order;
import goldeneagle.v1.OrderOuterClass.Term;
import goldeneagle.v1.ReceiptOuterClass.DeductionState;
import goldeneagle.v1.ReceiptOuterClass.Finding;
import goldeneagle.v1.ReceiptOuterClass.ItemResult;
import goldeneagle.v1.ReceiptOuterClass.MeasureChange;
import goldeneagle.v1.ReceiptOuterClass.MeasureShare;
import goldeneagle.v1.ReceiptOuterClass.MeasureState;
import goldeneagle.v1.ReceiptOuterClass.Outcome;
import goldeneagle.v1.ReceiptOuterClass.Receipt;
import goldeneagle.v1.ReceiptOuterClass.ReceiptKind;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A small bank's books: accounts, measures in order of arrival, payments. It stands for what a bank has already.
 *
 * <p>Amounts are fen. Each action fills a FINAL receipt inside the transaction that does it. A bank whose core is another system does as section 4 of
 * server/docs/agency-guide.md says: intent first, then the core, then the answer; and after a crash it asks the core.
 *
 * <pre>  java @java.args Bank open-account CONFIG.toml NUMBER NAME ID_KIND ID_NUMBER FEN | credit CONFIG.toml NUMBER FEN</pre>
 */
final class Bank {
    private static final ZoneOffset CHINA = ZoneOffset.ofHours(8); // civil days of terms are counted there
    private static final List<String> TABLES = List.of(
            "CREATE TABLE IF NOT EXISTS accounts(number TEXT PRIMARY KEY, name TEXT, id_kind TEXT, id_number TEXT, "
                    + "balance INTEGER CHECK(balance >= 0))",
            "CREATE TABLE IF NOT EXISTS measures(arrival INTEGER PRIMARY KEY, order_id BLOB UNIQUE, owner TEXT, requested INTEGER, capture INTEGER, "
                    + "months INTEGER, live INTEGER, starts INTEGER, ends INTEGER, revision INTEGER)",
            "CREATE TABLE IF NOT EXISTS shares(arrival INTEGER, account TEXT, controlled INTEGER CHECK(controlled >= 0), place INTEGER, "
                    + "PRIMARY KEY(arrival, account))",
            "CREATE TABLE IF NOT EXISTS payments(order_id BLOB PRIMARY KEY, account TEXT, name TEXT, amount INTEGER, booked_at INTEGER)");

    private record Account(String number, String name, String idNumber, long balance) {}

    /** A measure's arrival, what it still asks for, whether it stands. */
    private record Measure(long arrival, long requested, boolean live) {}

    final Inbox inbox;
    private final Database db;

    Bank(Settings settings) {
        inbox = new Inbox(settings);
        db = inbox.db;
        TABLES.forEach(db::run);
    }

    // --- words and days

    /** Names and numbers as they are compared: widths, case and the kinds of middle dots are nothing. */
    static String folded(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC).toUpperCase(Locale.ROOT).replaceAll("[\u2022\u2027\u22c5\u30fb]", "\u00b7");
    }

    /** Whose a measure is: only orders of the same court and case on the same person move it. */
    private static String ownerOf(Order order) {
        Identity subject = order.getSubject();
        return String.join("\n", order.getCourt(), order.getCaseNumber(), subject.getIdKind(), folded(subject.getIdNumber()));
    }

    /** 24:00 of the last day: the one before the same day of the month; where a month has no such day, its last. */
    static ZonedDateTime endOfTerm(LocalDate start, long months) {
        YearMonth month = YearMonth.from(start).plusMonths(months);
        LocalDate end = month.isValidDay(start.getDayOfMonth()) ? month.atDay(start.getDayOfMonth()) : month.plusMonths(1).atDay(1);
        return end.atStartOfDay(CHINA);
    }

    // --- who stands where on which account, and for how much

    private long free(String account) {
        return db.number("SELECT balance - (SELECT coalesce(sum(controlled), 0) FROM shares WHERE account = number) "
                + "FROM accounts WHERE number = ?", account);
    }

    private long controlled(long arrival) {
        return db.number("SELECT coalesce(sum(controlled), 0) FROM shares WHERE arrival = ?", arrival);
    }

    private long unfunded(long arrival) {
        return db.number("SELECT requested FROM measures WHERE arrival = ?", arrival) - controlled(arrival);
    }

    private List<String> scope(long arrival) {
        return db.rows("SELECT account FROM shares WHERE arrival = ? ORDER BY place", arrival).stream().map(row -> row.text(0)).toList();
    }

    private long standsBefore(long arrival) {
        return db.number("SELECT count(*) FROM measures m WHERE live AND arrival < ? AND EXISTS "
                + "(SELECT 1 FROM shares a JOIN shares b USING(account) WHERE a.arrival = m.arrival AND b.arrival = ?)", arrival, arrival);
    }

    /** Free money goes to those who wait, in order of arrival: inflow to CAPTURE, what an earlier one gave up to all. Each change is an EVENT. */
    private void settle(List<String> accounts, boolean gaveUp) {
        for (Database.Row measure : db.rows("SELECT arrival, capture, starts, months FROM measures WHERE live ORDER BY arrival")) {
            long arrival = measure.number(0);
            List<String> mine = scope(arrival);
            if (mine.stream().noneMatch(accounts::contains)) continue;
            long before = unfunded(arrival);
            for (String account : measure.number(1) != 0 || gaveUp ? mine : List.<String>of()) {
                long more = Math.min(unfunded(arrival), Math.max(0, free(account)));
                db.run("UPDATE shares SET controlled = controlled + ? WHERE arrival = ? AND account = ?", more, arrival, account);
            }
            boolean filled = unfunded(arrival) < before;
            boolean promoted = !measure.isSet(2) && (filled || standsBefore(arrival) == 0);
            if (promoted) begin(arrival, measure.number(3));
            if (promoted || filled) changed(arrival, promoted ? MeasureChange.MEASURE_CHANGE_PROMOTED : MeasureChange.MEASURE_CHANGE_INFLOW);
        }
    }

    private void begin(long arrival, long months) {
        long now = Inbox.seconds();
        ZonedDateTime end = endOfTerm(LocalDate.ofInstant(Instant.ofEpochSecond(now), CHINA), months);
        db.run("UPDATE measures SET starts = ?, ends = ? WHERE arrival = ?", now, end.toEpochSecond(), arrival);
    }

    private void end(long arrival) {
        db.run("UPDATE measures SET live = 0, requested = 0, revision = revision + 1 WHERE arrival = ?", arrival);
        db.run("UPDATE shares SET controlled = 0 WHERE arrival = ?", arrival);
    }

    private void reduce(long arrival, long amount) {
        db.run("UPDATE measures SET requested = requested - ?, revision = revision + 1 WHERE arrival = ?", amount, arrival);
    }

    private MeasureState.Builder state(long arrival) {
        Database.Row row = db.row("SELECT requested, live, starts, ends, revision FROM measures WHERE arrival = ?", arrival);
        long requested = row.number(0);
        boolean live = row.number(1) != 0;
        long unfunded = unfunded(arrival);
        MeasureState.Builder state = MeasureState.newBuilder().setUnitReference("F" + arrival).setRequestedMinorUnits(requested)
                .setControlledMinorUnits(requested - unfunded).setUnfundedMinorUnits(unfunded).setEnded(!live).setRevision(row.number(4))
                .setRank((int) (1 + standsBefore(arrival))).setServedSequence(arrival);
        if (row.isSet(2)) state.setEffectiveFrom(Inbox.at(row.number(2))).setEffectiveTo(Inbox.at(row.number(3)));
        if (!live) return state;
        for (Database.Row share : db.rows("SELECT account, controlled, place FROM shares WHERE arrival = ? ORDER BY place", arrival)) {
            state.addShares(MeasureShare.newBuilder().setAssetNumber(share.text(0)).setControlledMinorUnits(share.number(1))
                    .setUnfundedMinorUnits(share.number(2) == 0 ? unfunded : 0)); // on the first alone
        }
        return state;
    }

    private void changed(long arrival, MeasureChange change) {
        reduce(arrival, 0);
        Receipt.Builder receipt = inbox.receipt(arrival, ReceiptKind.RECEIPT_KIND_EVENT).setChange(change).setEffectAt(Inbox.at(Inbox.seconds()));
        MeasureState measure = state(arrival).build();
        Outcome outcome = measure.getEnded() ? Outcome.OUTCOME_NOT_CONTROLLED : !measure.hasEffectiveFrom() ? Outcome.OUTCOME_WAITLISTED
                : measure.getUnfundedMinorUnits() == 0 ? Outcome.OUTCOME_CONTROLLED : Outcome.OUTCOME_PARTLY_CONTROLLED;
        inbox.sign(arrival, receipt.addItems(item(outcome).setMeasure(measure)).build());
    }

    /** Ends the measures whose term is over. */
    void lapse() {
        for (Database.Row row : db.rows("SELECT arrival FROM measures WHERE live AND ends <= ?", Inbox.seconds())) {
            db.transaction(() -> {
                end(row.number(0));
                changed(row.number(0), MeasureChange.MEASURE_CHANGE_LAPSED);
                settle(scope(row.number(0)), true);
            });
        }
    }

    // --- the four actions

    private static ItemResult.Builder item(Outcome outcome) {
        return ItemResult.newBuilder().setOutcome(outcome);
    }

    private static ItemResult.Builder item(Outcome outcome, String reason) {
        return item(outcome).setReason(reason);
    }

    /**
     * The subject's accounts, perhaps none; null when one has the number under another name, which a clerk must look at. 18 digits find what was
     * opened with the old card's 15.
     */
    private List<Account> accountsOf(Identity subject) {
        String number = folded(subject.getIdNumber());
        boolean card = subject.getIdKind().equals("CITIZEN_ID") && number.length() == 18;
        Set<String> numbers = card ? Set.of(number, number.substring(0, 6) + number.substring(8, 17)) : Set.of(number);
        List<Account> found = db.rows("SELECT number, name, id_number, balance FROM accounts WHERE id_kind = ? ORDER BY number", subject.getIdKind())
                .stream().map(row -> new Account(row.text(0), row.text(1), row.text(2), row.number(3)))
                .filter(account -> numbers.contains(folded(account.idNumber()))).toList();
        return found.stream().allMatch(account -> folded(account.name()).equals(folded(subject.getName()))) ? found : null;
    }

    void inquire(Order order, Receipt.Builder receipt) {
        receipt.setSearchedScope("deposit accounts");
        List<Account> accounts = accountsOf(order.getSubject());
        if (accounts == null) receipt.addItems(item(Outcome.OUTCOME_AMBIGUOUS, "NAME_MISMATCH"));
        if (accounts == null) return;
        if (accounts.isEmpty()) receipt.addItems(item(Outcome.OUTCOME_NIL));
        for (Account account : accounts) {
            boolean card = order.getSubject().getIdKind().equals("CITIZEN_ID");
            String matchedBy = card ? "NAME_AND_" + account.idNumber().length() : "NAME_AND_CODE";
            receipt.addItems(item(Outcome.OUTCOME_FOUND).setFinding(Finding.newBuilder().setAssetKind("DEPOSIT").setAssetNumber(account.number())
                    .setHolderName(account.name()).setMatchedBy(matchedBy).setStatus("NORMAL").setCurrency("CNY").setBalanceKnown(true)
                    .setBalanceMinorUnits(account.balance()).setAvailableMinorUnits(free(account.number()))));
        }
    }

    void freeze(Order order, Receipt.Builder receipt, long arrival) {
        Freeze act = order.getFreeze();
        List<Account> accounts = accountsOf(order.getSubject());
        if (accounts == null) receipt.addItems(item(Outcome.OUTCOME_AMBIGUOUS, "NAME_MISMATCH"));
        if (accounts == null) return;
        if (act.hasAccount()) accounts = accounts.stream().filter(one -> one.number().equals(act.getAccount().getAccountNumber())).toList();
        if (accounts.isEmpty() || act.hasAsset() || !act.getCurrency().equals("CNY")) {
            receipt.addItems(item(Outcome.OUTCOME_NOT_CONTROLLED, "ACCOUNT_NOT_FOUND"));
            return;
        }
        long limit = act.getLimitMinorUnits();
        long months = act.getTerm().getMonths() + 12L * act.getTerm().getYears();
        db.run("INSERT INTO measures VALUES(?, ?, ?, ?, ?, ?, 1, NULL, NULL, 1)", arrival, order.getOrderId(), ownerOf(order), limit,
                act.getInflow() == Inflow.INFLOW_CAPTURE, months);
        for (int place = 0; place < accounts.size(); ++place) {
            String number = accounts.get(place).number();
            long take = Math.min(Math.max(0, free(number)), unfunded(arrival));
            db.run("INSERT INTO shares VALUES(?, ?, ?, ?)", arrival, number, take, place);
        }
        long unfunded = unfunded(arrival);
        boolean waits = unfunded == limit && standsBefore(arrival) > 0;
        if (!waits) begin(arrival, months);
        Outcome done = unfunded == 0 ? Outcome.OUTCOME_CONTROLLED : Outcome.OUTCOME_PARTLY_CONTROLLED;
        receipt.setEffectAt(Inbox.at(Inbox.seconds())).addItems(item(waits ? Outcome.OUTCOME_WAITLISTED : done).setMeasure(state(arrival)));
    }

    /** Another court's, case's or person's measure is unknown to this order. */
    private Measure measureOf(Order order, ByteString freezeOrderId) {
        Database.Row row = db.row("SELECT arrival, requested, live FROM measures WHERE order_id = ? AND owner = ?", freezeOrderId, ownerOf(order));
        Refused.insist(row != null, "MEASURE_UNKNOWN");
        return new Measure(row.number(0), row.number(1), row.number(2) != 0);
    }

    /** The same measure ends later, counted from the end that runs; one that waits has none, and what has ended stays so. */
    void renew(Order order, Receipt.Builder receipt) {
        Measure measure = measureOf(order, order.getRenew().getFreezeOrderId());
        long arrival = measure.arrival();
        Database.Row row = db.row("SELECT ends FROM measures WHERE arrival = ? AND ends IS NOT NULL", arrival);
        if (!measure.live() || row == null || row.number(0) <= Inbox.seconds()) {
            String reason = measure.live() && row == null ? "WAITLISTED" : "MEASURE_ENDED";
            receipt.addItems(item(Outcome.OUTCOME_NOT_RENEWED, reason).setMeasure(state(arrival)));
            return;
        }
        Term term = order.getRenew().getTerm();
        long months = term.getMonths() + 12L * term.getYears();
        ZonedDateTime later = endOfTerm(LocalDate.ofInstant(Instant.ofEpochSecond(row.number(0)), CHINA), months);
        db.run("UPDATE measures SET ends = ?, revision = revision + 1 WHERE arrival = ?", later.toEpochSecond(), arrival);
        receipt.setEffectAt(Inbox.at(Inbox.seconds())).addItems(item(Outcome.OUTCOME_RENEWED).setMeasure(state(arrival)));
    }

    void release(Order order, Receipt.Builder receipt) {
        Measure measure = measureOf(order, order.getRelease().getFreezeOrderId());
        long arrival = measure.arrival();
        long part = order.getRelease().getAmountMinorUnits();
        if (!measure.live()) {
            receipt.addItems(item(Outcome.OUTCOME_NOT_CONTROLLED, "MEASURE_ENDED").setMeasure(state(arrival)));
            return;
        }
        if (part == 0 || part >= measure.requested()) {
            end(arrival);
        } else {
            giveUp(arrival, Math.max(0, part - unfunded(arrival))); // the unfunded part first
            reduce(arrival, part);
        }
        receipt.setEffectAt(Inbox.at(Inbox.seconds())).addItems(item(Outcome.OUTCOME_RELEASED).setMeasure(state(arrival)));
        settle(scope(arrival), true);
    }

    /** Takes {@code amount} of what the measure controls, account by account; what was taken of each. */
    private Map<String, Long> giveUp(long arrival, long amount) {
        Map<String, Long> taken = new LinkedHashMap<>();
        for (Database.Row share : db.rows("SELECT account, controlled FROM shares WHERE arrival = ? ORDER BY place", arrival)) {
            long part = Math.min(amount, share.number(1));
            db.run("UPDATE shares SET controlled = controlled - ? WHERE arrival = ? AND account = ?", part, arrival, share.text(0));
            taken.put(share.text(0), part);
            amount -= part;
        }
        return taken;
    }

    void deduct(Order order, Receipt.Builder receipt, long arrival) {
        Deduct act = order.getDeduct();
        Measure measure = measureOf(order, act.getFreezeOrderId());
        long most = controlled(measure.arrival());
        long amount = act.getUpTo() ? Math.min(act.getAmountMinorUnits(), most) : act.getAmountMinorUnits();
        if (!measure.live() || !act.getCurrency().equals("CNY") || amount == 0 || most < amount) {
            receipt.addItems(item(Outcome.OUTCOME_NOT_DEDUCTED, act.getCurrency().equals("CNY") ? "NO_BALANCE" : "CURRENCY_MISMATCH"));
            return;
        }
        giveUp(measure.arrival(), amount).forEach((account, part) ->
                db.run("UPDATE accounts SET balance = balance - ? WHERE number = ?", part, account));
        reduce(measure.arrival(), amount);
        if (measure.requested() == amount) end(measure.arrival());
        long now = Inbox.seconds();
        CourtAccount to = act.getAccount();
        db.run("INSERT INTO payments VALUES(?, ?, ?, ?, ?)", order.getOrderId(), to.getAccountNumber(), to.getAccountName(), amount, now);
        DeductionState done = DeductionState.newBuilder().setAmountMinorUnits(amount).setBookingReference("B" + arrival)
                .setPaymentReference("P" + Adapter.hex(order.getOrderId())).setBookedAt(Inbox.at(now)).setSettledAt(Inbox.at(now))
                .setMeasure(state(measure.arrival())).build();
        receipt.setEffectAt(Inbox.at(now)).addItems(item(Outcome.OUTCOME_DEDUCTED).setDeduction(done));
    }

    // --- the counter

    private void openAccount(String number, String name, String idKind, String idNumber, long fen) {
        db.run("INSERT INTO accounts VALUES(?, ?, ?, ?, ?)", number, name, idKind, idNumber, fen);
    }

    /** What later money does. */
    private void credit(String number, long fen) {
        int rows = db.run("UPDATE accounts SET balance = balance + ? WHERE number = ?", fen, number);
        if (rows != 1) throw new IllegalArgumentException("no account has this number");
        settle(List.of(number), false);
    }

    public static void main(String[] arguments) throws Exception {
        String command = arguments.length > 1 ? arguments[0] + arguments.length : "";
        if (!Set.of("open-account7", "credit4").contains(command)) {
            System.err.println("Bank open-account CONFIG.toml NUMBER NAME ID_KIND ID_NUMBER FEN | credit CONFIG.toml NUMBER FEN");
            System.exit(2);
        }
        Bank bank = new Bank(Settings.read(Path.of(arguments[1])));
        bank.db.transaction(() -> {
            if (command.equals("credit4")) bank.credit(arguments[2], Long.parseLong(arguments[3]));
            else bank.openAccount(arguments[2], arguments[3], arguments[4], arguments[5], Long.parseLong(arguments[6]));
        });
    }
}
