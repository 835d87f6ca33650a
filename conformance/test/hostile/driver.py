#!/usr/bin/env python3
"""A driver that answers properly until a program is about something, and then does what its argument says: garbage, half, silent
(half a line, and no more), exit."""
import json
import os
import sys
import time

HELLO = {"lawful": 1, "subject": "hostile driver", "ops": ["sleep", "return", "create_task", "await"], "profiles": ["core"], "clock": "virtual"}
OK = {"t": 0, "task": "main", "at": ""}


def main():
    way = sys.argv[1]
    if way == "mute":
        sys.exit(4)
    print(json.dumps(HELLO), flush=True)
    for line in sys.stdin:
        program = json.loads(line)
        main_body = program["main"]
        # Only the plainest programs are run, one statement after the other; that is enough for the honesty gate.
        if len(main_body) <= 3 and all(s["op"] in ("return", "sleep", "create_task", "await") for s in main_body):
            print(json.dumps(plain(main_body)), flush=True)
        elif way == "garbage":
            print("segfault? no, but here is my log", flush=True)
        elif way == "half":
            sys.stdout.write('{"status":"fini')
            sys.stdout.flush()
            os._exit(0)
        elif way == "silent":
            sys.stdout.write('{"status":')
            sys.stdout.flush()
            time.sleep(3600)
        else:
            os._exit(7)


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
