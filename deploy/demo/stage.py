"""The stage on which the demo case is played: a step clock, processes on loopback, and the command line of the product.

Standard library only. Nothing here knows the story; play.py does.
"""
import datetime
import json
import mmap
import os
import signal
import socket
import struct
import subprocess
import sys
import time

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


class Failed(Exception):
    """An assertion of the demo did not hold, or a process did not do what it should."""


class StepClock:
    """Two little-endian int64 in a mapped file: wall and monotonic microseconds. Stands still until the script moves both."""

    def __init__(self, path, start):
        self.path = path
        with open(path, "wb") as file:
            file.write(struct.pack("<qq", 0, 0))
        self._file = open(path, "r+b")
        self._map = mmap.mmap(self._file.fileno(), 16)
        self._monotonic = 1_000_000_000_000
        self._wall = int(start.timestamp() * 1_000_000)
        self._write()

    def _write(self):
        self._map[0:16] = struct.pack("<qq", self._wall, self._monotonic)
        self._map.flush()

    def move_to(self, moment):
        wall = int(moment.timestamp() * 1_000_000)
        if wall < self._wall:
            raise Failed("the demo's clock never goes back")
        self._monotonic += wall - self._wall
        self._wall = wall
        self._write()

    def now(self):
        return datetime.datetime.fromtimestamp(self._wall / 1_000_000, SHANGHAI)


def at(month, day, hour, minute=0, year=2026):
    return datetime.datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stage:
    def __init__(self, binaries, folder, clock):
        self.binaries = binaries
        self.folder = folder
        self.clock = clock
        self.processes = {}
        self.environment = dict(os.environ, EAGLE_STEP_CLOCK=clock.path, NO_COLOR="1", TZ="Asia/Shanghai")
        self.checks = 0
        self.scenes = -1  # the first, the set-up, is scene 0

    # --- telling

    def scene(self, title, chinese):
        """Begins the next scene at the hour that the clock has now."""
        self.scenes += 1
        heading = f"{self.scenes}. {title}  {chinese}"
        print(f"\n\033[1m{heading}\033[0m" if sys.stdout.isatty() else "\n" + heading)
        now = self.clock.now()
        print(f"   {now:%a %d %b %Y %H:%M}  {now.year}年{now.month}月{now.day}日 星期{'一二三四五六日'[now.weekday()]}")

    def say(self, text):
        print("   " + text)

    def check(self, what, held, seen=None):
        self.checks += 1
        if not held:
            raise Failed(what + ("" if seen is None else f" (seen: {seen})"))
        print(f"   \u2713 {what}")

    def equal(self, what, seen, expected):
        self.check(f"{what}: {told(expected)}", seen == expected, seen)

    # --- processes

    def start(self, name, arguments, ready=None):
        log = open(os.path.join(self.folder, name + ".log"), "ab")
        process = subprocess.Popen([os.path.join(self.binaries, arguments[0])] + arguments[1:], stdout=log, stderr=log, env=self.environment, cwd=self.folder,
                                   start_new_session=True)  # Ctrl-C is the script's to handle
        self.processes[name] = process
        if ready is not None:
            self.wait(f"{name} to be ready", lambda: self._alive(name) and ready())
        return process

    def _alive(self, name):
        code = self.processes[name].poll()
        if code is not None:
            raise Failed(f"{name} ended with {code}; its log: {os.path.join(self.folder, name + '.log')}")
        return True

    def kill(self, name):
        """SIGKILL: no warning, nothing flushed."""
        process = self.processes[name]
        process.send_signal(signal.SIGKILL)
        process.wait()
        del self.processes[name]

    def stop(self, name):
        process = self.processes.get(name)  # it stays on the list until it has ended: an interrupted stop is stopped again
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        del self.processes[name]

    def stop_all(self):
        for name in list(self.processes)[::-1]:
            self.stop(name)

    def wait(self, what, condition, seconds=90):
        """Long enough for a busy machine, and for a witness that lost the gateway while it was killed."""
        end = time.monotonic() + seconds
        while True:
            result = condition()
            if result:
                return result
            if time.monotonic() > end:
                raise Failed(f"waited {seconds} s for {what}")
            time.sleep(0.05)

    # --- the product's own commands

    def run(self, arguments, expect=0, show=False):
        """Runs a command; its standard output as parsed JSON where it is JSON."""
        command = [os.path.join(self.binaries, arguments[0])] + arguments[1:]
        if show:
            print("   " + prompt(arguments))
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment, cwd=self.folder, timeout=120)
        if done.returncode != expect:
            raise Failed(f"{' '.join(arguments)}\n   exit {done.returncode}, not {expect}\n{done.stdout}{done.stderr}")
        text = done.stdout.strip()
        if text.startswith("{") or text.startswith("["):
            parsed = json.loads(text)
            return {"rows": parsed} if isinstance(parsed, list) else parsed
        return {"text": text, "talk": done.stderr}


def told(value):
    """A value as the story tells it: no braces, sets in order, what is the same once, midnight without its zone."""
    if value is None or value == []:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {told(part)}" for name, part in value.items())
    if isinstance(value, (set, frozenset)):
        return told(sorted(value, key=str))
    if isinstance(value, (list, tuple)):
        if len(value) > 1 and all(isinstance(part, str) and part == value[0] for part in value):
            return f"{value[0]} × {len(value)}"
        return ("; " if any(isinstance(part, (list, tuple)) for part in value) else ", ").join(told(part) for part in value)
    return str(value).replace("T00:00:00+08:00", " 00:00")


def prompt(arguments):
    """The command with whose desk it is typed at, without what is the same each time: the configuration, the form of the output, the pinned key of the log."""
    desk, words, before = "", [], ""
    for word in arguments:
        if word.startswith("pki/config/"):
            desk = word[len("pki/config/"):-len(".toml")] + " "
            words.pop()
        elif before == "--log-key" and not word.endswith(".pub"):
            words.append('"$(cat pki/keys/log.pub)"')
        elif word not in ("--output", "json", "--yes", "--json"):
            words.append(quote(word))
        before = word
    return f"{desk}$ {' '.join(words)}"


def quote(word):
    return f"'{word}'" if any(c in word for c in " ;；（()'\"") else word
