// "/" goes to the field that finds a cluster, unless the person is typing. No other single key does anything.
import { useEffect } from 'react';
import { useLocation } from 'wouter';

export const FIND_FIELD = 'find-cluster';

export function useFindKey(): void {
  const [, go] = useLocation();
  useEffect(() => {
    const find = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      if (document.getElementById(FIND_FIELD) === null) go('/');
      requestAnimationFrame(() => document.getElementById(FIND_FIELD)?.focus());
    };
    document.addEventListener('keydown', find);
    return () => document.removeEventListener('keydown', find);
  }, [go]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.matches('input, textarea, select') || target.isContentEditable);
}
