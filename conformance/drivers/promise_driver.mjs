#!/usr/bin/env node
// Node's promises and timers behind the exchange format: programs in, runs out, one JSON document a line.
//
// A task is an async function, `gather` is Promise.all (or allSettled), `wait_for` is Promise.race with a timer. Nothing is added that
// JavaScript lacks: it has no cancellation, no task groups, no way to ask a promise whether it is settled. Time is virtual: timers are
// set on a clock that jumps when nothing else is left to do.
import { createInterface } from 'node:readline';

const OPS = ['sleep', 'return', 'raise', 'try', 'create_task', 'await', 'gather', 'wait_for', 'set_result', 'set_exception', 'call_soon',
  'call_later', 'cancel_callback'];

class AppError extends Error {
  constructor(name) {
    super(name);
    this.error = name;
  }
}
// What a return carries through what encloses it.
class Return {
  constructor(value) {
    this.value = value;
  }
}

const errorOf = (error) => (error instanceof AppError ? error.error : `${error.name}: ${error.message}`);

class Interpreter {
  constructor(program) {
    this.program = program;
    this.now = 0;
    this.trace = [];
    this.timers = [];
    this.sequence = 0;
    this.tasks = new Map();
    this.outcomes = new Map();
    this.futures = new Map();
    this.callbacks = new Map();
    for (const [name, resource] of Object.entries(program.resources ?? {})) {
      if (resource.kind !== 'future') continue;
      const future = {};
      future.promise = new Promise((resolve, reject) => Object.assign(future, { resolve, reject }));
      future.promise.catch(() => {});
      this.futures.set(name, future);
      this.tasks.set(name, future.promise);
    }
  }

  setTimer(ticks, callback) {
    const timer = { when: this.now + ticks, sequence: this.sequence++, callback };
    this.timers.push(timer);
    return timer;
  }
  clearTimer(timer) {
    this.timers = this.timers.filter((one) => one !== timer);
  }

  record(task, at, event, more = {}) {
    this.trace.push({ t: this.now, task, at, event, ...more });
  }

  // Until nothing is left to do: microtasks first, then what setImmediate has, then the next timer.
  async drive() {
    for (;;) {
      for (let turn = 0; turn < 2; ++turn) await new Promise((resolve) => setImmediate(resolve));
      if (this.immediates > 0) continue;
      if (this.timers.length === 0) return;
      this.timers.sort((a, b) => a.when - b.when || a.sequence - b.sequence);
      const timer = this.timers.shift();
      this.now = Math.max(this.now, timer.when);
      timer.callback();
    }
  }

  spawn(name, body) {
    const task = this.task(name, body);
    task.then((value) => this.outcomes.set(name, { ok: value }), (error) => this.outcomes.set(name, { raise: errorOf(error) }));
    this.tasks.set(name, task);
    this.outcomes.set(name, 'pending');
    return task;
  }

  async task(name, body) {
    this.record(name, '', 'start');
    try {
      let value = null;
      try {
        await this.body(name, body, '', '');
      } catch (error) {
        if (!(error instanceof Return)) throw error;
        value = error.value;
      }
      this.record(name, '', 'finish', { ok: value });
      return value;
    } catch (error) {
      this.record(name, '', 'finish', { raise: errorOf(error) });
      throw error;
    }
  }

  async body(task, body, prefix, mark) {
    for (let index = 0; index < body.length; ++index) {
      const path = `${prefix}${mark}${index}`;
      this.record(task, path, 'begin');
      try {
        // Only what waits is awaited: an await gives everybody else a turn.
        const value = this.statement(task, body[index], path);
        this.record(task, path, 'end', { ok: value instanceof Promise ? (await value) ?? null : value ?? null, ...this.stamp() });
      } catch (error) {
        this.record(task, path, 'end', error instanceof Return ? { ok: error.value } : { raise: errorOf(error) });
        throw error;
      }
    }
  }
  stamp() {
    return { t: this.now };
  }

  find(name) {
    const found = this.tasks.get(name);
    if (found === undefined) throw new AppError('NoSuchTask');
    return found;
  }
  operand(operand) {
    return typeof operand === 'string' ? this.find(operand) : this.spawn(operand.task, operand.body);
  }

  statement(task, s, path) {
    switch (s.op) {
      case 'sleep':
        return new Promise((resolve) => this.setTimer(s.ticks, () => resolve(null)));
      case 'return':
        throw new Return(s.value);
      case 'raise':
        throw new AppError(s.error);
      case 'create_task':
        this.spawn(s.task, s.body);
        return null;
      case 'await':
        return this.find(s.task);
      case 'gather': {
        const operands = s.of.map((one) => this.operand(one));
        if (!s.return_exceptions) return Promise.all(operands);
        return Promise.allSettled(operands).then((all) =>
          all.map((one) => (one.status === 'fulfilled' ? one.value : { raise: errorOf(one.reason) })));
      }
      case 'wait_for': {
        const operand = this.operand(s.of);
        let timer;
        const late = new Promise((_, reject) => {
          timer = this.setTimer(s.ticks, () => reject(new AppError('Timeout')));
        });
        return Promise.race([operand, late]).finally(() => this.clearTimer(timer));
      }
      case 'set_result':
        this.futures.get(s.on).resolve(s.value);
        return null;
      case 'set_exception':
        this.futures.get(s.on).reject(new AppError(s.error));
        return null;
      case 'call_soon':
        this.callbacks.set(s.callback, { immediate: setImmediate(() => this.record(s.callback, '', 'call')) });
        return null;
      case 'call_later':
        this.callbacks.set(s.callback, { timer: this.setTimer(s.ticks, () => this.record(s.callback, '', 'call')) });
        return null;
      case 'cancel_callback': {
        const callback = this.callbacks.get(s.callback);
        if (callback === undefined) throw new AppError('NoSuchTask');
        if (callback.immediate) clearImmediate(callback.immediate);
        if (callback.timer) this.clearTimer(callback.timer);
        return null;
      }
      case 'try':
        return this.try_(task, s, path);
      default:
        throw new Error(`op ${s.op}`);
    }
  }

  async try_(task, s, path) {
    try {
      await this.body(task, s.body, `${path}.`, 't');
    } catch (error) {
      const handles = s.except === 'any' || s.except === 'error' || (s.except !== undefined && errorOf(error) === s.except);
      if (error instanceof Return || !handles) throw error;
      await this.body(task, s.handler, `${path}.`, 'h');
    } finally {
      if (s.finally) {
        try {
          await this.body(task, s.finally, `${path}.`, 'f');
        } catch (error) {
          if (!(error instanceof Return)) throw error;
        }
      }
    }
    return null;
  }
}

const opsOf = (body, found = new Set()) => {
  for (const s of body) {
    found.add(s.op);
    for (const part of [s.body, s.handler, s.finally]) if (part) opsOf(part, found);
    for (const one of Array.isArray(s.of) ? s.of : s.of ? [s.of] : []) if (typeof one === 'object') opsOf(one.body, found);
  }
  return found;
};

async function run(program) {
  for (const op of opsOf(program.main)) if (!OPS.includes(op)) return { status: 'unsupported', op };
  for (const resource of Object.values(program.resources ?? {})) if (resource.kind !== 'future') return { status: 'unsupported', op: resource.kind };
  const interpreter = new Interpreter(program);
  interpreter.spawn('main', program.main);
  await interpreter.drive();
  const outcomes = Object.fromEntries(interpreter.outcomes);
  return { status: outcomes.main === 'pending' ? 'deadlock' : 'finished', end: interpreter.now, outcomes, trace: interpreter.trace };
}

// Errors that nobody awaits are part of programs.
process.on('unhandledRejection', () => {});
console.log(JSON.stringify({ lawful: 1, subject: `promises on Node ${process.version}`, ops: OPS, profiles: ['core', 'time', 'serial'], clock: 'virtual' }));
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  let answer;
  try {
    answer = await run(JSON.parse(line));
  } catch (error) {
    answer = { status: 'error', message: `${error.name}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
