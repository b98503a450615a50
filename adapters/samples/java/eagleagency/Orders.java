package eagleagency;

import com.google.protobuf.ByteString;
import goldeneagle.v1.AdapterServiceOuterClass.Task;
import goldeneagle.v1.EnvelopeOuterClass.Envelope;
import goldeneagle.v1.EnvelopeOuterClass.Head;
import goldeneagle.v1.EnvelopeOuterClass.MemberType;
import goldeneagle.v1.OrderOuterClass.Action;
import goldeneagle.v1.OrderOuterClass.CourtAccount;
import goldeneagle.v1.OrderOuterClass.Freeze;
import goldeneagle.v1.OrderOuterClass.Identity;
import goldeneagle.v1.OrderOuterClass.Inflow;
import goldeneagle.v1.OrderOuterClass.OfficerRef;
import goldeneagle.v1.OrderOuterClass.Order;
import goldeneagle.v1.OrderOuterClass.Term;
import goldeneagle.v1.StatementOuterClass.AccountDetails;
import goldeneagle.v1.StatementOuterClass.OfficerRole;
import goldeneagle.v1.StatementOuterClass.Statement;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Which order may be carried out (server/docs/agency-guide.md 3): pure, and in the guide's order. Whatever isn't right is {@link Refused}. */
public final class Orders {
    private static final long MOST = 1_000_000_000_000_000L; // minor units of any amount
    private static final long CLOCK_SKEW = 600; // seconds by which this clock may be slow

    private Orders() {}

    /** The order of a task. {@code arrivedAt}: seconds since 1970. Pre: the directory is complete. */
    public static Order verify(Task task, Envelope envelope, Directory directory, String agency, long arrivedAt) {
        Head head = Signed.headOver(task.getMember(), Integer.toUnsignedLong(task.getIndex()), task.getPathList(), envelope,
                MemberType.MEMBER_TYPE_ORDER, directory.environment);
        byte[] text = Signed.pae(envelope.getPayload());
        Predicate<Statement> hasSigned = one -> envelope.getSignaturesList().stream().anyMatch(mark -> Signed.verifies(one, text, mark.getSig()));
        Map<String, Statement> officers = directory.officers(head.getSigner(), arrivedAt);
        boolean stolen = directory.revokedOf(head.getSigner()).stream().anyMatch(hasSigned);
        Refused.insist(!officers.isEmpty() || stolen, "SIGNER_UNKNOWN");
        Map<ByteString, String> keys = new HashMap<>(); // a key counts once
        officers.forEach((code, one) -> {
            if (!directory.isRevoked(one.getKey()) && hasSigned.test(one)) keys.put(one.getKey(), code);
        });
        Refused.insist(!keys.isEmpty() || stolen, "SIGNATURE_INVALID");
        Refused.insist(!keys.isEmpty(), "KEY_REVOKED");
        Order order = Signed.parseStrict(Order.parser(), task.getMember());
        Refused.insist(order.getCourt().equals(head.getSigner()), "SIGNATURE_INVALID");
        Refused.insist(order.getAgenciesList().contains(agency), "AUDIENCE_MISMATCH");
        try {
            checkOfficers(order, officers, new HashSet<>(keys.values()));
        } catch (Refused why) {
            throw stolen ? new Refused("KEY_REVOKED") : why;
        }
        checkContent(order);
        Refused.insist(!order.hasNotBefore() || arrivedAt + CLOCK_SKEW >= order.getNotBefore().getSeconds(), "ORDER_NOT_YET");
        Refused.insist(arrivedAt <= order.getNotAfter().getSeconds(), "ORDER_EXPIRED");
        if (order.getAction() == Action.ACTION_DEDUCT) {
            Statement stated = directory.account(order.getCourt(), order.getDeduct().getAccountStatement(), arrivedAt);
            Refused.insist(stated != null && stated.getAccount().equals(detailsOf(order.getDeduct().getAccount())), "ACCOUNT_NOT_COURTS");
        }
        return order;
    }

    private static AccountDetails detailsOf(CourtAccount to) {
        return AccountDetails.newBuilder().setAccountName(to.getAccountName()).setBank(to.getBank()).setAccountNumber(to.getAccountNumber()).build();
    }

    /** Those named are on the register with the same credentials, the first has signed, and each role is filled by another officer. */
    private static void checkOfficers(Order order, Map<String, Statement> officers, Set<String> signed) {
        Refused.insist(order.getOfficersCount() > 0, "OFFICER_NOT_VALID");
        for (OfficerRef named : order.getOfficersList()) {
            Statement known = officers.get(named.getOfficer());
            Refused.insist(known != null && known.getOfficer().getWorkIdNo().equals(named.getWorkIdNo())
                    && known.getOfficer().getDutyCardNo().equals(named.getDutyCardNo()), "OFFICER_NOT_VALID");
        }
        Refused.insist(signed.contains(order.getOfficers(0).getOfficer()), "SIGNATURES_MISSING");
        List<OfficerRole> roles = new ArrayList<>(List.of(OfficerRole.OFFICER_ROLE_HANDLER));
        if (order.getAction() != Action.ACTION_INQUIRE) roles.add(OfficerRole.OFFICER_ROLE_COSIGNER);
        if (order.hasConfirmed()) roles.add(OfficerRole.OFFICER_ROLE_LEADER);
        Refused.insist(areFilled(roles, signed, officers), "SIGNATURES_MISSING");
        Predicate<String> leads = code -> signed.contains(code) && officers.get(code).getRolesList().contains(OfficerRole.OFFICER_ROLE_LEADER);
        Refused.insist(!order.hasConfirmed() || leads.test(order.getConfirmed().getLeader()), "CONFIRMATION_NOT_SIGNED");
        Refused.insist(!order.hasOverCapException() || leads.test(order.getOverCapException().getLeader()), "EXCEPTION_NOT_SIGNED");
    }

    /** Whether there is another of those who signed for each role: one person fills one, however many he holds. */
    private static boolean areFilled(List<OfficerRole> roles, Set<String> signed, Map<String, Statement> officers) {
        if (roles.isEmpty()) return true;
        for (String code : signed) {
            if (!officers.get(code).getRolesList().contains(roles.get(0))) continue;
            Set<String> others = new HashSet<>(signed);
            others.remove(code);
            if (areFilled(roles.subList(1, roles.size()), others, officers)) return true;
        }
        return false;
    }

    /** What can be carried out as it is written. Of acts that came into the contract later only what all orders have. */
    private static void checkContent(Order order) {
        ByteString id = order.getOrderId();
        boolean uuid7 = id.size() == 16 && (id.byteAt(6) >> 4 & 0xF) == 7 && (id.byteAt(8) >> 6 & 3) == 2;
        Refused.insist(order.getActCase() != Order.ActCase.ACT_NOT_SET && order.getAction().name().equals("ACTION_" + order.getActCase()) && uuid7,
                "FIELD_INVALID");
        Refused.insist(order.getAction() == Action.ACTION_INQUIRE || order.getAgenciesCount() == 1, "FIELD_INVALID");
        Identity subject = order.getSubject();
        boolean named = !subject.getName().isEmpty() && !subject.getIdKind().isEmpty() && !subject.getIdNumber().isEmpty();
        Refused.insist(!order.getCaseNumber().isEmpty() && named && order.hasNotAfter(), "FIELD_MISSING");
        switch (order.getActCase()) {
            case FREEZE -> checkFreeze(order.getFreeze(), order.hasOverCapException());
            case RENEW -> {
                Refused.insist(order.getRenew().getFreezeOrderId().size() == 16, "FIELD_INVALID");
                checkTerm(order.getRenew().getTerm());
            }
            case RELEASE -> {
                Refused.insist(order.getRelease().getFreezeOrderId().size() == 16, "FIELD_INVALID");
                Refused.insist(0 <= order.getRelease().getAmountMinorUnits() && order.getRelease().getAmountMinorUnits() <= MOST, "AMOUNT_INVALID");
            }
            case DEDUCT -> {
                Refused.insist(order.getDeduct().getFreezeOrderId().size() == 16, "FIELD_INVALID");
                Refused.insist(0 < order.getDeduct().getAmountMinorUnits() && order.getDeduct().getAmountMinorUnits() <= MOST, "AMOUNT_INVALID");
            }
            default -> { }
        }
    }

    private static void checkFreeze(Freeze freeze, boolean hasException) {
        Refused.insist(freeze.getTargetCase() != Freeze.TargetCase.TARGET_NOT_SET, "FIELD_MISSING");
        if (freeze.hasCounter()) { // takes over what stands: inflow, limit and term are the measure's own
            boolean named = !freeze.getCounter().getUnitReference().isEmpty() && !freeze.getCounter().getDocumentNumber().isEmpty();
            Refused.insist(named, "FIELD_MISSING");
            return;
        }
        boolean inflow = freeze.getInflow() == Inflow.INFLOW_CAPTURE || freeze.getInflow() == Inflow.INFLOW_NONE;
        Refused.insist(freeze.hasAsset() || inflow, "FIELD_MISSING");
        boolean unvalued = freeze.hasAsset() && hasException && freeze.getLimitMinorUnits() == 0;
        Refused.insist(unvalued || 0 < freeze.getLimitMinorUnits() && freeze.getLimitMinorUnits() <= MOST, "AMOUNT_INVALID");
        checkTerm(freeze.getTerm());
    }

    private static void checkTerm(Term term) {
        boolean bounded = Integer.compareUnsigned(term.getMonths(), 1200) <= 0 && Integer.compareUnsigned(term.getYears(), 100) <= 0;
        Refused.insist((term.getMonths() != 0) != (term.getYears() != 0) && bounded, "FIELD_INVALID");
    }

    // --- whom an order is about

    /** Names and numbers as they are compared: widths, case and the kinds of middle dots are nothing. */
    public static String folded(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC).toUpperCase(Locale.ROOT).replaceAll("[\u2022\u2027\u22c5\u30fb]", "\u00b7");
    }

    /** Folded numbers under which the person may be on the books: with 18 digits also the 15 of the old card, which only those born before 2000 had. */
    public static Set<String> numbersOf(Identity subject) {
        String number = folded(subject.getIdNumber());
        boolean card = subject.getIdKind().equals("CITIZEN_ID") && number.length() == 18 && number.startsWith("19", 6);
        return card ? Set.of(number, number.substring(0, 6) + number.substring(8, 17)) : Set.of(number);
    }

    /** Whether two orders are of the same court and case on the same person: only then does one move the other's measure. */
    static boolean sameMatter(Order one, Order other) {
        return matterOf(one).equals(matterOf(other));
    }

    private static List<String> matterOf(Order order) {
        Identity subject = order.getSubject();
        return List.of(order.getCourt(), order.getCaseNumber(), subject.getIdKind(), folded(subject.getIdNumber()));
    }
}
