// SPDX-License-Identifier: Apache-2.0
// Tests of the live connection against a socket made of memory, on fake time.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveSocket } from '../src/live/socket';

class FakeSocket {
  readyState = 0;
  sent: { cmd: string; path?: string; _id: number }[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = 3;
  }
  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  drop(): void {
    this.readyState = 3;
    this.onclose?.();
  }
  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  ackAll(): void {
    for (const { _id } of this.sent) this.say({ msg: 'OK', code: 200, _id });
  }
}

let sockets: FakeSocket[];
let returned: number;
let live: LiveSocket;

const current = () => sockets[sockets.length - 1]!;
const commands = () => current().sent.map((frame) => `${frame.cmd} ${frame.path ?? ''}`.trim());

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  returned = 0;
  live = new LiveSocket({
    open: () => {
      sockets.push(new FakeSocket());
      return current() as unknown as WebSocket;
    },
    onReturn: () => (returned += 1),
    random: () => 1,
  });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('subscriptions', () => {
  it('subscribes once for many listeners and tells them all', () => {
    const heard: string[] = [];
    live.subscribe('builds/*/*', (key) => heard.push(`a ${key}`));
    live.subscribe('builds/*/*', (key) => heard.push(`b ${key}`));
    live.subscribe('workers/*/*', (key) => heard.push(`c ${key}`));
    current().accept();
    expect(commands()).toEqual(['startConsuming builds/*/*', 'startConsuming workers/*/*']);
    current().say({ k: 'builds/7/new', m: { buildid: 7 } });
    expect(heard).toEqual(['a builds/7/new', 'b builds/7/new']);
  });

  it('ends a subscription only when nobody has come back for it', () => {
    const end = live.subscribe('builds/*/*', () => {});
    current().accept();
    end();
    const endAgain = live.subscribe('builds/*/*', () => {});
    vi.advanceTimersByTime(2000);
    expect(commands()).toEqual(['startConsuming builds/*/*']);
    endAgain();
    vi.advanceTimersByTime(2000);
    expect(commands()).toContain('stopConsuming builds/*/*');
  });

  it('is ready at the acknowledgement, or when patience ends', async () => {
    live.subscribe('builds/*/*', () => {});
    const states: string[] = [];
    void live.ready(['builds/*/*'], 250).then(() => states.push('first'));
    await vi.advanceTimersByTimeAsync(249);
    expect(states).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(states).toEqual(['first']);
    current().accept();
    current().ackAll();
    expect(live.acked('builds/*/*')).toBe(true);
    await live.ready(['builds/*/*'], 250);
  });

  it('survives frames that make no sense', () => {
    live.subscribe('builds/*/*', () => {});
    current().accept();
    current().onmessage?.({ data: 'not json' });
    current().say({ error: 'no', code: 400, _id: null });
    expect(live.status.peek()).toBe('open');
  });
});

describe('a lost connection', () => {
  it('comes back with growing pauses, subscribes again, and says that it was away', async () => {
    live.subscribe('builds/*/*', () => {});
    current().accept();
    current().ackAll();
    current().drop();
    expect(live.status.peek()).toBe('lost');
    await vi.advanceTimersByTimeAsync(500);
    expect(sockets).toHaveLength(2);
    current().drop();
    await vi.advanceTimersByTimeAsync(999);
    expect(sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(sockets).toHaveLength(3);
    current().accept();
    expect(commands()).toEqual(['startConsuming builds/*/*']);
    expect(returned).toBe(0);
    current().ackAll();
    await vi.advanceTimersByTimeAsync(0);
    expect([returned, live.status.peek()]).toEqual([1, 'open']);
  });

  it('never waits longer than 15 seconds, and not at all when asked', async () => {
    live.subscribe('builds/*/*', () => {});
    for (let i = 0; i < 12; i++) {
      current().drop();
      await vi.advanceTimersByTimeAsync(15_000);
      expect(sockets).toHaveLength(i + 2);
    }
    current().drop();
    live.retryNow();
    expect(sockets).toHaveLength(14);
  });

  it('is noticed when pings go unanswered', async () => {
    live.subscribe('builds/*/*', () => {});
    current().accept();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(commands()).toContain('ping');
    current().ackAll();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(live.status.peek()).toBe('open');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(live.status.peek()).toBe('lost');
  });
});

describe('after a sleep', () => {
  it('a connection that answers is kept', async () => {
    live.subscribe('builds/*/*', () => {});
    current().accept();
    current().ackAll();
    live.check(3000);
    current().ackAll();
    await vi.advanceTimersByTimeAsync(5000);
    expect([sockets.length, live.status.peek(), returned]).toEqual([1, 'open', 0]);
  });

  it('one that does not is opened anew, and says since when', async () => {
    live.subscribe('builds/*/*', () => {});
    current().accept();
    live.check(3000);
    await vi.advanceTimersByTimeAsync(3000);
    expect(live.status.peek()).toBe('lost');
    expect(live.lostAt.peek()).toBe(Date.now());
    expect(live.retryAt.peek()).toBe(Date.now() + 500);
    await vi.advanceTimersByTimeAsync(500);
    current().accept();
    expect([sockets.length, live.status.peek(), live.lostAt.peek(), live.retryAt.peek()]).toEqual([2, 'open', undefined, undefined]);
  });
});
