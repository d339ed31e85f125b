import { t } from '@grafana/i18n';
import React from 'react';
import { nameFew } from '../shared/domainWords';
import { Hint } from '../shared/Hint';
import type { Listing } from '../shared/useDomains';

/** Names the chosen domains that are offline: why there may be nothing to see of them. */
export function OfflineHint({ chosen, listing }: { chosen: string[]; listing: Listing }) {
  const offline = (listing.domains ?? []).filter(
    ({ name, status }) => status === 'offline' && chosen.includes(name)
  );
  return offline.length === 0 ? null : (
    <Hint live>
      {t('query.domains.offline', 'Offline at present: {{names}}', {
        names: nameFew(offline),
        interpolation: { escapeValue: false },
      })}
    </Hint>
  );
}
