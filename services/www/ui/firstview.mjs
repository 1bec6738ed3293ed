// SPDX-License-Identifier: Apache-2.0
// Weighs what each page's first view fetches, as it goes over the wire, and fails when a page needs too much script.
import { readFileSync, rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const KIB = 1024;
/** Of script, packed: the frame, the page, what both share, and the Chinese catalogue besides. */
const MOST = 100 * KIB;

const root = new URL('./dist/', import.meta.url);
const folder = new URL('.vite/', root);
const manifest = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8'));

/** A piece and all that it imports before it can run. */
function closure(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const each of manifest[name].imports ?? []) closure(each, seen);
  return seen;
}

const weights = new Map();
function weight(file) {
  if (!weights.has(file)) weights.set(file, gzipSync(readFileSync(new URL(file, root)), { level: 9 }).length);
  return weights.get(file);
}

const sum = (files) => [...new Set(files)].reduce((total, file) => total + weight(file), 0);
const entry = Object.keys(manifest).find((name) => manifest[name].isEntry);
const chinese = Object.keys(manifest).find((name) => /text\/zh\.ts$/.test(name));

const views = Object.keys(manifest)
  .filter((name) => /^src\/pages\/\w+\/index\.tsx$/.test(name))
  .map((name) => {
    const pieces = [...closure(entry), ...closure(name), ...closure(chinese)].map((each) => manifest[each]);
    const script = sum(pieces.map((piece) => piece.file));
    return { page: name.split('/')[2], script, style: sum(pieces.flatMap((piece) => piece.css ?? [])) };
  })
  .sort((a, b) => b.script - a.script);

const kib = (bytes) => (bytes / KIB).toFixed(1);
if (process.argv.includes('--all')) for (const { page, script, style } of views) console.log(`${page}: ${kib(script)} KiB of script, ${kib(style)} KiB of style`);
const [largest] = views;
console.log(`first view: at most ${kib(largest.script)} KiB of script (${largest.page}), of ${kib(MOST)} allowed`);
// The server needs no list of its own files.
rmSync(folder, { recursive: true });
if (largest.script > MOST) {
  console.error(`first view: ${largest.page} is too heavy`);
  process.exit(1);
}
