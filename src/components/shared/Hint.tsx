import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { type ReactNode } from 'react';

interface Props {
  /** Read aloud when it changes; for what answers the user, not for what changes at each refresh. */
  live?: boolean;
  children: ReactNode;
}

/** A quiet line below a field; with a small button in it, perhaps. */
export function Hint({ live = false, children }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.hint} role={live ? 'status' : undefined}>
      {children}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  hint: css({
    margin: theme.spacing(0, 0, 0.5, 1),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    overflowWrap: 'anywhere',
  }),
});
