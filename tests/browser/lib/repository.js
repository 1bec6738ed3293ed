// SPDX-License-Identifier: Apache-2.0
// A forge's bare repository, and a developer's clone of it.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.js';

const IDENTITY = ['-c', 'user.name=Ada Lovelace', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgSign=false'];

export class Repository {
  static async create(folder) {
    const repository = new Repository(folder);
    await run('git', 'init', '-q', '--bare', '-b', 'main', repository.bare);
    await mkdir(repository.work);
    await repository.git('init', '-q', '-b', 'main');
    await repository.git('remote', 'add', 'origin', repository.bare);
    return repository;
  }

  constructor(folder) {
    this.bare = join(folder, 'hello.git');
    this.work = join(folder, 'hello');
  }

  git(...words) {
    return run('git', '-C', this.work, ...IDENTITY, ...words);
  }

  /** Writes the files, commits and pushes; the answer is the revision. */
  async push(message, files) {
    for (const [name, text] of Object.entries(files)) await writeFile(join(this.work, name), text);
    await this.git('add', '-A');
    await this.git('commit', '-q', '-m', message);
    await this.git('push', '-q', 'origin', 'main');
    return this.git('rev-parse', 'HEAD');
  }
}
