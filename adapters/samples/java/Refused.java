/** Nothing is done, and the order goes back with this reason (server/docs/reasons.md). */
final class Refused extends RuntimeException {
    Refused(String reason) {
        super(reason);
    }

    /** Throws unless {@code holds}. */
    static void insist(boolean holds, String reason) {
        if (!holds) throw new Refused(reason);
    }
}
