#!/usr/bin/env python3
"""A driver that does what its argument says.

At once: mute, endless-hello, long-hello, greets-twice. When a program is about something (the plainest ones are answered properly,
which is enough for the honesty gate): garbage, half, silent (half a line, and no more), exit, nul, slow (a byte a second), stops,
ignores-sigterm, floods-errors, closes-input, leaves-children (in sessions of their own), stops-its-parent. Always: twice,
out-of-order."""
import json
import os
import signal
import subprocess
import sys
import time

HELLO = {"lawful": 1, "subject": "hostile driver", "ops": ["sleep", "return", "create_task", "await"], "profiles": ["core"], "clock": "virtual"}
OK = {"t": 0, "task": "main", "at": ""}


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def hang():
    while True:
        time.sleep(3600)


def at_once(way):
    """What it does instead of a hello, if it does."""
    if way == "mute":
        sys.exit(4)
    if way == "endless-hello":
        while True:
            say("hello " * 10000)
    if way == "long-hello":
        say(json.dumps({**HELLO, "subject": "x" * 100_000_000}) + "\n")
        hang()


def misbehave(way):
    if way == "garbage":
        say("segfault? no, but here is my log\n")
    elif way == "half":
        say('{"status":"fini')
        os._exit(0)
    elif way == "silent":
        say('{"status":')
        hang()
    elif way == "nul":
        say('{"status":"fin\0ished","end":0}\n')
    elif way == "slow":
        for c in '{"status":"finished","message":"' + 100 * "s":
            say(c)
            time.sleep(1)
    elif way == "stops":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif way == "stops-its-parent":
        os.kill(os.getppid(), signal.SIGSTOP)
        hang()
    elif way == "ignores-sigterm":
        for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(s, signal.SIG_IGN)
        hang()
    elif way == "floods-errors":
        block = ("e" * 999 + "\n") * 1000
        for _ in range(1000):
            sys.stderr.write(block)
        hang()
    elif way == "closes-input":
        os.close(0)
        hang()
    elif way == "leaves-children":
        for _ in range(3):
            subprocess.Popen([sys.executable, __file__, "waits-alone"], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os._exit(7)
    else:
        os._exit(7)


def main():
    way = sys.argv[1]
    if way == "waits-alone":
        hang()
    at_once(way)
    say(json.dumps(HELLO) + "\n")
    if way == "greets-twice":
        say(json.dumps(HELLO) + "\n")
    kept = None
    for line in sys.stdin:
        main_body = json.loads(line)["main"]
        # Only the plainest programs are run, one statement after the other.
        if len(main_body) <= 3 and all(s["op"] in ("return", "sleep", "create_task", "await") for s in main_body):
            answer = json.dumps(plain(main_body)) + "\n"
            if way == "out-of-order":
                # Each answer goes out behind the next one; the last one, too late.
                answer, kept = kept, answer
                if answer is None:
                    continue
            say(answer * 2 if way == "twice" else answer)
        elif way in ("twice", "out-of-order", "greets-twice"):
            say('{"status":"unsupported","op":"gather"}\n')
        else:
            misbehave(way)


def plain(body):
    now, trace, outcomes = 0, [], {}

    def event(task, at, kind, **more):
        trace.append({"t": now, "task": task, "at": at, "event": kind, **more})

    def run(task, statements):
        nonlocal now
        event(task, "", "start")
        value = None
        for i, s in enumerate(statements):
            event(task, str(i), "begin")
            result = None
            if s["op"] == "sleep":
                now += s["ticks"]
            elif s["op"] == "await":
                result = run(s["task"], bodies.pop(s["task"])) if s["task"] in bodies else None
            elif s["op"] == "create_task":
                bodies[s["task"]] = s["body"]
            else:
                value = result = s["value"]
            event(task, str(i), "end", ok=result)
        event(task, "", "finish", ok=value)
        outcomes[task] = {"ok": value}
        return value

    bodies = {}
    run("main", body)
    return {"status": "finished", "end": now, "outcomes": outcomes, "trace": trace}


if __name__ == "__main__":
    main()
