// The frame of every page but sign-in: skip link, navigation, who is signed in, news aloud, and the state of the live line.
import type { Session } from '@petrov/core/wire';
import { type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { useConnections, useLiveState, useNews } from '../api/context.ts';
import { NeedsPersonStrip } from './needs-person.tsx';
import { SideNav } from './side-nav.tsx';
import { useFindKey } from './use-find-key.ts';

export function Shell({ session, children }: { readonly session: Session; readonly children: ReactNode }) {
  const { live } = useConnections();
  useEffect(() => {
    live.start();
    return () => live.stop();
  }, [live]);
  useFindKey();
  const main = useFocusOnNewPage();
  return (
    <div className="frame">
      <a className="skip" href="#main">
        Skip to the answer
      </a>
      <SideNav session={session} />
      <div>
        <LostStrip />
        <NeedsPersonStrip />
        <main id="main" ref={main} tabIndex={-1}>
          {children}
        </main>
      </div>
      <News />
    </div>
  );
}

function News() {
  return (
    <div className="visually-hidden" role="status" aria-atomic="false">
      {useNews().map((news) => (
        <p key={news}>{news}</p>
      ))}
    </div>
  );
}

function LostStrip() {
  if (useLiveState() !== 'gone') return null;
  return (
    <div className="strip lost" role="alert">
      The live connection is gone: what you see may be old, and nothing can be decided here until it is back. It keeps
      trying.
    </div>
  );
}

/** A new page starts at its top, with the keyboard in it; the first page leaves the focus where the browser put it. */
function useFocusOnNewPage() {
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    window.scrollTo(0, 0);
    if (!(main.current?.contains(document.activeElement) ?? false)) main.current?.focus({ preventScroll: true });
  }, [path]);
  return main;
}
