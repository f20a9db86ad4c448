import { type NewRoute, type Route, routeSchema } from '../../../app/contract/routes';
import type { Engine } from '../../../main/engine-api';
import { type EngineBench, untilWords } from './engine-bench';

/** What comes soon, on a machine that is busy with much else. */
export const patience = { timeout: 15_000, interval: 20 };

export const picture = new Uint8Array([1, 2, 3]);

/** An engine with the loaded versions 1 to 3 of `clothes`, which answer `shirt`, `coat` and `coat`. */
export async function startWithClothes(bench: EngineBench): Promise<Engine> {
  for (const [version, label] of [
    [1, 'shirt'],
    [2, 'coat'],
    [3, 'coat'],
  ] as const)
    await bench.version('clothes', version, label);
  const engine = await bench.start();
  const { ticket, items } = await engine.models.offer([bench.path('clothes')]);
  const [item] = items;
  if (!item) throw new Error('nothing was offered');
  await engine.models.add(ticket, [{ id: item.id, as: 'model', name: 'clothes' }]);
  await engine.models.applyPolicy('clothes', { kind: 'all' }, 'availabilityPreserving');
  await untilWords(engine, 'clothes', '3 available, 2 available, 1 available');
  return engine;
}

/** A route over them, with an arm for each. */
export const shop = (weights: Readonly<Record<string, number>>, more: Partial<NewRoute> = {}): Route =>
  routeSchema.parse({
    name: 'shop',
    arms: [1, 2, 3].map((version) => ({ id: `v${version}`, model: 'clothes', version })),
    split: Object.entries(weights).map(([arm, weight]) => ({ arm, weight })),
    fallback: ['v1', 'v2'],
    ...more,
  });

export const ask = (engine: Engine, model = 'shop') =>
  engine.inference.classify({ model, version: 'latest', picture, top: 1 });
export const askAs = (engine: Engine, headers: Readonly<Record<string, string>>) =>
  engine.routes.classify({ route: 'shop', picture, top: 1, headers });

/** Requests by arm, from the figures. */
export async function counted(engine: Engine): Promise<Record<string, number>> {
  const { arms } = await engine.routes.figures('shop', '5min');
  return Object.fromEntries(arms.map(({ arm, requests }) => [arm, requests]));
}
