import static eagleagency.Orders.folded;
import static goldeneagle.v1.ReceiptOuterClass.Outcome.*;

import eagleagency.*;
import goldeneagle.v1.AdministrationOuterClass.Capability;
import goldeneagle.v1.OrderOuterClass.*;
import goldeneagle.v1.ReceiptOuterClass.*;
import java.nio.file.Path;
import java.util.*;

/**
 * A small bank's adapter 适配器样例: five functions, from an order to what the books did. All the rest is the package eagleagency's.
 * <pre>  java @out/java.args Bank run CONFIG.toml | open-account CONFIG.toml NUMBER NAME ID_KIND ID_NUMBER FEN | credit CONFIG.toml NUMBER FEN</pre>
 */
final class Bank implements Office {
    private final Inbox inbox;
    private final Books books;

    Bank(Inbox inbox) {
        this.inbox = inbox;
        books = new Books(inbox.db, this::tell);
    }

    @Override public List<Capability> capabilities() {
        return List.of(Action.ACTION_INQUIRE, Action.ACTION_FREEZE, Action.ACTION_RENEW, Action.ACTION_RELEASE, Action.ACTION_DEDUCT).stream()
                .map(action -> Capability.newBuilder().setAssetKind("DEPOSIT").setAction(action).addCurrencies("CNY").setPartialRelease(true)
                        .setCapturesInflow(true).setKeepsWaitlist(true).build()).toList();
    }

    @Override public Set<Freeze.TargetCase> targets() { return Set.of(Freeze.TargetCase.PERSON_AT_AGENCY, Freeze.TargetCase.ACCOUNT); }

    /** The person's accounts: number, name, id_number, balance; null when one is under another name, which a clerk must look at. */
    private List<Database.Row> accountsOf(Identity subject) {
        String query = "SELECT number, name, id_number, balance FROM accounts WHERE id_kind = ? ORDER BY number";
        List<Database.Row> found = inbox.db.rows(query, subject.getIdKind()).stream()
                .filter(row -> Orders.numbersOf(subject).contains(folded(row.text(2)))).toList();
        return found.stream().allMatch(row -> folded(row.text(1)).equals(folded(subject.getName()))) ? found : null;
    }

    // --- the five functions

    @Override public void inquire(Work work) { // 查询
        work.receipt.setSearchedScope("deposit accounts");
        List<Database.Row> accounts = accountsOf(work.subject());
        if (accounts == null) work.item(OUTCOME_AMBIGUOUS, "NAME_MISMATCH");
        if (accounts != null && accounts.isEmpty()) work.item(OUTCOME_NIL);
        boolean card = work.subject().getIdKind().equals("CITIZEN_ID");
        for (Database.Row account : accounts == null ? List.<Database.Row>of() : accounts) {
            work.item(OUTCOME_FOUND).getFindingBuilder().setAssetKind("DEPOSIT").setAssetNumber(account.text(0)).setHolderName(account.text(1))
                    .setMatchedBy(card ? "NAME_AND_" + account.text(2).length() : "NAME_AND_CODE").setStatus("NORMAL").setCurrency("CNY")
                    .setBalanceKnown(true).setBalanceMinorUnits(account.number(3)).setAvailableMinorUnits(books.free(account.text(0)));
        }
    }

    @Override public void freeze(Work work) { // 冻结
        Freeze act = work.order.getFreeze();
        List<Database.Row> all = accountsOf(work.subject());
        if (all == null) work.item(OUTCOME_AMBIGUOUS, "NAME_MISMATCH");
        if (all == null) return;
        List<String> accounts = all.stream().map(row -> row.text(0))
                .filter(number -> !act.hasAccount() || number.equals(act.getAccount().getAccountNumber())).toList();
        if (accounts.isEmpty() || !act.getCurrency().equals("CNY")) {
            work.item(OUTCOME_NOT_CONTROLLED, "ACCOUNT_NOT_FOUND");
            return;
        }
        books.place(work.arrival, work.order.getOrderId(), act.getLimitMinorUnits(), act.getInflow() == Inflow.INFLOW_CAPTURE,
                Terms.monthsOf(act.getTerm()), accounts);
        work.item(standing(work.arrival)).setMeasure(state(work.arrival));
        work.effect();
    }

    /** The same measure ends later; one that waits has no end yet, and what has ended stays so. */
    @Override public void renew(Work work) { // 续冻
        Database.Row measure = measure(work);
        if (!measure.isTrue(1) || !measure.isSet(3) || measure.number(3) <= Terms.now()) {
            work.item(OUTCOME_NOT_RENEWED, measure.isTrue(1) && !measure.isSet(3) ? "WAITLISTED" : "MEASURE_ENDED").setMeasure(state(measure.number(0)));
            return;
        }
        books.prolong(measure.number(0), Terms.monthsOf(work.order.getRenew().getTerm()));
        work.item(OUTCOME_RENEWED).setMeasure(state(measure.number(0)));
        work.effect();
    }

    @Override public void release(Work work) { // 解冻
        Database.Row measure = measure(work);
        long arrival = measure.number(0);
        long part = work.order.getRelease().getAmountMinorUnits();
        if (!measure.isTrue(1)) {
            work.item(OUTCOME_NOT_CONTROLLED, "MEASURE_ENDED").setMeasure(state(arrival));
            return;
        }
        if (part == 0 || part >= measure.number(2)) {
            books.end(arrival);
        } else {
            books.giveUp(arrival, Math.max(0, part - books.unfunded(arrival))); // the unfunded part first
            books.reduce(arrival, part);
        }
        work.item(OUTCOME_RELEASED).setMeasure(state(arrival));
        books.settle(books.scope(arrival), true);
        work.effect();
    }

    @Override public void deduct(Work work) { // 扣划
        Deduct act = work.order.getDeduct();
        long arrival = measure(work).number(0);
        long most = books.controlled(arrival);
        long amount = act.getUpTo() ? Math.min(act.getAmountMinorUnits(), most) : act.getAmountMinorUnits();
        if (!act.getCurrency().equals("CNY") || amount == 0 || amount > most) {
            work.item(OUTCOME_NOT_DEDUCTED, act.getCurrency().equals("CNY") ? "NO_BALANCE" : "CURRENCY_MISMATCH");
            return;
        }
        books.pay(arrival, amount, work.order.getOrderId(), act.getAccount());
        work.item(OUTCOME_DEDUCTED).getDeductionBuilder().setAmountMinorUnits(amount).setBookingReference("B" + work.arrival)
                .setPaymentReference("P" + work.arrival).setBookedAt(Terms.at(Terms.now())).setSettledAt(Terms.at(Terms.now())).setMeasure(state(arrival));
        work.effect();
    }

    @Override public void byItself() { books.lapse(); }

    // --- how a measure stands, in the words of the contract

    /** The measure that an order speaks of: arrival, live, requested, ends. */
    private Database.Row measure(Work work) {
        Database.Row row = inbox.db.row("SELECT arrival, live, requested, ends FROM measures WHERE arrival = ?", work.freeze());
        Refused.insist(row != null, "MEASURE_UNKNOWN"); // that freeze controlled nothing
        return row;
    }

    private MeasureState.Builder state(long measure) {
        Database.Row row = inbox.db.row("SELECT requested, live, starts, ends, revision FROM measures WHERE arrival = ?", measure);
        long unfunded = books.unfunded(measure);
        MeasureState.Builder state = MeasureState.newBuilder().setUnitReference("F" + measure).setRequestedMinorUnits(row.number(0))
                .setControlledMinorUnits(books.controlled(measure)).setUnfundedMinorUnits(unfunded).setEnded(!row.isTrue(1))
                .setRevision(row.number(4)).setRank((int) (1 + books.standsBefore(measure))).setServedSequence(measure);
        if (row.isSet(2)) state.setEffectiveFrom(Terms.at(row.number(2))).setEffectiveTo(Terms.at(row.number(3)));
        if (!row.isTrue(1)) return state;
        for (Database.Row share : inbox.db.rows("SELECT account, controlled, place FROM shares WHERE arrival = ? ORDER BY place", measure)) {
            state.addSharesBuilder().setAssetNumber(share.text(0)).setControlledMinorUnits(share.number(1))
                    .setUnfundedMinorUnits(share.number(2) == 0 ? unfunded : 0); // on the first account alone
        }
        return state;
    }

    private Outcome standing(long measure) {
        Database.Row row = inbox.db.row("SELECT live, starts FROM measures WHERE arrival = ?", measure);
        if (!row.isTrue(0) || !row.isSet(1)) return row.isTrue(0) ? OUTCOME_WAITLISTED : OUTCOME_NOT_CONTROLLED;
        return books.unfunded(measure) > 0 ? OUTCOME_PARTLY_CONTROLLED : OUTCOME_CONTROLLED;
    }

    /** An event 事件: the books changed a measure by themselves. */
    private void tell(long measure, String change) {
        inbox.tell(measure, MeasureChange.valueOf("MEASURE_CHANGE_" + change), standing(measure), state(measure));
    }

    public static void main(String[] words) throws Exception {
        String command = words.length > 1 ? words[0] + words.length : "";
        if (!Set.of("run2", "open-account7", "credit4").contains(command)) throw new IllegalArgumentException("run | open-account | credit: see Bank.java");
        Inbox inbox = new Inbox(Settings.ofAgency(Path.of(words[1])));
        Bank bank = new Bank(inbox);
        if (command.equals("run2")) new Session("org.example.java-bank", "2", bank, inbox).run();
        else if (command.equals("credit4")) inbox.db.transaction(() -> bank.books.credit(words[2], Long.parseLong(words[3])));
        else inbox.db.run("INSERT INTO accounts VALUES(?, ?, ?, ?, ?)", words[2], words[3], words[4], words[5], Long.parseLong(words[6]));
    }
}
