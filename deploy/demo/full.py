"""What `demo --full` adds to the first case, by the days on which it happens: a preservation of things (things.py), two cases of money that isn't on a plain account
(money.py), and what the network itself asks of its agencies (network.py)."""
import money
import network
import things

SCENES = (network.keep_a_copy, *things.BEFORE_JUDGMENT, network.forgotten, *money.THIRD_CASE, *things.TERMS, *things.AFTER_JUDGMENT, network.examined, *money.FOURTH_CASE)


def play(demo):
    for scene in SCENES:
        scene(demo)
