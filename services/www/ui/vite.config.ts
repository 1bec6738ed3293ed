// SPDX-License-Identifier: Apache-2.0
// Builds the UI with relative addresses only, so that it works below any path prefix.
import { defineConfig } from 'vitest/config';

// Node's own types are not needed for more than this.
declare const process: { env: Record<string, string | undefined> };

const backend = process.env.SLIPWAY_URL ?? 'http://127.0.0.1:8010';

export default defineConfig({
  base: './',
  build: {
    target: 'es2022',
    // The polyfill would be an inline script, which a strict Content-Security-Policy refuses.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // For firstview.mjs, which takes it away again.
    manifest: true,
  },
  server: {
    proxy: {
      '/api': backend,
      '/auth': backend,
      '/config': backend,
      '/ws': { target: backend, ws: true },
    },
  },
  test: { include: ['tests/**/*.test.{ts,tsx}'] },
});
