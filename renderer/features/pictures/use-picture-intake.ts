import { useEffect } from 'react';
import { useServices } from '../../services';
import type { TakePictures } from '../../stores/pictures';

/** Lets pictures come in by paste and by drop for as long as the component is shown. */
export function usePictureIntake(take: TakePictures): void {
  const { pictures, toasts } = useServices();
  useEffect(() => {
    const receiving = pictures.receive(take);
    return () => receiving.dispose();
  }, [pictures, take]);

  useEffect(() => () => pictures.dismissRefused(), [pictures]);

  useEffect(() => {
    const onPaste = (event: ClipboardEvent): void => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return; // text goes where it was pasted
      event.preventDefault();
      pictures.paste(files).catch(toasts.fail);
    };
    window.addEventListener('paste', onPaste);
    return () => window.removeEventListener('paste', onPaste);
  }, [pictures, toasts]);
}
