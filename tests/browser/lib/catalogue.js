// SPDX-License-Identifier: Apache-2.0
// The catalogues of the UI's texts, as its sources have them.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const UI = new URL('../../../services/www/ui/', import.meta.url);
/** Vite's own, which is there wherever the UI was built. */
const { build } = createRequire(new URL('package.json', UI))('esbuild');

/** A catalogue: `catalogue('zh')` is what text/zh.ts exports. */
export async function catalogue(language) {
  const entry = fileURLToPath(new URL(`src/text/${language}.ts`, UI));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false, logLevel: 'silent' });
  const module = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
  return module[language];
}

/** The texts that are no functions, by their names: {"nav.home": "Home"}. */
export function plainTexts(of, name = '') {
  if (typeof of === 'string') return { [name]: of };
  if (typeof of !== 'object' || of === null) return {};
  return Object.assign({}, ...Object.entries(of).map(([key, value]) => plainTexts(value, name ? `${name}.${key}` : key)));
}
