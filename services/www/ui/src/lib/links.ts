// SPDX-License-Identifier: Apache-2.0
// Addresses that steps bring along: of the web, of this UI, of this server's files.
import type { Build, StepUrl } from '../api/records';

/** They come from builds, so only those of the web, of this UI and of the API's files become links. */
export function isSafeUrl(url: string): boolean {
  return isWebUrl(url) || /^(#\/|api\/v2\/)/.test(url);
}

export function isWebUrl(url: string): boolean {
  return /^https?:\/\//i.test(url);
}

/** The build that an address of this UI shows. */
export function buildOfUrl(url: string): { builderid: number; number: number } | undefined {
  const [, builderid, number] = /^#\/builders\/(\d+)\/builds\/(\d+)$/.exec(url) ?? [];
  return builderid === undefined ? undefined : { builderid: Number(builderid), number: Number(number) };
}

function requestOfUrl(url: string): number | undefined {
  const [, id] = /^#\/buildrequests\/(\d+)$/.exec(url) ?? [];
  return id === undefined ? undefined : Number(id);
}

export interface Triggered {
  name: string;
  url: string;
  /** Unknown while the request waits, or as long as the builds are not fetched. */
  build?: Build;
  waiting: boolean;
}

/** Sorts what a trigger step started from its other addresses. A request is left out once its build is there. */
export function sortUrls(urls: readonly StepUrl[], builds: readonly Build[]): { triggered: Triggered[]; others: StepUrl[] } {
  const triggered: Triggered[] = [];
  const others: StepUrl[] = [];
  for (const { name, url } of urls) {
    const at = buildOfUrl(url);
    const request = requestOfUrl(url);
    if (at) {
      const build = builds.find((b) => b.builderid === at.builderid && b.number === at.number);
      triggered.push({ name, url, build, waiting: false });
    } else if (request === undefined) others.push({ name, url });
    else if (!builds.some((b) => b.buildrequestid === request)) triggered.push({ name, url, waiting: true });
  }
  return { triggered, others };
}

/** The builders whose builds the steps started, each once and in order. */
export function triggeredBuilders(steps: readonly { urls: readonly StepUrl[] }[]): number[] {
  const ids = steps.flatMap((step) => step.urls.flatMap(({ url }) => buildOfUrl(url)?.builderid ?? []));
  return [...new Set(ids)].sort((a, b) => a - b);
}
