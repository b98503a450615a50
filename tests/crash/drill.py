"""How a test with real processes ends: says what held or what did not, and stops every process that it started."""
import sys

from stage import Failed


def drill(test, run, tell):
    """run() raises Failed where a promise isn't kept; tell() is what to say of the test then, and when all held. The exit code."""
    try:
        run()
        print(tell())
        return 0
    except Failed as failure:
        print(f"{tell()}: {failure}", file=sys.stderr)
        return 1
    finally:
        test.stage.stop_all()
