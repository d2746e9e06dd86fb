// Signing in: a one-time link (token in the fragment, posted once, gone from the address bar at once) or name and password.
import type { PasswordSignIn, Session } from '@petrov/core/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Redirect } from 'wouter';
import { messageOf, postJson } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { PageHead } from '../../parts/page.tsx';
import { Brand } from '../../shell/side-nav.tsx';
import '../../styles/sign-in.css';

export function SignInPage({ session }: { readonly session: Session | null }) {
  const link = useLinkToken();
  const password = useSignIn<PasswordSignIn>('/session/password');
  if (session !== null && !link.isPending) return <Redirect to={nextPath()} replace />;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const totp = textOf(form, 'totp').replaceAll(' ', '');
    password.mutate({
      name: textOf(form, 'name'),
      password: textOf(form, 'password'),
      ...(totp === '' ? {} : { totp }),
    });
  };
  return (
    <main className="sign-in stack wide">
      <Brand />
      <PageHead
        title="Who is deciding?"
        tab="Sign in"
        lead="Petrov promotes nothing without a person, and writes down who it was. So it has to know you."
      />
      {link.isPending && <p role="status">Checking your one-time link …</p>}
      {link.isError && <UsedUp reason={messageOf(link.error)} />}
      <form className="card stack" onSubmit={submit}>
        <label>
          Name
          <input name="name" autoComplete="username" autoCapitalize="none" required />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <label>
          Six-digit code, if your account has one
          <input name="totp" inputMode="numeric" autoComplete="one-time-code" pattern="[0-9 ]{6,7}" />
        </label>
        {password.isError && (
          <p role="alert" className="tone-for s">
            {messageOf(password.error)}
          </p>
        )}
        <button type="submit" className="act" disabled={password.isPending}>
          Sign in
        </button>
      </form>
      <section className="stack tight">
        <h2>No password?</h2>
        <p className="s soft">
          The terminal that runs Petrov prints a one-time link. For a new one run <code>petrov sign-in-link</code> at
          the controller’s host: each works once, for ten minutes.
        </p>
      </section>
    </main>
  );
}

function UsedUp({ reason }: { readonly reason: string }) {
  return (
    <div className="evidence unknown" role="alert">
      <h2>This link no longer signs anybody in</h2>
      <p className="s">{reason}</p>
      <p className="s">
        Take the newest link that the terminal printed, or run <code>petrov sign-in-link</code> at the controller’s
        host.
      </p>
    </div>
  );
}

/** The token leaves the address bar before it's sent, and is sent once, whatever re-renders. */
function useLinkToken() {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined);
  const signIn = useSignIn<{ token: string }>('/session/link');
  const isSent = useRef(false);
  const { mutate } = signIn;
  useEffect(() => {
    if (token === undefined || isSent.current) return;
    isSent.current = true;
    history.replaceState(null, '', location.pathname + location.search);
    mutate({ token });
  }, [token, mutate]);
  return signIn;
}

function useSignIn<Credentials>(path: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (credentials: Credentials) => postJson<unknown>(path, credentials),
    // A question from before, still on its way, would answer "nobody is signed in" and be believed.
    onSuccess: async () => {
      await cache.cancelQueries({ queryKey: keys.session });
      await cache.invalidateQueries({ queryKey: keys.session });
    },
  });
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

/** Only a path of this console is followed. */
function nextPath(): string {
  const next = new URLSearchParams(location.search).get('next') ?? '/';
  return next.startsWith('/') && !next.startsWith('//') && !next.startsWith('/sign-in') ? next : '/';
}
