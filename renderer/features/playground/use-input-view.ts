import { useEffect, useState } from 'react';
import { AppError, type WireError } from '../../../app/base/errors';
import type { In } from '../../../app/contract';
import type { InputView } from '../../../app/contract/inference';
import { useServices } from '../../services';

export type InputViewRequest = In<'inference.viewInput'>;

/** All channels in colour, or one in grey, in the order of the tensor. */
export type ShownChannel = InputViewRequest['channel'];

export interface InputViewState {
  /** The last drawing that came, kept in sight while the next is on its way. */
  readonly shown: { readonly url: string; readonly view: InputView; readonly isPreview: boolean } | null;
  readonly error: WireError | null;
}

const nothing: InputViewState = { shown: null, error: null };
/** While somebody types, only what stands for this long is drawn. */
const restMs = 150;

/** Draws the tensor that a request describes; null draws nothing. */
export function useInputView(request: InputViewRequest | null): InputViewState {
  const { client } = useServices();
  const [state, setState] = useState<InputViewState>(nothing);
  const key = request === null ? null : JSON.stringify(request);

  useEffect(() => {
    if (key === null) return undefined;
    let isStale = false;
    const wanted = JSON.parse(key) as InputViewRequest;
    const isPreview = wanted.preprocessing !== undefined;
    const draw = (): void => {
      client.call('inference.viewInput', wanted).then(
        (view) => {
          if (isStale) return;
          const url = URL.createObjectURL(
            new Blob([view.png as Uint8Array<ArrayBuffer>], { type: 'image/png' }),
          );
          setState({ shown: { url, view, isPreview }, error: null });
        },
        (thrown: unknown) => {
          if (!isStale) setState({ shown: null, error: AppError.from(thrown).toWire() });
        },
      );
    };
    const timer = setTimeout(draw, isPreview ? restMs : 0);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [client, key]);

  const url = state.shown?.url;
  useEffect(() => {
    if (url !== undefined) return () => URL.revokeObjectURL(url);
    return undefined;
  }, [url]);
  return key === null ? nothing : state;
}
