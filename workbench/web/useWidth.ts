import { useCallback, useState } from 'react';

/** Measures an element: gives a ref for it and its width in pixels, 0 until it is on the page. */
export function useWidth(): [(element: HTMLElement | null) => void, number] {
  const [width, setWidth] = useState(0);
  const [observer] = useState(
    () => new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)))
  );
  const ref = useCallback(
    (element: HTMLElement | null) => {
      observer.disconnect();
      if (element) {
        observer.observe(element);
      }
    },
    [observer]
  );
  return [ref, width];
}
