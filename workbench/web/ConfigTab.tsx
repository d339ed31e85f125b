import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, Button, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';

import { saveBench, type Bench, type Settings } from './plugin';

interface TabProps {
  bench: Bench;
  onBench: (bench: Bench) => void;
}

/** What Save & test came to. */
interface Verdict {
  ok: boolean;
  message: string;
  /** What the plugin adds to its message, as text. */
  details: string;
}

/** The plugin's config editor with Grafana's Save & test below it. */
export function ConfigTab({ bench, onBench }: TabProps) {
  const styles = useStyles2(getStyles);
  const [edited, setEdited] = useState<Settings>(bench.settings);
  const [verdict, setVerdict] = useState<Verdict>();
  const [busy, setBusy] = useState(false);
  const Editor = bench.plugin.components.ConfigEditor;

  const saveAndTest = async () => {
    setBusy(true);
    setVerdict(undefined);
    try {
      const saved = await saveBench(bench, edited);
      onBench(saved);
      setEdited(saved.settings);
      setVerdict(verdictOf(true, await saved.dataSource.testDatasource()));
    } catch (error) {
      setVerdict(verdictOf(false, error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void saveAndTest();
      }}
    >
      {Editor && <Editor options={edited} onOptionsChange={setEdited} />}
      {verdict && (
        <Alert severity={verdict.ok ? 'success' : 'error'} title={verdict.message} className={styles.verdict}>
          {verdict.details && <pre className={styles.details}>{verdict.details}</pre>}
        </Alert>
      )}
      <div>
        <Button type="submit" disabled={busy}>
          {busy ? 'Testing…' : 'Save & test'}
        </Button>
      </div>
    </form>
  );
}

/** Reads the message and the details out of what `testDatasource` answered or threw. */
function verdictOf(ok: boolean, answer: unknown): Verdict {
  const { message, details, error, data } = (answer ?? {}) as {
    message?: string;
    details?: object;
    error?: { details?: object };
    data?: { message?: string };
  };
  const all: Record<string, unknown> = { ...(details ?? error?.details) };
  // Grafana shows this key as text and the others nowhere; here all are shown.
  const { verboseMessage, ...rest } = all;
  const parts = [verboseMessage, Object.keys(rest).length > 0 && JSON.stringify(rest, null, 2)];
  return {
    ok,
    message: message ?? data?.message ?? 'The test ended without a message',
    details: parts.filter(Boolean).join('\n\n'),
  };
}

const getStyles = (theme: GrafanaTheme2) => ({
  form: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(3), maxWidth: 900 }),
  verdict: css({ margin: 0 }),
  details: css({
    margin: 0,
    padding: 0,
    border: 'none',
    background: 'none',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});
