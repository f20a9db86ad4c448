import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { AccessToken } from '../../../app/contract/endpoints';
import { useServices } from '../../services';
import { AlertDialog } from '../../ui/AlertDialog';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { SectionHead } from '../../ui/Panel';
import tableStyles from '../../ui/Table.module.css';
import { useNow } from '../../ui/use-now';
import { CreateToken } from './CreateToken';
import styles from './EndpointsArea.module.css';

const minuteMs = 60_000;

/** Who may call: tokens by name, with what each allows; made and revoked here, never shown again. */
export function TokensSection() {
  const { t, format, endpoints, toasts } = useServices();
  const tokens = useStore(endpoints.store, (state) => state.tokens);
  const nowMs = useNow(minuteMs);
  const [isCreating, setCreating] = useState(false);
  const [revoked, setRevoked] = useState<AccessToken | null>(null);
  const revoke = ({ id, name }: AccessToken): void => {
    endpoints.revokeToken(id).then(() => toasts.say(t('endpoints.revoked', { name })), toasts.fail);
  };
  return (
    <section className={styles['section']} aria-labelledby="endpoints-tokens">
      <SectionHead
        id="endpoints-tokens"
        title={t('endpoints.tokens')}
        note={tokens.length === 0 ? t('endpoints.tokensNone') : undefined}
      >
        <Button size="sm" icon={KeyRound} onClick={() => setCreating(true)}>
          {t('endpoints.create')}
        </Button>
      </SectionHead>
      {tokens.length > 0 && (
        <table
          className={classes(tableStyles['table'], tableStyles['tight'], tableStyles['lastPlain'])}
          aria-label={t('endpoints.tokensTable')}
        >
          <colgroup>
            <col />
            <col />
            <col className={styles['colMade']} />
            <col className={styles['colRevoke']} />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">{t('endpoints.tokenName')}</th>
              <th scope="col">{t('endpoints.tokenScopes')}</th>
              <th scope="col">{t('endpoints.tokenMade')}</th>
              <th scope="col">
                <span className="visually-hidden">{t('endpoints.tokenActions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {tokens.map((token) => (
              <tr key={token.id} aria-label={token.name}>
                <th scope="row" title={token.name}>
                  {token.name}
                </th>
                <td>{token.scopes.map((scope) => t(`endpoints.scope.${scope}`)).join(', ')}</td>
                <td title={format.dateTime(token.createdAtMs)}>
                  {format.relative(token.createdAtMs, nowMs)}
                </td>
                <td className={tableStyles['end']}>
                  <Button
                    size="sm"
                    look="quiet"
                    aria-label={t('endpoints.revokeNamed', { name: token.name })}
                    onClick={() => setRevoked(token)}
                  >
                    {t('endpoints.revoke')}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {isCreating && <CreateToken onClose={() => setCreating(false)} />}
      <AlertDialog
        isOpen={revoked !== null}
        onClose={() => setRevoked(null)}
        title={t('endpoints.revokeTitle', { name: revoked?.name ?? '' })}
        text={t('endpoints.revokeText')}
        action={t('endpoints.revokeAction')}
        onConfirm={() => revoked && revoke(revoked)}
      />
    </section>
  );
}
