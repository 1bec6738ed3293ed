// SPDX-License-Identifier: Apache-2.0
// A named pipe into a running step: what is written here is what the step prints.
import { open } from 'node:fs/promises';
import { run } from './run.js';

export class Pipe {
  static async create(path) {
    await run('mkfifo', '-m', '666', path);
    return new Pipe(path);
  }

  constructor(path) {
    this.path = path;
  }

  /** Opened for both ways, which on Linux waits for nobody; the step's end stays open as long as this one. */
  async open() {
    this.file = await open(this.path, 'r+');
  }

  say(line) {
    return this.file.write(`${line}\n`);
  }

  async close() {
    await this.file?.close();
    this.file = undefined;
  }
}
