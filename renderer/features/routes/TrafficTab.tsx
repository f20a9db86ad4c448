import { Skeleton } from '../../ui/Skeleton';
import { ArmsSection } from './ArmsSection';
import { LiveShares } from './LiveShares';
import { RulesSection } from './RulesSection';
import { useRouteEditor } from './use-route-editor';
import type { FiguresWindow } from './use-route-figures';

export interface TrafficTabProps {
  readonly window: FiguresWindow;
  readonly onWindow: (window: FiguresWindow) => void;
}

/** A route at work, and all that decides where requests go. */
export function TrafficTab({ window, onWindow }: TrafficTabProps) {
  const { figures } = useRouteEditor();
  return (
    <>
      {figures ? <LiveShares figures={figures} window={window} onWindow={onWindow} /> : <Skeleton rows={4} />}
      <ArmsSection />
      <RulesSection />
    </>
  );
}
