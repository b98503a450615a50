package eagleagency;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.JsonFormat;
import goldeneagle.v1.OrderOuterClass.Freeze;
import goldeneagle.v1.OrderOuterClass.Identity;
import goldeneagle.v1.OrderOuterClass.Instrument;
import goldeneagle.v1.OrderOuterClass.Order;
import goldeneagle.v1.ReceiptOuterClass.ItemResult;
import goldeneagle.v1.ReceiptOuterClass.Outcome;
import goldeneagle.v1.ReceiptOuterClass.Receipt;
import goldeneagle.v1.ReceiptOuterClass.ReceiptKind;
import goldeneagle.v1.ReceiptOuterClass.ReturnNote;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One verified order and the answer to it: what an {@link Office}'s functions get. */
public final class Work {
    /** A paper of the order, as a file whose SHA-256 is the one that the court signed. */
    public record Paper(String category, String title, Path path) {}

    // Which outcomes may answer what (server/docs/agency-guide.md 5). An answer of another kind is never signed.
    private static final Map<Order.ActCase, String> OUTCOMES = Map.of(
            Order.ActCase.INQUIRE, "FOUND NIL AMBIGUOUS ERROR",
            Order.ActCase.FREEZE, "CONTROLLED PARTLY_CONTROLLED WAITLISTED NOT_CONTROLLED EXEMPT_HELD AMBIGUOUS ERROR",
            Order.ActCase.RENEW, "RENEWED NOT_RENEWED ERROR",
            Order.ActCase.RELEASE, "RELEASED NOT_CONTROLLED ERROR",
            Order.ActCase.DEDUCT, "DEDUCTED NOT_DEDUCTED EXEMPT_HELD ERROR");
    private static final Set<Outcome> WITH_REASON = EnumSet.of(Outcome.OUTCOME_NOT_CONTROLLED, Outcome.OUTCOME_NOT_RENEWED,
            Outcome.OUTCOME_NOT_DEDUCTED, Outcome.OUTCOME_EXEMPT_HELD, Outcome.OUTCOME_AMBIGUOUS, Outcome.OUTCOME_ERROR);
    private static final Set<Outcome> WITH_MEASURE = EnumSet.of(Outcome.OUTCOME_CONTROLLED, Outcome.OUTCOME_PARTLY_CONTROLLED,
            Outcome.OUTCOME_WAITLISTED, Outcome.OUTCOME_RENEWED, Outcome.OUTCOME_RELEASED);

    public final Order order;
    public final long arrival; // running number, gives rank
    public final List<Paper> papers;
    public final Receipt.Builder receipt;
    private final Inbox inbox;
    private final Papers folder;

    Work(Inbox inbox, Papers folder, long arrival, Order order, List<Paper> papers) {
        this.inbox = inbox;
        this.folder = folder;
        this.arrival = arrival;
        this.order = order;
        this.papers = papers;
        receipt = inbox.receipt(arrival, ReceiptKind.RECEIPT_KIND_FINAL);
    }

    public Identity subject() {
        return order.getSubject();
    }

    /** Arrival of the freeze whose measure this order renews, releases or takes from. */
    public long freeze() {
        ByteString named = switch (order.getActCase()) {
            case RENEW -> order.getRenew().getFreezeOrderId();
            case RELEASE -> order.getRelease().getFreezeOrderId();
            default -> order.getDeduct().getFreezeOrderId();
        };
        return inbox.freezeOf(order, named);
    }

    /** Adds one thing found or done; to be filled further. */
    public ItemResult.Builder item(Outcome outcome) {
        return receipt.addItemsBuilder().setOutcome(outcome);
    }

    public ItemResult.Builder item(Outcome outcome, String reason) {
        return item(outcome).setReason(reason);
    }

    /** Something changed, now. */
    public void effect() {
        receipt.setEffectAt(Terms.at(Terms.now()));
    }

    /** A file that goes with the receipt: kept, named by its digest, sent before the receipt is. */
    public void attach(byte[] content, String mediaType, String title) {
        receipt.addDocuments(Instrument.newBuilder().setCategory("SEALED_RECEIPT").setTitle(title).setDigest(folder.put(content, mediaType))
                .setSizeBytes(content.length).setMediaType(mediaType));
    }

    // --- before it is signed

    /**
     * The sealed receipt 协助执行回执 of something that changed: {@code program} gets our answer as JSON on stdin and gives the sealed PDF on stdout. What
     * was done is done without it.
     */
    void seal(String program) {
        try {
            Process seal = new ProcessBuilder(program).directory(inbox.settings.folder.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            try (var answer = seal.outputWriter(StandardCharsets.UTF_8)) {
                JsonFormat.printer().appendTo(receipt, answer);
            }
            byte[] sealed = seal.getInputStream().readAllBytes();
            if (seal.waitFor() != 0) throw new IOException(program + ": exit code " + seal.exitValue());
            attach(sealed, "application/pdf", "协助执行回执");
        } catch (IOException | InterruptedException why) {
            System.out.println("ALARM: no sealed receipt: " + why.getMessage());
        }
    }

    /** Throws unless the office does what the order asks: actions that it declares, on targets that it names. */
    static void insistOnSupport(Office office, Order order) {
        boolean declared = office.capabilities().stream().anyMatch(row -> row.getAction() == order.getAction());
        Refused.insist(declared && OUTCOMES.containsKey(order.getActCase()), "ACTION_NOT_SUPPORTED");
        Freeze freeze = order.getFreeze();
        boolean bars = office.targets().contains(freeze.getTargetCase()) && freeze.getBlockedActsCount() == 0;
        Refused.insist(!order.hasFreeze() || bars, "TARGET_NOT_SUPPORTED");
    }

    void perform(Office office) {
        switch (order.getActCase()) {
            case INQUIRE -> office.inquire(this);
            case FREEZE -> office.freeze(this);
            case RENEW -> office.renew(this);
            case RELEASE -> office.release(this);
            case DEDUCT -> office.deduct(this);
            default -> throw new Refused("ACTION_NOT_SUPPORTED");
        }
    }

    /** Why this answer can't be signed; empty when it can. */
    String wrong() {
        List<Outcome> outcomes = receipt.getItemsList().stream().map(ItemResult::getOutcome).toList();
        if (outcomes.isEmpty()) return "an answer has an item";
        for (ItemResult item : receipt.getItemsList()) {
            Outcome outcome = item.getOutcome();
            String word = outcome.name().substring("OUTCOME_".length());
            if (!List.of(OUTCOMES.get(order.getActCase()).split(" ")).contains(word)) return word + " doesn't answer " + order.getActCase();
            if (WITH_REASON.contains(outcome) && item.getReason().isEmpty()) return word + " needs a reason";
            if (WITH_MEASURE.contains(outcome) && item.getMeasure().getUnitReference().isEmpty()) return word + " says how the measure stands";
            if ((outcome == Outcome.OUTCOME_FOUND) != item.hasFinding()) return "a finding goes with FOUND";
            boolean booked = item.getDeduction().getAmountMinorUnits() > 0 && !item.getDeduction().getBookingReference().isEmpty();
            if (outcome == Outcome.OUTCOME_DEDUCTED && !booked) return "DEDUCTED has an amount and a booking";
        }
        if (outcomes.contains(Outcome.OUTCOME_NIL) && outcomes.size() > 1) return "NIL stands alone";
        boolean failed = outcomes.equals(List.of(Outcome.OUTCOME_ERROR));
        return order.hasInquire() && !failed && receipt.getSearchedScope().isEmpty() ? "say what was searched" : "";
    }

    /** Makes it the receipt that sends an order back undone 回退. */
    static Receipt.Builder returned(Receipt.Builder receipt, Refused why, Settings settings) {
        return receipt.setKind(ReceiptKind.RECEIPT_KIND_RETURNED).clearItems().clearDocuments().clearEffectAt().clearSearchedScope()
                .setReturned(ReturnNote.newBuilder().setReason(why.getMessage()).setRemark(why.remark)
                        .setContactName(settings.text("contact.name")).setContactPhone(settings.text("contact.phone")));
    }
}
