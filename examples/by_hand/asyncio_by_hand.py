"""What lawful says asyncio did otherwise before 3.12 and 3.13, by hand: plain asyncio, whichever Python runs it."""
import asyncio


def say(rule, holds):
    print(f"{rule:<48} {'holds' if holds else 'does not hold'}")


async def uncancel():
    """A cancel that is taken back before it strikes."""
    async def body():
        task = asyncio.current_task()
        task.cancel()
        task.uncancel()
        await asyncio.sleep(0)
        return True
    try:
        return await asyncio.create_task(body())
    except asyncio.CancelledError:
        return False


async def swallowed():
    """wait_for's caller is cancelled in the step in which what it waits for is done."""
    future = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(asyncio.wait_for(future, 60))
    await asyncio.sleep(0.001)
    future.set_result(1)
    task.cancel()
    await asyncio.wait([task])
    return task.cancelled()


async def notified():
    """Of two who wait for a notification, the first is notified, and cancelled before it has gone on."""
    condition, woken = asyncio.Condition(), []

    async def waiter(name):
        async with condition:
            await condition.wait()
            woken.append(name)
    first, second = [asyncio.create_task(waiter(name)) for name in "ab"]
    await asyncio.sleep(0.001)
    async with condition:
        condition.notify(1)
        first.cancel()
    await asyncio.wait([second], timeout=0.02)
    second.cancel()
    return woken == ["b"]


async def main():
    say("UNCANCEL-WITHDRAWS-WHAT-WAS-NOT-DELIVERED", await uncancel())
    say("WAIT-FOR-NEVER-SWALLOWS-A-CANCEL", await swallowed())
    say("NOTIFICATION-OF-A-CANCELLED-WAITER-IS-PASSED-ON", await notified())

asyncio.run(main())
