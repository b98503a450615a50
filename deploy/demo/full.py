"""What `demo --full` adds to the first case, by the days on which it happens: a preservation of things (things.py), two cases of money that isn't on a plain account
(money.py), and what the network asks of its agencies: a daily statement (statement.py), and adapters that were examined (examined.py)."""
import examined
import money
import statement
import things

SCENES = (statement.keep_a_copy, *things.BEFORE_JUDGMENT, statement.forgotten, *money.THIRD_CASE, *things.TERMS, *things.AFTER_JUDGMENT, examined.adapters_are_examined, *money.FOURTH_CASE)


def play(demo):
    for scene in SCENES:
        scene(demo)
