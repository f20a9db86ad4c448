import { AppError } from '../../app/base/errors';
import type { Models } from '../engine-api';

/** Settles when the version answers; throws why it will not. */
export async function whenAnswering(
  engine: { readonly models: Pick<Models, 'get' | 'onDidChange'> },
  name: string,
  version: number,
  signal: AbortSignal,
): Promise<void> {
  const isSettled = (): boolean => {
    const model = engine.models.get(name);
    const found = model?.versions.find((it) => it.version === version);
    if (!found?.isOnDisk) {
      throw new AppError('VERSION_NOT_FOUND', { model: name, version: String(version) });
    }
    if (found.lifecycle === 'failed' && found.error) throw AppError.fromWire(found.error);
    return found.lifecycle === 'available';
  };
  await new Promise<void>((settle, refuse) => {
    const look = (): void => {
      try {
        if (signal.aborted) throw new AppError('CANCELLED');
        if (!isSettled()) return;
        settle();
      } catch (error) {
        refuse(error);
      }
      subscription.dispose();
    };
    const subscription = engine.models.onDidChange(look);
    signal.addEventListener('abort', look, { once: true });
    look();
  });
}
