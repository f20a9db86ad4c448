import { Boxes, Columns2, FlaskConical, ListChecks, type LucideIcon, Radio, Settings2 } from 'lucide-react';
import { CompareArea } from '../features/compare/CompareArea';
import { EndpointsArea } from '../features/endpoints/EndpointsArea';
import { JobsArea } from '../features/jobs/JobsArea';
import { ModelsArea } from '../features/models/ModelsArea';
import { PlaygroundArea } from '../features/playground/PlaygroundArea';
import { SettingsArea } from '../features/settings/SettingsArea';
import type { MessageId } from '../messages/en';
import type { Area } from '../stores/router';

export interface AreaEntry {
  readonly area: Area;
  readonly title: MessageId;
  readonly icon: LucideIcon;
  readonly page: () => React.ReactNode;
  /** At the foot of the rail. */
  readonly isLast?: boolean;
}

/** The areas that exist, in the order of the rail. */
export const areaEntries: readonly AreaEntry[] = [
  { area: 'models', title: 'area.models', icon: Boxes, page: ModelsArea },
  { area: 'playground', title: 'area.playground', icon: FlaskConical, page: PlaygroundArea },
  { area: 'compare', title: 'area.compare', icon: Columns2, page: CompareArea },
  { area: 'jobs', title: 'area.jobs', icon: ListChecks, page: JobsArea },
  { area: 'endpoints', title: 'area.endpoints', icon: Radio, page: EndpointsArea },
  {
    area: 'settings',
    title: 'area.settings',
    icon: Settings2,

    page: SettingsArea,
    isLast: true,
  },
];
