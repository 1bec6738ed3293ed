// SPDX-License-Identifier: Apache-2.0
// Long lists of which only what is seen is drawn: TanStack's virtualizer as a hook.
import {
  elementScroll, observeElementOffset, observeElementRect, observeWindowOffset, observeWindowRect, Virtualizer, windowScroll,
  type VirtualItem, type VirtualizerOptions,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

type Options = VirtualizerOptions<HTMLElement, HTMLElement>;

export interface VirtualSpec extends Partial<Omit<Options, 'getScrollElement' | 'count' | 'estimateSize'>> {
  count: number;
  /** Height (or width, when horizontal) of an item in pixels, until it is measured. */
  estimateSize: (index: number) => number;
  /** What scrolls. */
  scroller: RefObject<HTMLElement | null>;
}

export interface Virtual {
  items: readonly VirtualItem[];
  /** Pixels of all items together. */
  size: number;
  virtualizer: Virtualizer<HTMLElement, HTMLElement>;
}

export function useVirtual({ scroller, ...spec }: VirtualSpec): Virtual {
  const [, redraw] = useState(0);
  const options: Options = {
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    getScrollElement: () => scroller.current,
    ...spec,
    onChange: (instance, sync) => {
      redraw((n) => n + 1);
      spec.onChange?.(instance, sync);
    },
  };
  const kept = useRef<Virtualizer<HTMLElement, HTMLElement> | null>(null);
  const virtualizer = (kept.current ??= new Virtualizer(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  return { items: virtualizer.getVirtualItems(), size: virtualizer.getTotalSize(), virtualizer };
}

type WindowOptions = VirtualizerOptions<Window, HTMLElement>;

export interface WindowVirtualSpec extends Partial<Omit<WindowOptions, 'getScrollElement' | 'count' | 'estimateSize' | 'scrollMargin'>> {
  count: number;
  estimateSize: (index: number) => number;
  /** The list; what is above it scrolls with it. */
  list: RefObject<HTMLElement | null>;
}

/** The same for a list that scrolls with the whole page; items start at `start - margin` within the list. */
export function useWindowVirtual({ list, ...spec }: WindowVirtualSpec): {
  items: readonly VirtualItem[]; size: number; margin: number; virtualizer: Virtualizer<Window, HTMLElement>;
} {
  const [, redraw] = useState(0);
  const [margin, setMargin] = useState(0);
  const options: WindowOptions = {
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    getScrollElement: () => window,
    initialOffset: () => window.scrollY,
    ...spec,
    scrollMargin: margin,
    onChange: (instance, sync) => {
      redraw((n) => n + 1);
      spec.onChange?.(instance, sync);
    },
  };
  const kept = useRef<Virtualizer<Window, HTMLElement> | null>(null);
  const virtualizer = (kept.current ??= new Virtualizer(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => {
    virtualizer._willUpdate();
    const top = list.current ? list.current.getBoundingClientRect().top + window.scrollY : 0;
    if (Math.abs(top - margin) > 1) setMargin(top);
  });
  return { items: virtualizer.getVirtualItems(), size: virtualizer.getTotalSize(), margin, virtualizer };
}
