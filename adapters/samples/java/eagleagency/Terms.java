package eagleagency;

import com.google.protobuf.Timestamp;
import goldeneagle.v1.OrderOuterClass.Term;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/** Civil days of terms 期限, counted in the courts' time zone, wherever the machine stands. Instants are seconds since 1970. */
public final class Terms {
    private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);

    private Terms() {}

    public static long now() {
        return Instant.now().getEpochSecond();
    }

    public static Timestamp at(long seconds) {
        return Timestamp.newBuilder().setSeconds(seconds).build();
    }

    /** 24:00 of the last day: the one before the same day of the month; where a month has no such day, its last. */
    public static ZonedDateTime endOfTerm(LocalDate start, long months) {
        YearMonth month = YearMonth.from(start).plusMonths(months);
        LocalDate end = month.isValidDay(start.getDayOfMonth()) ? month.atDay(start.getDayOfMonth()) : month.plusMonths(1).atDay(1);
        return end.atStartOfDay(CHINA);
    }

    /** The instant at which a term ends that is counted from the civil day of an instant. */
    public static long termAfter(long seconds, long months) {
        return endOfTerm(LocalDate.ofInstant(Instant.ofEpochSecond(seconds), CHINA), months).toEpochSecond();
    }

    public static long monthsOf(Term term) {
        return term.getMonths() + 12L * term.getYears();
    }
}
