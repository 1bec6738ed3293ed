// SPDX-License-Identifier: Apache-2.0
// One `slipway up` with a state folder of its own, and the end of it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, open, readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.js';
import { until } from './waiting.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

function program() {
  const { SLIPWAY_BIN_DIR: given } = process.env;
  const folders = given ? [resolve(given)] : ['asan', 'release'].map((preset) => join(ROOT, 'build', preset, 'bin'));
  const found = folders.map((folder) => join(folder, 'slipway')).find((path) => existsSync(path));
  if (!found) throw new Error(`no slipway in ${folders.join(' or ')}; build it or set SLIPWAY_BIN_DIR`);
  return found;
}

/** Two, held at once so that they differ. */
async function freePorts() {
  const servers = [createServer(), createServer()];
  for (const server of servers) await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const ports = servers.map((server) => server.address().port);
  for (const server of servers) await new Promise((done) => server.close(done));
  return ports;
}

export class Slipway {
  constructor(folder) {
    this.folder = folder;
    this.state = join(folder, 'slipway');
    this.log = join(folder, 'up.log');
  }

  /** Chosen before the configuration is written, which names the address. */
  async choosePorts() {
    [this.port, this.agentPort] = await freePorts();
    this.url = `http://127.0.0.1:${this.port}/`;
  }

  async start(config) {
    const log = await open(this.log, 'w');
    const options = ['--state', this.state, '--config', config, '--listen', `127.0.0.1:${this.port}`,
      '--agent-listen', `127.0.0.1:${this.agentPort}`, '--workers', '1'];
    // Should this process be killed outright, the kernel tells the server to stop. A session of its own keeps Ctrl-C
    // from reaching it before the browser is closed.
    this.process = spawn('setpriv', ['--pdeathsig', 'TERM', '--', program(), 'up', ...options], {
      detached: true, stdio: ['ignore', log.fd, log.fd],
    });
    this.ended = new Promise((done) => {
      this.process.once('exit', done);
      this.process.once('error', done);
    });
    await log.close();
    await until('Slipway to be ready', () => this.isReady(), { seconds: 90 });
    this.token = (await readFile(join(this.state, 'admin.token'), 'utf8')).trim();
  }

  async isReady() {
    const said = await readFile(this.log, 'utf8');
    if (/^ready /m.test(said)) return true;
    if (this.hasEnded()) throw new Error(`slipway up has ended:\n${said}`);
    return false;
  }

  hasEnded() {
    const { pid, exitCode, signalCode } = this.process;
    return pid === undefined || exitCode !== null || signalCode !== null;
  }

  /** A poller's first look only records what is there, so that a commit pushed before it would build nothing. */
  async polled() {
    return (await this.sql('SELECT coalesce(bool_and(initialized), true) FROM pollers WHERE active')) === 't';
  }

  /** Asks (or tells) the database itself: for what a test can't wait to grow by itself, such as 10,000 builds. */
  async sql(statement) {
    const socket = (await readFile(join(this.state, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[4];
    return run('psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', statement, `postgresql://slipway@/slipway?host=${socket}`);
  }

  /** Calls the REST API with the admin's token; the answer's JSON. */
  async api(path, call) {
    const headers = { Authorization: `Bearer ${this.token}`, Accept: 'application/json', 'Content-Type': 'application/json' };
    const body = call && JSON.stringify({ jsonrpc: '2.0', id: 1, params: {}, ...call });
    const answer = await fetch(new URL(`api/v2/${path}`, this.url), { headers, body, method: call ? 'POST' : 'GET' });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  /** Makes `yaml` the configuration in force. */
  async apply(yaml, comment) {
    const headers = { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/yaml' };
    const address = new URL(`api/v2/config?comment=${encodeURIComponent(comment)}`, this.url);
    const answer = await fetch(address, { headers, body: yaml, method: 'POST' });
    if (!answer.ok) throw new Error(`apply: ${answer.status} ${await answer.text()}`);
  }

  /** Kills a service as a crash would; `slipway up` starts it again. */
  async kill(service) {
    const pid = await run('pgrep', '-P', String(this.process.pid), '-f', `/slipway-${service} `);
    process.kill(Number(pid), 'SIGKILL');
  }

  /** Says so to the server, and waits; one that does not end is killed with all of its session. */
  async stop() {
    if (this.hasEnded()) return;
    this.process.kill('SIGTERM');
    const late = setTimeout(() => process.kill(-this.process.pid, 'SIGKILL'), 30_000);
    await this.ended;
    clearTimeout(late);
  }

  /** What its logs say that a developer has to look at. */
  async alarms() {
    const folder = join(this.state, 'log');
    const names = (await readdir(folder)).filter((name) => name !== 'postgres.log');
    const texts = await Promise.all([this.log, ...names.map((name) => join(folder, name))].map((path) => readFile(path, 'utf8')));
    return texts.flatMap((text) => text.split('\n')).filter((line) => /level=error|Sanitizer|runtime error/.test(line));
  }

  async keepLogs(folder) {
    await cp(this.log, join(folder, 'up.log'), { force: true });
    await cp(join(this.state, 'log'), folder, { recursive: true, force: true });
  }
}
