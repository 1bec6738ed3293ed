// SPDX-License-Identifier: Apache-2.0
// An address that came from a build: a link where it is safe to be one, else its text.
import { pageUrl } from '../api/client';
import { isSafeUrl, isWebUrl } from '../lib/links';

export function SafeLink({ url, text }: { url: string; text: string }) {
  if (!isSafeUrl(url)) return <span class="break" title={url}>{text}</span>;
  if (isWebUrl(url)) return <a class="break" href={url} rel="noopener noreferrer" target="_blank">{text}</a>;
  return url.startsWith('#') ? <a class="break" href={url}>{text}</a> : <a class="break" href={pageUrl(url)} download>{text}</a>;
}
