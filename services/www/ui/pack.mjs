// SPDX-License-Identifier: Apache-2.0
// Packs what was built, so that the server sends files as small as they get without work of its own.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const root = new URL('./dist/', import.meta.url);

for (const name of readdirSync(root, { recursive: true })) {
  const file = new URL(name, root);
  // index.html is written anew for some UIs as it is sent; small files gain nothing.
  if (!/\.(js|css|svg|json)$/.test(name) || !statSync(file).isFile() || statSync(file).size < 1024) continue;
  const content = readFileSync(file);
  writeFileSync(new URL(`${name}.br`, root), brotliCompressSync(content));
  writeFileSync(new URL(`${name}.gz`, root), gzipSync(content, { level: 9 }));
}
