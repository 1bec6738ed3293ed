// SPDX-License-Identifier: Apache-2.0
// Whether an element has come near the window, so that what it needs is asked for only then.
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

export function useSeen(element: RefObject<Element | null>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (seen || !element.current) return;
    const observer = new IntersectionObserver((entries) => entries.some((e) => e.isIntersecting) && setSeen(true), { rootMargin: '200px' });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [seen]);
  return seen;
}
