"""The sample programs of one language, as words of a command: what liar.py and sample.py start.

    of(STUBS, [])              adapters/samples/python and client/samples/python, with the stubs that protoc made
    of(STUBS, ["java", OUT])   adapters/samples/java and client/samples/java, as compile.sh has compiled them into OUT
"""
import collections
import os

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..", "..")

# judge FILE: the verdicts on the orders of a file like proto/vectors/orders.json, one a line.
Samples = collections.namedtuple("Samples", "language adapter books court judge")


def of(stubs, words):
    if not words:
        run = lambda *path: ["/usr/bin/python3", os.path.join(TOP, *path)]
        return Samples("Python", run("adapters", "samples", "python", "bank.py") + ["run"], run("adapters", "samples", "python", "bank.py"), run("client", "samples", "python", "court.py"),
                       run("tests", "interop", "python", "verdicts.py") + [os.path.abspath(stubs), "judge"])
    language, out = words
    if language != "java":
        raise ValueError("no samples in " + language)
    run = lambda name: ["/usr/bin/java", "@" + os.path.join(os.path.abspath(out), "java.args"), name]
    return Samples("Java", run("Bank") + ["run"], run("Bank"), run("Court"), run("Verdicts") + ["judge"])
