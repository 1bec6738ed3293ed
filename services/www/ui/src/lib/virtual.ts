// SPDX-License-Identifier: Apache-2.0
// Long lists of which only what is seen is drawn: TanStack's virtualizer as a hook.
import {
  elementScroll, observeElementOffset, observeElementRect, Virtualizer, type VirtualItem, type VirtualizerOptions,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

type Options = VirtualizerOptions<HTMLElement, HTMLElement>;

export interface VirtualSpec extends Partial<Omit<Options, 'getScrollElement' | 'count' | 'estimateSize'>> {
  count: number;
  /** Height (or width, when horizontal) of an item in pixels, until it is measured. */
  estimateSize: (index: number) => number;
  /** What scrolls. */
  scroller: RefObject<HTMLElement>;
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
