import { useStore } from 'zustand';
import { useServices } from '../../services';
import { ShortcutTables } from '../../shell/ShortcutSheet';
import { OptionLine } from '../../ui/OptionLine';
import { SegmentedControl } from '../../ui/SegmentedControl';

/** Single letters can be switched off; all shortcuts stand below. */
export function ShortcutsSection({ isWhole }: { readonly isWhole: boolean }) {
  const { t, ui } = useServices();
  const hasSingleKeys = useStore(ui, (state) => state.singleKeys);
  return (
    <>
      <OptionLine
        name={t('settings.singleKeys')}
        help={t('settings.singleKeys.help')}
        standard={t('settings.singleKeys.on')}
        onReset={hasSingleKeys ? undefined : () => ui.setState({ singleKeys: true })}
      >
        <SegmentedControl
          label={t('settings.singleKeys')}
          value={hasSingleKeys ? 'on' : 'off'}
          onChange={(value) => ui.setState({ singleKeys: value === 'on' })}
          segments={[
            { value: 'on', label: t('settings.singleKeys.on') },
            { value: 'off', label: t('settings.singleKeys.off') },
          ]}
        />
      </OptionLine>
      {isWhole && <ShortcutTables isFlush />}
    </>
  );
}
