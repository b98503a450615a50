package eagleagency;

import goldeneagle.v1.AdministrationOuterClass.Capability;
import goldeneagle.v1.OrderOuterClass.Freeze;
import java.util.List;
import java.util.Set;

/**
 * What you write: an agency's own side. Each function gets a verified order, does it, and writes the answer into {@link Work}; to send the order
 * back it throws {@link Refused}.
 *
 * <p>A function runs in one transaction of the inbox and may be rolled back and called again: what it changes must lie in that file, or be asked for
 * before it is done (README.md). Whatever else it throws is its own failure: nothing was done, it is tried again, and at last answered with ERROR.
 */
public interface Office {
    /** What is declared in Hello. Another action is sent back: ACTION_NOT_SUPPORTED. */
    List<Capability> capabilities();

    /** What a freeze may name. Another target is sent back: TARGET_NOT_SUPPORTED. */
    Set<Freeze.TargetCase> targets();

    void inquire(Work work);

    void freeze(Work work);

    void renew(Work work);

    void release(Work work);

    void deduct(Work work);

    /** Called between polls, in a transaction: measures that end, money that came. */
    default void byItself() {}
}
