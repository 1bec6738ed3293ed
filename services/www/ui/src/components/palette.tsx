// SPDX-License-Identifier: Apache-2.0
// The palette: one field that finds builders, builds, changes, tests, pages and commands.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { SearchGroup } from '../api/records';
import { commands } from '../lib/commands';
import { NAV, navText } from '../lib/nav';
import { hitLink, matching, search, type Offer, type OfferGroup } from '../lib/palette';
import { withQuery } from '../lib/route';
import { navigate } from '../lib/router';
import { t } from '../text';
import { Overlay } from './dialog';
import { Glyph } from './icons';

/** Words are searched for when the typing pauses for this time, in ms. */
const PAUSE = 120;
const HITS = 6;

export default function Palette({ onClose }: { onClose: () => void }) {
  const [query, setQuery] = useState('');
  const groups = useOffers(query.trim());
  const offers = groups.flatMap((group) => group.offers);
  const [chosen, setChosen] = useState(0);
  const at = Math.min(chosen, offers.length - 1);
  const take = (offer: Offer | undefined) => {
    if (!offer) return;
    onClose();
    if (offer.link) navigate(offer.link);
    offer.run?.();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && offers.length > 0) setChosen((at + step + offers.length) % offers.length);
    else if (event.key === 'Enter' && !event.isComposing) take(offers[at]);
    // By itself the browser would only empty the field.
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
  };
  return (
    <Overlay title={t.palette.title} onClose={onClose} testid="palette">
      <form class="palette-field" role="search" onSubmit={(event) => event.preventDefault()}>
        <input
          type="search" list={undefined} value={query} placeholder={t.palette.placeholder} aria-label={t.palette.title}
          role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list" autocomplete="off" spellcheck={false}
          aria-activedescendant={at >= 0 ? `offer-${at}` : undefined} data-testid="palette-input"
          onInput={(event) => { setQuery(event.currentTarget.value); setChosen(0); }} onKeyDown={onKeyDown}
        />
      </form>
      <Offers groups={groups} chosen={at} onTake={take} />
      <Hints />
    </Overlay>
  );
}

function Offers({ groups, chosen, onTake }: { groups: readonly OfferGroup[]; chosen: number; onTake: (offer: Offer) => void }) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  let index = 0;
  return (
    <div class="palette-list" id="palette-list" role="listbox" aria-label={t.palette.title} ref={list}>
      {groups.map((group) => (
        <div key={group.title} role="group" aria-label={group.title}>
          <div class="palette-group" aria-hidden="true">{group.title}</div>
          {group.offers.map((offer) => {
            const own = index++;
            return (
              <div key={offer.id} id={`offer-${own}`} role="option" class="offer" aria-selected={own === chosen} onClick={() => onTake(offer)} data-testid="offer">
                {offer.icon ? <Glyph><path d={offer.icon} /></Glyph> : <span class="icon" />}
                <span class="offer-text">{offer.text}</span>
                {offer.more && <span class="offer-more">{offer.more}</span>}
              </div>
            );
          })}
        </div>
      ))}
      {groups.length === 0 && <p class="empty">{t.palette.none}</p>}
    </div>
  );
}

function Hints() {
  return (
    <footer class="palette-hints" aria-hidden="true">
      <span><kbd>↑</kbd> <kbd>↓</kbd> {t.palette.hint}</span>
      <span><kbd>↵</kbd> {t.palette.hintOpen}</span>
      <span><kbd>Esc</kbd> {t.palette.hintClose}</span>
    </footer>
  );
}

function pages(): Offer[] {
  return NAV.map((item) => ({ id: item.link, text: navText(item), link: item.link, icon: item.icon, more: `g ${item.key}` }));
}

/** Pages and commands are there at once; what is searched for follows them when it comes, so that nothing jumps. */
function useOffers(query: string): OfferGroup[] {
  const found = useFound(query);
  const own = useMemo(() => {
    const named = (title: string, all: Offer[]) => ({ title, offers: matching(all, query) });
    return [named(t.palette.pages, pages()), named(t.palette.commands, commands())];
  }, [query]);
  const groups = [...own.map((group) => ({ ...group, offers: query ? group.offers.slice(0, HITS) : group.offers })), ...found.map(offersOf)];
  if (query) groups.push({ title: t.nav.search, offers: [{ id: 'all', text: t.palette.all(query), link: withQuery('#/search', { q: query }) }] });
  return groups.filter((group) => group.offers.length > 0);
}

function offersOf({ type, results }: SearchGroup): OfferGroup {
  const titles: Record<string, string> = t.palette.types;
  const offers = results.map((hit, i) => ({
    id: `${type} ${i} ${hit.path}`, text: hit.title ?? '', more: hit.text ?? undefined, link: hitLink(hit.path ?? ''),
  }));
  return { title: titles[type ?? ''] ?? type ?? '', offers };
}

/** The hits of the last words that were searched for. */
function useFound(query: string): SearchGroup[] {
  const [found, setFound] = useState<{ query: string; groups: SearchGroup[] }>({ query: '', groups: [] });
  useEffect(() => {
    if (query === '') return setFound({ query, groups: [] });
    const aborter = new AbortController();
    const timer = setTimeout(() => {
      // A search that fails leaves the pages and commands; the page of all results says why.
      search({ q: query, limit: HITS }, aborter.signal).then((groups) => setFound({ query, groups }), () => undefined);
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [query]);
  return found.groups;
}
