import { Metadata } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { IncomingCall } from '../../../main/endpoints/grpc/incoming-call';
import { RoutedCall } from '../../../main/endpoints/routed-answer';
import { oldBytesGrownBy } from '../../support/old-generation';

// docs/decisions/0016-garbage-that-keeps-garbage.md

const calls = 40_000;
/** As much as a call has about it. */
const ballast = (): unknown[] => new Array(128).fill(0);

test('a call leaves nothing in the old generation', () => {
  const grown = oldBytesGrownBy(() => {
    for (let call = 0; call < calls; call++)
      new RoutedCall({ requestId: 'r', headers: { ballast: ballast() as string[] }, caller: null });
  });
  expect(grown).toBeLessThan(1_000_000);
});

test('a call over gRPC leaves nothing in the old generation', () => {
  const metadata = new Metadata();
  const { signal: closing } = new AbortController();
  const grown = oldBytesGrownBy(() => {
    for (let call = 0; call < calls; call++) {
      const about = ballast();
      const incoming = { metadata, getDeadline: () => about.length, on: () => about };
      new IncomingCall(incoming, { requestId: 'r', caller: null, closing, timeoutMs: 1 });
    }
  });
  expect(grown).toBeLessThan(1_000_000);
});

test('what a call says of itself is there when somebody looks', () => {
  const metadata = new Metadata();
  metadata.set('X-Segment', 'beta');
  metadata.set('trace-bin', Buffer.from('binary'));
  const { signal: closing } = new AbortController();
  let cancel = (): void => undefined;
  const incoming = {
    metadata,
    getDeadline: () => 5,
    on: (_event: string, listener: () => void) => {
      cancel = listener;
    },
  };
  const call = new IncomingCall(incoming, { requestId: 'r', caller: 'token', closing, timeoutMs: 1_000 });
  expect(call.headers).toEqual({ 'x-segment': 'beta' });
  expect(call.deadlineAtMs).toBe(5);
  expect(call.signal.aborted).toBe(false);
  cancel();
  expect(call.signal.aborted).toBe(true);
  const { attributes } = new RoutedCall(call);
  expect([attributes.requestId, attributes.token, attributes.headers]).toEqual([
    'r',
    'token',
    { 'x-segment': 'beta' },
  ]);
});
