import { createHmac, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Inbox, isSignedBy } from './inbox.ts';

const secret = `whsec_${randomBytes(32).toString('base64')}`;
const nowMs = 1_790_000_000_000;
const timestamp = String(nowMs / 1000);
const body = Buffer.from('{"type":"proposal.raised","data":{}}');

function sign(id: string, at: string, bytes: Buffer): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${at}.`).update(bytes).digest('base64')}`;
}

test('a message signed over its id, time and bytes is believed', () => {
  const signature = `v1,AAAA ${sign('msg_1', timestamp, body)}`;
  expect(isSignedBy(secret, { id: 'msg_1', timestamp, signature }, body, nowMs)).toBe(true);
});

test('another id, other bytes, another version or an old time are not', () => {
  const signature = sign('msg_1', timestamp, body);
  const good = { id: 'msg_1', timestamp, signature };
  expect(isSignedBy(secret, { ...good, id: 'msg_2' }, body, nowMs)).toBe(false);
  expect(isSignedBy(secret, good, Buffer.from('{}'), nowMs)).toBe(false);
  expect(isSignedBy(secret, { ...good, signature: signature.replace('v1,', 'v2,') }, body, nowMs)).toBe(false);
  expect(isSignedBy(secret, good, body, nowMs + 301_000)).toBe(false);
  expect(isSignedBy(secret, { ...good, timestamp: 'soon' }, body, nowMs)).toBe(false);
});

test('the inbox keeps a message once, and marks what is not signed', async () => {
  await using inbox = await Inbox.start(secret);
  const told: string[] = [];
  inbox.onMessage((message) => told.push(message.type));
  const at = String(Math.floor(Date.now() / 1000));
  const send = (id: string, signature: string) =>
    fetch(inbox.url, {
      method: 'POST',
      body,
      headers: { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature },
    });
  expect((await send('msg_1', sign('msg_1', at, body))).status).toBe(204);
  expect((await send('msg_1', sign('msg_1', at, body))).status).toBe(204);
  expect((await send('msg_2', sign('msg_1', at, body))).status).toBe(401);
  expect(inbox.messages.map(({ id, signatureOk }) => [id, signatureOk])).toEqual([
    ['msg_1', true],
    ['msg_2', false],
  ]);
  expect(told).toEqual(['proposal.raised', 'proposal.raised']);
});
