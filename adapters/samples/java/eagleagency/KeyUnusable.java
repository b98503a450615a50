package eagleagency;

/** An own key doesn't sign: the program ends rather than act and not be able to say so. */
public final class KeyUnusable extends RuntimeException {
    KeyUnusable(String what, Throwable why) {
        super(what, why);
    }
}
