import { css } from '@emotion/css';
import { createTheme, ThemeContext, type GrafanaTheme2 } from '@grafana/data';
import { config } from '@grafana/runtime';
import { GlobalStyles, RadioButtonGroup, Tab, TabsBar, useStyles2 } from '@grafana/ui';
import React, { useEffect, useMemo, useState } from 'react';

import { ConfigTab } from './ConfigTab';
import type { Bench } from './plugin';
import { QueryTab } from './QueryTab';
import type { BenchState, TabName, ThemeName } from './urlState';
import { writeState } from './urlState';

const TABS: Array<{ name: TabName; label: string; icon: 'chart-line' | 'sliders-v-alt' }> = [
  { name: 'query', label: 'Query', icon: 'chart-line' },
  { name: 'config', label: 'Configuration', icon: 'sliders-v-alt' },
];

const THEMES: Array<{ value: ThemeName; label: string }> = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

interface AppProps {
  bench: Bench;
  initial: BenchState;
}

/** The whole page: its state, which the address bar repeats, and its theme. */
export function App({ bench: loaded, initial }: AppProps) {
  const [bench, setBench] = useState(loaded);
  const [state, setState] = useState(initial);
  const onState = (patch: Partial<BenchState>) => setState((before) => ({ ...before, ...patch }));
  const theme = useMemo(() => {
    const made = createTheme({ colors: { mode: state.theme } });
    // Plugins may read the theme from here as well.
    Object.assign(config, { theme2: made, theme: made.v1 });
    return made;
  }, [state.theme]);
  useEffect(() => window.history.replaceState(null, '', writeState(state)), [state]);

  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <Page bench={bench} onBench={setBench} state={state} onState={onState} />
    </ThemeContext.Provider>
  );
}

interface PageProps {
  bench: Bench;
  onBench: (bench: Bench) => void;
  state: BenchState;
  onState: (patch: Partial<BenchState>) => void;
}

function Page({ bench, onBench, state, onState }: PageProps) {
  const styles = useStyles2(getStyles);
  const { name, info } = bench.plugin.meta;
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <img className={styles.logo} src={`${bench.plugin.meta.baseUrl}/${info.logos.small}`} alt="" />
        <div className={styles.title}>
          <h1 className={styles.name}>{name}</h1>
          <span className={styles.about}>Workbench · plugin {info.version}</span>
        </div>
        <RadioButtonGroup
          aria-label="Theme"
          size="sm"
          options={THEMES}
          value={state.theme}
          onChange={(theme) => onState({ theme })}
        />
      </header>
      <TabsBar>
        {TABS.map(({ name: tab, label, icon }) => (
          <Tab
            key={tab}
            label={label}
            icon={icon}
            active={state.tab === tab}
            onChangeTab={() => onState({ tab })}
          />
        ))}
      </TabsBar>
      <main className={styles.main}>
        {state.tab === 'query' ? (
          <QueryTab bench={bench} state={state} onState={onState} />
        ) : (
          <ConfigTab bench={bench} onBench={onBench} />
        )}
      </main>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({
    maxWidth: 1280,
    margin: '0 auto',
    padding: theme.spacing(2, 3, 6),
    [theme.breakpoints.down('sm')]: { padding: theme.spacing(2, 2, 6) },
  }),
  header: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1.5),
    paddingBottom: theme.spacing(2),
  }),
  logo: css({ width: 36, height: 36, flexShrink: 0 }),
  title: css({ flexGrow: 1, minWidth: 0 }),
  name: css({ ...theme.typography.h4, margin: 0 }),
  about: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  main: css({ paddingTop: theme.spacing(3) }),
});
