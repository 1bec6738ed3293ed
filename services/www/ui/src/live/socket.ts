// SPDX-License-Identifier: Apache-2.0
// The live connection (/ws): one socket for the page, subscriptions counted, reconnected with backoff.
import { signal } from '@preact/signals';
import { matchesTopic } from '../lib/merge';

export type LiveStatus = 'connecting' | 'open' | 'lost';
export type EventHandler = (key: string, message: unknown) => void;

interface Subscription {
  handlers: Set<EventHandler>;
  acked: boolean;
  /** Called at the acknowledgement. */
  waiting: (() => void)[];
}

interface Frame {
  k?: string;
  m?: unknown;
  msg?: unknown;
  _id?: unknown;
}

export interface SocketOptions {
  open: () => WebSocket;
  /** Called when a connection is back after a loss: what is on screen may be stale. */
  onReturn: () => void;
  random?: () => number;
}

const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;
/** A proxy may drop a silent connection without a word; a ping without an answer finds that out. */
const PING_EVERY = 25_000;
const PONG_WITHIN = 10_000;
/** Somebody looks at the page and wants to know. */
const CHECK_WITHIN = 3000;
/** A page that is left and opened again (previous, next) should not unsubscribe and subscribe. */
const LINGER = 1000;

export class LiveSocket {
  readonly status = signal<LiveStatus>('connecting');
  /** When the next attempt to connect is due, in ms of Date.now(); undefined while none is planned. */
  readonly retryAt = signal<number | undefined>(undefined);
  /** Since when nothing has been heard, in ms of Date.now(); undefined while the connection is open. */
  readonly lostAt = signal<number | undefined>(undefined);
  private readonly options: SocketOptions;
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly acks = new Map<number, string>();
  private socket: WebSocket | null = null;
  private lastId = 0;
  private failures = 0;
  private everOpen = false;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private pingTimer: ReturnType<typeof setInterval> | undefined;
  private pongTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SocketOptions) {
    this.options = options;
  }

  /** Connects before anybody listens, so that pages without lists know how they stand, too. */
  start(): void {
    if (!this.socket && this.retryTimer === undefined) this.connect();
  }

  /** Listens to a pattern of topics (`*` is one segment); the returned function ends it. */
  subscribe(path: string, handler: EventHandler): () => void {
    let subscription = this.subscriptions.get(path);
    if (!subscription) {
      subscription = { handlers: new Set(), acked: false, waiting: [] };
      this.subscriptions.set(path, subscription);
      this.consume(path);
    }
    subscription.handlers.add(handler);
    this.start();
    return () => {
      subscription.handlers.delete(handler);
      setTimeout(() => this.dropUnused(path), LINGER);
    };
  }

  /** Resolves once every path is acknowledged, so that a fetch begun then misses no event; or after `patience`. */
  ready(paths: readonly string[], patience: number): Promise<void> {
    const open = paths.map((path) => this.subscriptions.get(path)).filter((s) => s && !s.acked);
    if (open.length === 0) return Promise.resolve();
    const acked = Promise.all(open.map((s) => new Promise<void>((resolve) => s?.waiting.push(resolve))));
    const late = new Promise<void>((resolve) => setTimeout(resolve, patience));
    return Promise.race([acked.then(() => undefined), late]);
  }

  acked(path: string): boolean {
    return this.subscriptions.get(path)?.acked ?? false;
  }

  /** Tries again now instead of when the backoff ends. */
  retryNow(): void {
    if (this.retryTimer === undefined) return;
    clearTimeout(this.retryTimer);
    this.connect();
  }

  /**
   * Finds out soon whether the connection is alive, after the machine may have slept: one that is needs nothing, one that
   * is not is opened anew at once.
   */
  check(patience = CHECK_WITHIN): void {
    if (this.isOpen()) this.ping(patience);
    else this.retryNow();
  }

  private connect(): void {
    this.retryTimer = undefined;
    this.retryAt.value = undefined;
    let socket: WebSocket;
    try {
      socket = this.options.open();
    } catch {
      this.scheduleRetry();
      return;
    }
    this.socket = socket;
    socket.onopen = () => this.opened();
    socket.onmessage = (event) => this.received(String(event.data));
    socket.onclose = () => this.lost(socket);
  }

  private opened(): void {
    const isReturn = this.everOpen || this.failures > 0;
    this.everOpen = true;
    this.failures = 0;
    this.acks.clear();
    for (const path of this.subscriptions.keys()) this.consume(path);
    this.pingTimer = setInterval(() => this.ping(), PING_EVERY);
    this.status.value = 'open';
    this.lostAt.value = undefined;
    if (isReturn) void this.ready([...this.subscriptions.keys()], 1000).then(this.options.onReturn);
  }

  private lost(socket: WebSocket): void {
    if (this.socket !== socket) return;
    this.socket = null;
    clearInterval(this.pingTimer);
    clearTimeout(this.pongTimer);
    for (const subscription of this.subscriptions.values()) subscription.acked = false;
    this.scheduleRetry();
  }

  private scheduleRetry(): void {
    this.failures += 1;
    this.status.value = 'lost';
    this.lostAt.value ??= Date.now();
    const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (this.failures - 1));
    // Half of it at random, so that the browsers of a whole office don't come back in step.
    const jittered = delay / 2 + (delay / 2) * (this.options.random ?? Math.random)();
    this.retryAt.value = Date.now() + jittered;
    this.retryTimer = setTimeout(() => this.connect(), jittered);
  }

  private send(frame: object): number {
    const id = ++this.lastId;
    this.socket?.send(JSON.stringify({ ...frame, _id: id }));
    return id;
  }

  private isOpen(): boolean {
    return this.socket !== null && this.socket.readyState === 1;
  }

  private consume(path: string): void {
    if (this.isOpen()) this.acks.set(this.send({ cmd: 'startConsuming', path }), path);
  }

  private dropUnused(path: string): void {
    const subscription = this.subscriptions.get(path);
    if (!subscription || subscription.handlers.size > 0) return;
    this.subscriptions.delete(path);
    if (this.isOpen()) this.send({ cmd: 'stopConsuming', path });
  }

  private ping(patience = PONG_WITHIN): void {
    if (!this.isOpen()) return;
    this.send({ cmd: 'ping' });
    clearTimeout(this.pongTimer);
    const socket = this.socket;
    this.pongTimer = setTimeout(() => {
      if (!socket) return;
      socket.close();
      // A dead connection may take minutes to report its own closing.
      this.lost(socket);
    }, patience);
  }

  private received(text: string): void {
    clearTimeout(this.pongTimer);
    let frame: Frame;
    try {
      frame = JSON.parse(text) as Frame;
    } catch {
      return;
    }
    if (typeof frame.k === 'string') this.dispatch(frame.k, frame.m);
    else if (typeof frame._id === 'number') this.acknowledge(frame._id);
  }

  /** A refusal is taken as an answer too: waiting longer would bring nothing. */
  private acknowledge(id: number): void {
    const path = this.acks.get(id);
    this.acks.delete(id);
    const subscription = path === undefined ? undefined : this.subscriptions.get(path);
    if (!subscription) return;
    subscription.acked = true;
    for (const done of subscription.waiting.splice(0)) done();
  }

  private dispatch(key: string, message: unknown): void {
    for (const [pattern, subscription] of this.subscriptions) {
      if (!matchesTopic(pattern, key)) continue;
      for (const handler of [...subscription.handlers]) handler(key, message);
    }
  }
}
