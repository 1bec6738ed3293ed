// SPDX-License-Identifier: Apache-2.0
// Programs that end by themselves.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The standard output of a program; rejects when it fails. */
export async function run(program, ...args) {
  return (await execute(program, args, { timeout: 30_000, maxBuffer: 1 << 24 })).stdout.trim();
}
