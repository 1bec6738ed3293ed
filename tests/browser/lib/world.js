// SPDX-License-Identifier: Apache-2.0
// Everything that the story happens in, made for one run and gone after it.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARTIFACTS, Browser } from './browser.js';
import { Pipe } from './pipe.js';
import { configuration, START } from './project.js';
import { Repository } from './repository.js';
import { Slipway } from './slipway.js';
import { until } from './waiting.js';

export class World {
  /** What is built: `describe({url, repository, pipe, maildir})` is the text of slipway.yaml. */
  constructor(describe = configuration) {
    this.describe = describe;
  }

  /** `world` exists before anything is started, so that whatever is started can be ended. */
  async start() {
    this.folder = await mkdtemp(join(tmpdir(), 'slipway-browser-'));
    // The private PostgreSQL runs as another user when this is root.
    await chmod(this.folder, 0o755);
    this.browser = await Browser.launch();
    this.repository = await Repository.create(this.folder);
    await this.repository.push('Start the project', START);
    this.pipe = await Pipe.create(join(this.folder, 'pipe'));
    await this.startSlipway();
  }

  async startSlipway() {
    this.slipway = new Slipway(this.folder);
    await this.slipway.choosePorts();
    const config = join(this.folder, 'slipway.yaml');
    const { url } = this.slipway;
    const maildir = join(this.folder, 'mail');
    await writeFile(config, this.describe({ url, repository: this.repository.bare, pipe: this.pipe.path, maildir }));
    await this.slipway.start(config);
    await until('the first poll', () => this.slipway.polled());
  }

  async end() {
    // Twice is once: a signal may come while the story is ending by itself.
    this.ending ??= this.endAll();
    return this.ending;
  }

  async endAll() {
    await this.pipe?.close();
    await this.browser?.close().catch(() => {});
    if (this.slipway?.process) {
      await this.slipway.stop();
      await this.slipway.keepLogs(join(ARTIFACTS, 'logs')).catch(() => {});
    }
    if (this.folder) await rm(this.folder, { recursive: true, force: true });
  }
}

/** Ends the world however this process is told to end; killed outright, the kernel does (see Slipway.start). */
export function endOnSignals(world) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      void world.end().finally(() => process.exit(1));
    });
  }
}
