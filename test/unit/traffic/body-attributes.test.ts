import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBodyAttributes } from '../../../main/traffic/body-attributes';
import { MemberScan } from '../../../main/traffic/member-scan';
import { encode } from '../../support/proto-client';

const all = { context: true, parameters: true };
const ofJson = (value: unknown, codec: 'tfs-json' | 'oip-json' = 'tfs-json') =>
  readBodyAttributes(codec, Buffer.from(JSON.stringify(value)), {}, all);

/** Walks in steps of so many bytes, as a long body is. */
function scanned(text: string, wanted: readonly string[], stepBytes: number): Map<string, unknown> {
  const scan = new MemberScan(Buffer.from(text), wanted);
  while (!scan.step(stepBytes));
  return new Map([...scan.found].map(([key, json]) => [key, JSON.parse(json)]));
}

describe('members found by skipping', () => {
  const textArb = fc.string({ unit: 'grapheme', maxLength: 12 });

  test('are those that JSON.parse finds, whatever else there is and however it is cut', () => {
    const keyArb = fc.constantFrom('context', 'parameters', 'inputs', 'a"b', '\\', 'é');
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(keyArb, fc.oneof(fc.jsonValue({ maxDepth: 3 }), textArb)), {
          selector: ([key]) => key,
        }),
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom(0, 1),
        (members, stepBytes, indent) => {
          const text = JSON.stringify(Object.fromEntries(members), null, indent);
          const expected = members.filter(([key]) => key === 'context' || key === 'parameters');
          const found = scanned(text, ['context', 'parameters'], stepBytes);
          expect(found).toEqual(new Map(JSON.parse(JSON.stringify(expected))));
        },
      ),
    );
  });

  test('whatever the bytes, the walk ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 20 }), (bytes, stepBytes) => {
        const scan = new MemberScan(bytes, ['context']);
        let steps = 0;
        while (!scan.step(stepBytes)) expect(++steps).toBeLessThanOrEqual(bytes.length + 1);
      }),
    );
  });

  test('stop the walk once they are all there', () => {
    const scan = new MemberScan(Buffer.from(`{"context":{"a":1},"instances":[${'0,'.repeat(1_000)}0]}`), [
      'context',
    ]);
    expect(scan.step(40)).toBe(true);
  });
});

describe('what a body says for routes', () => {
  test('texts, numbers and booleans of context and parameters; nothing that has parts', async () => {
    expect(
      await ofJson({
        instances: [[1, 2, 3]],
        context: { team: 'qa', age: 18.5, isNew: true, list: [1], none: null },
        parameters: { tier: 2 },
      }),
    ).toEqual({ context: { team: 'qa', age: '18.5', isNew: 'true' }, parameters: { tier: '2' } });
    expect((await ofJson({ parameters: { tier: 'gold' } }, 'oip-json')).parameters).toEqual({ tier: 'gold' });
  });

  test('only of the outer object, and only what a rule looks at', async () => {
    const body = { instances: [{ context: { team: 'qa' } }], parameters: { a: 'b' } };
    expect((await ofJson(body)).context).toEqual({});
    const only = await readBodyAttributes(
      'tfs-json',
      Buffer.from(JSON.stringify({ ...body, context: { team: 'qa' } })),
      {},
      { context: true, parameters: false },
    );
    expect(only).toEqual({ context: { team: 'qa' }, parameters: {} });
  });

  test('of the JSON part alone where tensors follow it', async () => {
    const json = JSON.stringify({ parameters: { tier: 'gold' } });
    const body = Buffer.from(`${json},"parameters":{"tier":"lead"}}`);
    const found = await readBodyAttributes('oip-json', body, { jsonLength: json.length }, all);
    expect(found.parameters).toEqual({ tier: 'gold' });
    expect((await readBodyAttributes('oip-json', body, { jsonLength: 0 }, all)).parameters).toEqual({});
  });

  test('of a message: parameters of every type, tensors passed over', async () => {
    const body = encode('inference.ModelInferRequest', {
      model_name: 'm',
      inputs: [{ name: 'x', parameters: { tier: { string_param: 'inner' } } }],
      parameters: {
        a: { bool_param: true },
        b: { int64_param: -7 },
        c: { string_param: 'qa' },
        d: { double_param: 0.5 },
        e: { uint64_param: 9 },
      },
      raw_input_contents: [new Uint8Array(1_000)],
    });
    expect((await readBodyAttributes('oip-proto', body, {}, all)).parameters).toEqual({
      a: 'true',
      b: '-7',
      c: 'qa',
      d: '0.5',
      e: '9',
    });
  });

  test('a name that every object has is a name like any other', async () => {
    const body = Buffer.from('{"context":{"__proto__":"x","constructor":"y"}}');
    const { context } = await readBodyAttributes('tfs-json', body, {}, all);
    expect(Object.entries(context)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  test.each([
    ['no JSON', '{"context": {"a":'],
    ['a list', '[{"context":{"a":"b"}}]'],
    ['nothing', ''],
    ['a context that is no object', '{"context":"a"}'],
    ['a context that is far too large', `{"context":{"a":"b","c":"${'x'.repeat(70_000)}"}}`],
    ['a text that is too long', `{"context":{"a":"${'x'.repeat(300)}"}}`],
  ])('%s says nothing', async (_, text) => {
    expect(await readBodyAttributes('tfs-json', Buffer.from(text), {}, all)).toEqual({
      context: {},
      parameters: {},
    });
  });

  test('pictures and broken messages say nothing', async () => {
    const nothing = { context: {}, parameters: {} };
    expect(await readBodyAttributes('image', Buffer.from('{"context":{"a":"b"}}'), {}, all)).toEqual(nothing);
    expect(await readBodyAttributes('oip-proto', Buffer.from([0x22, 0xff]), {}, all)).toEqual(nothing);
  });

  test('a long body is walked in turns: others go on meanwhile', async () => {
    const body = Buffer.from(`{"instances":[${'1.5,'.repeat(500_000)}0],"context":{"team":"qa"}}`);
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      if (isDone) return;
      turns++;
      setImmediate(count);
    };
    count();
    const { context } = await readBodyAttributes('tfs-json', body, {}, all);
    isDone = true;
    expect(context).toEqual({ team: 'qa' });
    expect(turns).toBeGreaterThan(3);
  });
});
