// What lawful says Node's promises do otherwise than SPEC.md, by hand: plain Node.
const say = (rule, holds) => console.log(`${rule.padEnd(40)} ${holds ? 'holds' : 'does not hold'}`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let stepped = false;
(async () => { stepped = true; })();
say('TASK-STARTS-LATER', !stepped);

let refused = false;
const future = new Promise((resolve) => {
  resolve(1);
  try { resolve(2); } catch { refused = true; }
});
say('COMPLETED-ONCE', refused);

let others = false;
queueMicrotask(() => { others = true; });
await future;
say('AWAITING-WHAT-IS-DONE-DOES-NOT-SUSPEND', !others);

let ended = false;
const slow = pause(20).then(() => { ended = true; });
await Promise.race([slow, pause(1)]);
say('WAIT-FOR-WAITS-FOR-THE-CLEAN-UP', ended);

// Node itself goes on until this has been said.
let mainOver = false;
pause(20).then(() => say('SHUTDOWN-CANCELS-WHAT-IS-LEFT', !mainOver));
mainOver = true;
