import { type ReactNode, useEffect, useRef } from 'react';
import { Group, Panel, type PanelImperativeHandle, Separator } from 'react-resizable-panels';
import { useStore } from 'zustand';
import { useServices } from '../services';
import { classes } from './classes';
import styles from './Split.module.css';

export interface SplitProps {
  /** Under which its size is kept. */
  readonly name: string;
  /** What the line between the panes moves, for those who hear it. */
  readonly label: string;
  /** `start`: the first pane keeps its pixels; `end`: the last one, as a panel at the foot does. */
  readonly fixed?: 'start' | 'end';
  readonly orientation?: 'horizontal' | 'vertical';
  /** Pixels, at the start and at the least. */
  readonly size: number;
  readonly minSize: number;
  readonly maxSize: number;
  /** What the other pane keeps at the least. */
  readonly restMinSize: number;
  readonly start: ReactNode;
  readonly end: ReactNode;
}

/** Two panes with a line between that can be dragged, or moved by arrow keys; the size is kept. */
export function Split({
  name,
  label,
  fixed = 'start',
  orientation = 'horizontal',
  size,
  minSize,
  maxSize,
  restMinSize,
  start,
  end,
}: SplitProps) {
  const { ui } = useServices();
  const kept = useStore(ui, (state) => state.panes[name]);
  const pane = useRef<PanelImperativeHandle>(null);
  const shownName = useRef(name);
  useEffect(() => {
    // another width of window has a size of its own; what the panes hold stays, such as a form half filled
    if (shownName.current === name) return;
    shownName.current = name;
    pane.current?.resize(kept ?? size);
  }, [name, kept, size]);
  const keepSize = (): void => {
    const pixels = Math.round(pane.current?.getSize().inPixels ?? 0);
    if (pixels > 0) ui.setState(({ panes }) => ({ panes: { ...panes, [name]: pixels } }));
  };
  const fixedPane = (content: ReactNode) => (
    <Panel
      panelRef={pane}
      defaultSize={kept ?? size}
      minSize={minSize}
      maxSize={maxSize}
      groupResizeBehavior="preserve-pixel-size"
      className={styles['pane']}
    >
      {content}
    </Panel>
  );
  const restPane = (content: ReactNode) => (
    <Panel minSize={restMinSize} className={styles['pane']}>
      {content}
    </Panel>
  );
  return (
    <Group
      orientation={orientation}
      className={styles['group']}
      onLayoutChanged={(_layout, { isUserInteraction }) => {
        if (isUserInteraction) keepSize();
      }}
    >
      {fixed === 'start' ? fixedPane(start) : restPane(start)}
      <Separator aria-label={label} className={classes(styles['line'], styles[orientation])} />
      {fixed === 'start' ? restPane(end) : fixedPane(end)}
    </Group>
  );
}
