"""Civil days of terms 期限, counted in the courts' time zone, wherever the machine stands."""
import datetime
import time

CHINA = datetime.timezone(datetime.timedelta(hours=8))


def now():
    """Seconds since 1970."""
    return int(time.time())


def end_of_term(start, months):
    """24:00 of the last day, as an instant: the one before the same day of the month; where a month has no such day, its last."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    try:
        return datetime.datetime(year, month + 1, start.day, tzinfo=CHINA)
    except ValueError:
        return datetime.datetime(year + (month + 1) // 12, (month + 1) % 12 + 1, 1, tzinfo=CHINA)


def term_after(seconds, months):
    """Seconds since 1970 at which a term ends that is counted from the civil day of an instant."""
    return int(end_of_term(datetime.datetime.fromtimestamp(seconds, CHINA).date(), months).timestamp())


def months_of(term):
    return term.months or term.years * 12
