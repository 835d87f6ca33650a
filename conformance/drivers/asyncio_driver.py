#!/usr/bin/env python3
"""CPython's asyncio behind the exchange format: programs in, runs out, one JSON document a line.

Time is virtual: the event loop is asyncio's own, its clock jumps instead of sleeping. Where CPython promises no order (equal
deadlines; the sets that task groups, as_completed and shutdown iterate), the order is the specification's: that of scheduling, and
of creation. CPython 3.13 agrees with the specification in full; earlier versions differ where the appendix of SPEC.md says so.
"""
import asyncio
import asyncio.base_events
import heapq
import itertools
import json
import sys

asyncio.base_events.MAXIMUM_SELECT_TIMEOUT = 2**60

ERRORS = [(asyncio.CancelledError, "Cancelled"), (asyncio.InvalidStateError, "InvalidState"), (TimeoutError, "Timeout"),
          (asyncio.QueueEmpty, "QueueEmpty"), (asyncio.QueueFull, "QueueFull"), (asyncio.BrokenBarrierError, "BrokenBarrier"),
          (RuntimeError, "Runtime"), (ValueError, "Value")]
if hasattr(asyncio, "QueueShutDown"):
    ERRORS.insert(0, (asyncio.QueueShutDown, "QueueShutDown"))


class Deadlock(Exception):
    """Nothing is ready and nothing is scheduled."""


class AppError(Exception):
    """An application's error: E1."""


class NoSuchTask(Exception):
    """A name that does not exist yet."""


class Return(Exception):
    """Carries a return through what encloses it. It never reaches asyncio."""


class Ordered(dict):
    """A set that remembers the order in which it was filled."""
    def add(self, item):
        self[item] = None

    def discard(self, item):
        self.pop(item, None)

    def remove(self, item):
        del self[item]


class Timer(asyncio.TimerHandle):
    """Equal deadlines go in the order of scheduling."""
    __slots__ = ("seq",)

    def __lt__(self, other):
        return (self._when, self.seq) < (other._when, other.seq)


class VirtualSelector:
    def __init__(self, loop):
        self.loop = loop

    def select(self, timeout):
        if timeout is None:
            raise Deadlock
        self.loop.now += timeout
        return []

    def close(self):
        pass


class VirtualLoop(asyncio.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self.now = 0
        self.seq = itertools.count()
        self.created = []
        self._clock_resolution = 1
        self._selector = VirtualSelector(self)
        self.set_task_factory(self.make_task)
        self.set_exception_handler(lambda loop, context: None)

    @staticmethod
    def make_task(loop, coro, **keywords):
        task = asyncio.Task(coro, loop=loop, **keywords)
        loop.created.append(task)
        return task

    def time(self):
        return self.now

    def call_at(self, when, callback, *args, context=None):
        timer = Timer(when, callback, args, self, context)
        timer.seq = next(self.seq)
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True
        return timer

    def _process_events(self, events):
        pass

    def _write_to_self(self):
        pass


class Group(asyncio.TaskGroup):
    def __init__(self):
        super().__init__()
        self._tasks = Ordered()


if hasattr(asyncio.tasks, "_AsCompletedIterator"):
    class Completed(asyncio.tasks._AsCompletedIterator):
        """as_completed over operands in the order in which they are named."""
        def __init__(self, operands, timeout):
            self._done = asyncio.Queue()
            self._timeout_handle = None
            self._todo = Ordered.fromkeys(operands)
            for operand in self._todo:
                operand.add_done_callback(self._handle_completion)
            if self._todo and timeout is not None:
                self._timeout_handle = asyncio.get_running_loop().call_later(timeout, self._handle_timeout)
            self._todo_left = len(self._todo)

    as_completed = Completed
else:
    def as_completed(operands, timeout):
        """Before 3.13: a generator, over a set."""
        return asyncio.as_completed(operands, timeout=timeout)


def error_of(exception):
    if isinstance(exception, BaseExceptionGroup):
        return ["group", [error_of(one) for one in exception.exceptions]]
    if isinstance(exception, AppError):
        return exception.args[0]
    if isinstance(exception, NoSuchTask):
        return "NoSuchTask"
    for kind, name in ERRORS:
        if isinstance(exception, kind):
            return name
    raise exception


def to_error(name):
    return asyncio.CancelledError() if name == "Cancelled" else AppError(name)


def value_of(value):
    return {"raise": error_of(value)} if isinstance(value, BaseException) else value


OPS = ["sleep", "return", "raise", "create_task", "await", "cancel", "uncancel", "cancelling", "result", "exception", "done",
       "cancelled", "set_result", "set_exception", "gather", "task_group", "timeout", "reschedule", "wait_for", "shield", "wait",
       "as_completed", "with", "acquire", "release", "locked", "set", "clear", "is_set", "wait_event", "wait_condition", "notify",
       "notify_all", "wait_barrier", "reset", "abort", "put", "put_nowait", "get", "get_nowait", "qsize", "task_done", "join",
       "call_soon", "call_later", "cancel_callback", "add_done_callback", "try"]

if hasattr(asyncio, "QueueShutDown"):
    OPS.append("shutdown")


class Interpreter:
    def __init__(self, program, loop):
        self.program, self.loop = program, loop
        self.tasks, self.futures, self.groups, self.timeouts, self.callbacks, self.resources = {}, {}, {}, {}, {}, {}
        self.trace = []
        make = {"semaphore": asyncio.Semaphore, "bounded_semaphore": asyncio.BoundedSemaphore, "barrier": asyncio.Barrier}
        for name, resource in program.get("resources", {}).items():
            kind, value = resource["kind"], resource.get("value", 0)
            if kind in make:
                self.resources[name] = make[kind](value)
            elif kind == "queue":
                self.resources[name] = asyncio.Queue(value)
            elif kind == "future":
                self.futures[name] = loop.create_future()
            else:
                self.resources[name] = {"lock": asyncio.Lock, "condition": asyncio.Condition, "event": asyncio.Event}[kind]()

    def record(self, task, at, event, **outcome):
        self.trace.append({"t": self.loop.now, "task": task, "at": at, "event": event, **outcome})

    def find(self, name):
        found = self.tasks.get(name, self.futures.get(name))
        if found is None:
            raise NoSuchTask
        return found

    def spawn(self, name, body, group=None):
        coroutine = self.task(name, body)
        try:
            task = (group or asyncio).create_task(coroutine)
        except RuntimeError:
            coroutine.close()
            raise
        self.tasks[name] = task
        return task

    def call(self, name):
        self.record(name, "", "call")

    async def task(self, name, body):
        self.record(name, "", "start")
        try:
            try:
                value = await self.body(name, body, "", "")
            except Return as returned:
                value = returned.args[0]
        except BaseException as error:
            if isinstance(error, (Deadlock, GeneratorExit)):
                raise
            self.record(name, "", "finish", **{"raise": error_of(error)})
            raise
        self.record(name, "", "finish", ok=value)
        return value

    async def body(self, task, body, prefix, mark):
        for index, s in enumerate(body):
            path = f"{prefix}{mark}{index}"
            self.record(task, path, "begin")
            try:
                value = await self.statement(task, s, path)
            except Return as returned:
                self.record(task, path, "end", ok=returned.args[0])
                raise
            except BaseException as error:
                if isinstance(error, (Deadlock, GeneratorExit)):
                    raise
                self.record(task, path, "end", **{"raise": error_of(error)})
                raise
            self.record(task, path, "end", ok=value_of(value))
        return None

    def operand(self, operand):
        return self.find(operand) if isinstance(operand, str) else self.spawn(operand["task"], operand["body"])

    async def inside(self, context, task, body, path):
        """`async with`: a Return is no error to the context."""
        returned = None
        async with context:
            try:
                await self.body(task, body, path + ".", "")
            except Return as error:
                returned = error
        if returned is not None:
            raise returned

    async def statement(self, task, s, path):
        op, loop = s["op"], self.loop
        if op in ("with", "acquire", "release", "locked", "set", "clear", "is_set", "wait_event", "wait_condition", "notify", "notify_all",
                  "wait_barrier", "reset", "abort", "put", "put_nowait", "get", "get_nowait", "qsize", "task_done", "join", "shutdown"):
            return await self.on_resource(task, s, op, self.resources[s["on"]], path)
        if op == "sleep":
            return await asyncio.sleep(s["ticks"])
        if op == "return":
            raise Return(s["value"])
        if op == "raise":
            raise to_error(s["error"])
        if op == "create_task":
            group = None
            if "group" in s:
                group = self.groups.get(s["group"])
                if group is None:
                    raise NoSuchTask
            self.spawn(s["task"], s["body"], group)
        elif op == "await":
            return await self.find(s["task"])
        elif op == "cancel":
            return self.find(s["task"]).cancel()
        elif op == "uncancel":
            return asyncio.current_task().uncancel()
        elif op in ("cancelling", "result", "done", "cancelled"):
            return getattr(self.find(s["task"]), op)()
        elif op == "exception":
            return self.find(s["task"]).exception()
        elif op == "set_result":
            self.futures[s["on"]].set_result(s["value"])
        elif op == "set_exception":
            self.futures[s["on"]].set_exception(to_error(s["error"]))
        elif op == "gather":
            results = await asyncio.gather(*[self.operand(one) for one in s["of"]], return_exceptions=s.get("return_exceptions", False))
            return [value_of(one) for one in results]
        elif op == "task_group":
            group = Group()
            self.groups[s["group"]] = None

            class Entered:
                async def __aenter__(_):
                    await group.__aenter__()
                    self.groups[s["group"]] = group

                async def __aexit__(_, *error):
                    return await group.__aexit__(*error)
            await self.inside(Entered(), task, s["body"], path)
        elif op == "timeout":
            timeout = asyncio.timeout(s["ticks"])
            if "timeout" in s:
                self.timeouts[s["timeout"]] = timeout
            await self.inside(timeout, task, s["body"], path)
        elif op == "reschedule":
            if s["timeout"] not in self.timeouts:
                raise NoSuchTask
            self.timeouts[s["timeout"]].reschedule(loop.now + s["ticks"])
        elif op == "wait_for":
            return await asyncio.wait_for(self.operand(s["of"]), s["ticks"])
        elif op == "shield":
            return await asyncio.shield(self.operand(s["of"]))
        elif op == "wait":
            operands = [self.operand(one) for one in s["of"]]
            names = [one if isinstance(one, str) else one["task"] for one in s["of"]]
            done, _ = await asyncio.wait(operands, timeout=s.get("ticks"), return_when=s.get("return_when", "ALL_COMPLETED"))
            return sorted({name for name, one in zip(names, operands) if one in done})
        elif op == "as_completed":
            results = []
            for following in as_completed([self.operand(one) for one in s["of"]], s.get("ticks")):
                try:
                    results.append(await following)
                except asyncio.CancelledError:
                    raise
                except BaseException as error:
                    results.append({"raise": error_of(error)})
            return results
        elif op == "call_soon":
            self.callbacks[s["callback"]] = loop.call_soon(self.call, s["callback"])
        elif op == "call_later":
            self.callbacks[s["callback"]] = loop.call_later(s["ticks"], self.call, s["callback"])
        elif op == "cancel_callback":
            if s["callback"] not in self.callbacks:
                raise NoSuchTask
            self.callbacks[s["callback"]].cancel()
        elif op == "add_done_callback":
            name = s["callback"]
            self.find(s["task"]).add_done_callback(lambda future: self.call(name))
        elif op == "try":
            await self.try_(task, s, path)
        return None

    async def try_(self, task, s, path):
        try:
            try:
                await self.body(task, s["body"], path + ".", "t")
            except Return:
                raise
            except BaseException as error:
                if isinstance(error, (Deadlock, GeneratorExit)) or not handles(s.get("except"), error):
                    raise
                await self.body(task, s["handler"], path + ".", "h")
        finally:
            if "finally" in s and not isinstance(sys.exc_info()[1], (Deadlock, GeneratorExit)):
                try:
                    await self.body(task, s["finally"], path + ".", "f")
                except Return:
                    pass

    async def on_resource(self, task, s, op, resource, path):
        if op == "with":
            return await self.inside(resource, task, s["body"], path)
        if op == "acquire":
            await resource.acquire()
            return None
        if op in ("wait_event", "wait_condition"):
            await resource.wait()
            return None
        if op == "wait_barrier":
            return await resource.wait()
        if op in ("put", "put_nowait"):
            answer = getattr(resource, op)(s["value"])
            return await answer if op == "put" else answer
        if op in ("get", "join", "reset", "abort"):
            return await getattr(resource, op)()
        if op == "notify":
            return resource.notify(s.get("n", 1))
        if op == "shutdown":
            return resource.shutdown(s.get("immediate", False))
        return getattr(resource, op)()


def handles(what, error):
    if what is None:
        return False
    if what == "any":
        return True
    if what == "error":
        return isinstance(error, Exception) or (isinstance(error, BaseExceptionGroup))
    if what == "group":
        return isinstance(error, BaseExceptionGroup)
    return error_of(error) == what


def run(program):
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    outcome = {}
    interpreter = None
    status = "finished"

    async def begin():
        nonlocal interpreter

    try:
        asyncio.events._set_running_loop(loop)
        interpreter = Interpreter(program, loop)
        asyncio.events._set_running_loop(None)
        main = loop.create_task(interpreter.task("main", program["main"]))
        interpreter.tasks["main"] = main
        try:
            try:
                loop.run_until_complete(main)
            except Deadlock:
                raise
            except BaseException:
                pass
            left = [task for task in loop.created if not task.done()]
            for task in left:
                task.cancel()
            if left:
                async def sweep():
                    await asyncio.gather(*left, return_exceptions=True)
                loop.run_until_complete(loop.create_task(sweep()))
        except Deadlock:
            status = "deadlock"
    finally:
        asyncio.events._set_running_loop(None)
    for name, task in interpreter.tasks.items():
        if not task.done():
            outcome[name] = "pending"
        elif task.cancelled():
            outcome[name] = {"raise": "Cancelled"}
        elif task.exception() is not None:
            outcome[name] = {"raise": error_of(task.exception())}
        else:
            outcome[name] = {"ok": task.result()}
    answer = {"status": status, "end": loop.now, "outcomes": outcome, "trace": list(interpreter.trace)}
    # What is left is dropped without a word.
    for task in loop.created:
        if not task.done():
            task._log_destroy_pending = False
            try:
                task.get_coro().close()
            except BaseException:
                pass
    loop._ready.clear()
    loop._scheduled.clear()
    asyncio.set_event_loop(None)
    return answer


def main():
    recorded = "--record" in sys.argv[1:]
    out = sys.stdout
    if not recorded:
        print(json.dumps({"lawful": 1, "subject": f"asyncio on CPython {sys.version.split()[0]}", "ops": OPS,
                          "profiles": ["core", "time", "serial", "fifo"], "clock": "virtual"}), flush=True)
    for number, line in enumerate(sys.stdin, 1):
        try:
            document = json.loads(line)
            program = document.get("program", document)
            answer = run(program)
        except RecursionError:
            # CPython recurses without bound when a task in a ring of tasks that await each other is cancelled.
            answer = {"status": "unsupported", "op": "cancel"}
        except Exception as error:  # a program this driver cannot read
            answer = {"status": "error", "message": f"{type(error).__name__}: {error}"}
        if recorded:
            out.write(json.dumps({"id": document.get("id", str(number)), "program": program, "run": answer}, separators=(",", ":")) + "\n")
        else:
            out.write(json.dumps(answer, separators=(",", ":")) + "\n")
            out.flush()


if __name__ == "__main__":
    main()
