import { Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Arm } from '../../../app/contract/routes';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { SectionHead } from '../../ui/Panel';
import tableStyles from '../../ui/Table.module.css';
import { useIsNarrower } from '../../ui/use-width';
import { ArmDialog } from './ArmDialog';
import { ArmRow, type FigureColumn, figureColumns } from './ArmRow';
import styles from './ArmsSection.module.css';
import { armState } from './arm-look';
import { Problems } from './Problems';
import { problemsBeside, problemsUnder } from './problem-places';
import { useRouteEditor } from './use-route-editor';
import { useTargets } from './use-targets';

/** Below this many pixels the table keeps what is looked at most. */
const narrowTable = 720;
const narrowColumns: readonly FigureColumn[] = ['requests', 'p95', 'outcome'];

/** `table` "Arms": where the route can lead, whether each would answer, and how each does. */
export function ArmsSection() {
  const { t, routes } = useServices();
  const { draft, live, figures, problems } = useRouteEditor();
  const views = useStore(routes.store, (state) => state.byName);
  const targets = useTargets();
  const section = useRef<HTMLElement>(null);
  const isNarrow = useIsNarrower(section, narrowTable);
  const [edited, setEdited] = useState<Arm | 'new' | null>(null);
  const columns = figures === null ? [] : isNarrow ? narrowColumns : figureColumns;
  const own = problemsUnder(problems, 'arms');
  const beside = problemsBeside(
    own,
    draft.arms.map((_, at) => ['arms', at]),
  );

  return (
    <section ref={section} className={styles['section']} aria-labelledby="route-arms">
      <SectionHead id="route-arms" title={t('routes.arms')} note={t('routes.armsNote')}>
        <Button size="sm" look="quiet" icon={Plus} onClick={() => setEdited('new')}>
          {t('routes.addArm')}
        </Button>
      </SectionHead>
      <Problems problems={beside} />
      {draft.arms.length > 0 && (
        <table
          className={classes(tableStyles['table'], tableStyles['tight'], tableStyles['lastPlain'])}
          aria-label={t('routes.arms')}
        >
          <colgroup>
            <col />
            <col className={styles['colState']} />
            {columns.map((column) => (
              <col key={column} className={styles[`col-${column}`]} />
            ))}
            <col className={styles['colActions']} />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">{t('routes.arm')}</th>
              <th scope="col">{t('models.column.state')}</th>
              {columns.map((column) => (
                <th
                  key={column}
                  scope="col"
                  className={tableStyles['end']}
                  title={t(`routes.column.${column}.title`)}
                >
                  {t(`routes.column.${column}`)}
                </th>
              ))}
              <th scope="col">
                <span className="visually-hidden">{t('endpoints.tokenActions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {draft.arms.map((arm, at) => (
              <ArmRow
                key={arm.id}
                arm={arm}
                state={armState(arm, targets, live, views)}
                isLive={live?.route.arms.some(({ id }) => id === arm.id) ?? false}
                columns={columns}
                problems={problemsUnder(problems, 'arms', at)}
                onEdit={() => setEdited(arm)}
              />
            ))}
          </tbody>
        </table>
      )}
      {edited !== null && (
        <ArmDialog arm={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      )}
    </section>
  );
}
