import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import React, { type ReactNode, useId, useState } from 'react';

interface Props {
  title: string;
  /** Shown beside the title while closed: what one would find inside. */
  summary?: string;
  /** Starts open. */
  open?: boolean;
  children: ReactNode;
}

/** A part that opens and closes. Unlike Grafana's own, it tells assistive technology which it is. */
export function Disclosure({ title, summary, open = false, children }: Props) {
  const [isOpen, setOpen] = useState(open);
  const bodyId = useId();
  const styles = useStyles2(getStyles);
  return (
    <div>
      <button
        type="button"
        className={styles.header}
        aria-expanded={isOpen}
        aria-controls={bodyId}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name={isOpen ? 'angle-down' : 'angle-right'} />
        <span>{title}</span>
        {!isOpen && summary && <span className={styles.summary}>{summary}</span>}
      </button>
      <div id={bodyId} hidden={!isOpen} className={styles.body}>
        {isOpen && children}
      </div>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  header: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    maxWidth: '100%',
    minHeight: theme.spacing(theme.components.height.md),
    padding: theme.spacing(0, 1, 0, 0),
    background: 'none',
    border: 'none',
    borderRadius: theme.shape.radius.default,
    color: theme.colors.text.primary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
    textAlign: 'left',
  }),
  summary: css({
    marginLeft: theme.spacing(1),
    color: theme.colors.text.secondary,
    fontWeight: theme.typography.fontWeightRegular,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  }),
  body: css({ paddingTop: theme.spacing(0.5) }),
});
