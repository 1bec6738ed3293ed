// SPDX-License-Identifier: Apache-2.0
// Makes src/api/schema.ts, the types of the API's records, from the OpenAPI document of a running server or of a file:
//     node types.mjs http://127.0.0.1:8010/ | openapi.json
// With --check it changes nothing, and fails when the file is not what it would make.
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const FILE = new URL('src/api/schema.ts', import.meta.url);
const HEAD = `// SPDX-License-Identifier: Apache-2.0
// The records of the REST API v2, made from its OpenAPI document by types.mjs: do not edit. Times are epoch seconds.

`;

async function documentOf(source) {
  if (!/^https?:/.test(source)) return JSON.parse(readFileSync(source, 'utf8'));
  const answer = await fetch(new URL('api/v2/openapi.json', source));
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
  return answer.json();
}

const check = process.argv.includes('--check');
const source = process.argv.slice(2).find((word) => !word.startsWith('--'));
if (!source) throw new Error('usage: node types.mjs [--check] URL|FILE');
const { openapi, info, components } = await documentOf(source);
// The UI names its paths itself; only the records are wanted.
const made = HEAD + astToString(await openapiTS({ openapi, info, paths: {}, components: { schemas: components.schemas } }));
if (!check) {
  writeFileSync(FILE, made);
} else if (readFileSync(FILE, 'utf8') !== made) {
  console.error('src/api/schema.ts is not what the API answers; make it anew: npm run types -- URL');
  process.exit(1);
}
