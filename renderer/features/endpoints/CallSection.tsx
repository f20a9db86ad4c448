import { Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { AppError, type WireError } from '../../../app/base/errors';
import type { RequestExamples } from '../../../app/contract/endpoints';
import { useServices } from '../../services';
import { selectModelNames } from '../../stores/models';
import { selectRoute, selectRouteNames } from '../../stores/routes';
import { ErrorView } from '../../ui/ErrorView';
import { IconButton } from '../../ui/IconButton';
import { SectionHead } from '../../ui/Panel';
import { Picker } from '../../ui/Picker';
import { Tabs } from '../../ui/Tabs';
import styles from './EndpointsArea.module.css';

type Language = keyof RequestExamples;
const languages = ['curl', 'python', 'typescript'] as const satisfies readonly Language[];

/** How a program asks one model or route, in three languages, ready to be copied. `only` leaves no choice. */
export function CallSection({ only }: { readonly only?: string }) {
  const { t, models, routes } = useServices();
  const modelNames = useStore(models.store, useShallow(selectModelNames));
  const routeNames = useStore(routes.store, useShallow(selectRouteNames));
  const names = only === undefined ? [...modelNames, ...routeNames] : [only];
  const [chosen, setChosen] = useState<string | null>(null);
  const model = chosen !== null && names.includes(chosen) ? chosen : (names[0] ?? null);
  return (
    <section className={styles['section']} aria-labelledby="endpoints-call">
      <SectionHead id="endpoints-call" title={t('endpoints.call')}>
        {model !== null && only === undefined && (
          <Picker
            label={t('endpoints.callModel')}
            size="sm"
            value={model}
            onChange={setChosen}
            options={names.map((name) => ({
              value: name,
              label: name,
              ...(routeNames.includes(name) ? { note: t('routes.route') } : {}),
            }))}
          />
        )}
      </SectionHead>
      {model === null ? (
        <p className={styles['note']}>{t('endpoints.callNone')}</p>
      ) : (
        <Examples key={model} model={model} />
      )}
    </section>
  );
}

type Answer =
  | { readonly kind: 'asking' }
  | { readonly kind: 'ready'; readonly examples: RequestExamples }
  | { readonly kind: 'failed'; readonly error: WireError };

function Examples({ model }: { readonly model: string }) {
  const { t, client, actions, endpoints, models, routes } = useServices();
  const state = useStore(endpoints.store, (mirror) => mirror.state);
  const known = useStore(models.store, ({ byName }) => byName.get(model));
  const route = useStore(routes.store, selectRoute(model));
  const [answer, setAnswer] = useState<Answer>({ kind: 'asking' });
  const [language, setLanguage] = useState<Language>('curl');

  // biome-ignore lint/correctness/useExhaustiveDependencies: another address, rule or version makes another example
  useEffect(() => {
    let isWanted = true;
    client.call('endpoints.examples', { model }).then(
      (examples) => isWanted && setAnswer({ kind: 'ready', examples }),
      (thrown: unknown) => isWanted && setAnswer({ kind: 'failed', error: AppError.from(thrown).toWire() }),
    );
    return () => {
      isWanted = false;
    };
  }, [client, model, state, known, route?.route]);

  if (answer.kind === 'asking') return <p className={styles['note']}>{t('common.loading')}</p>;
  if (answer.kind === 'failed') return <ErrorView error={answer.error} />;
  const { examples } = answer;
  return (
    <Tabs<Language>
      label={t('endpoints.callLanguages', { model })}
      className={styles['examples']}
      value={language}
      onChange={setLanguage}
      tabs={languages.map((each) => ({
        value: each,
        label: t(`endpoints.language.${each}`),
        panel: (
          <div className={styles['code']}>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard */}
            <pre tabIndex={0}>{examples[each]}</pre>
            <IconButton
              size="sm"
              icon={Copy}
              label={t('endpoints.copyExample', { language: t(`endpoints.language.${each}`), model })}
              onClick={() => void actions.copy(examples[each])}
            />
          </div>
        ),
      }))}
    />
  );
}
