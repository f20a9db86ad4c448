import { Copy } from 'lucide-react';
import { useServices } from '../../services';
import { IconButton } from '../../ui/IconButton';
import { SectionHead } from '../../ui/Panel';
import styles from './RequestInspector.module.css';

export interface RequestTextProps {
  readonly title: string;
  readonly text: string;
  readonly isCut: boolean;
}

/** What was asked or answered, as it stood on the wire. */
export function RequestText({ title, text, isCut }: RequestTextProps) {
  const { t, actions } = useServices();
  return (
    <section aria-label={title}>
      <SectionHead title={title} note={isCut ? t('endpoints.requestCut') : undefined}>
        <IconButton
          size="sm"
          icon={Copy}
          label={t('endpoints.copyText', { what: title })}
          onClick={() => void actions.copy(text)}
        />
      </SectionHead>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className={styles['text']}>
        {text}
      </pre>
    </section>
  );
}
