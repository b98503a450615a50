package eagleagency;

/** Nothing is done, and the order goes back with this reason (server/docs/reasons.md, or AgencyReason in receipt.proto). */
public final class Refused extends RuntimeException {
    final String remark;

    public Refused(String reason) {
        this(reason, "");
    }

    public Refused(String reason, String remark) {
        super(reason);
        this.remark = remark;
    }

    /** Throws unless {@code holds}. */
    public static void insist(boolean holds, String reason) {
        if (!holds) throw new Refused(reason);
    }
}
