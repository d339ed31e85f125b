import { useCallback, useEffect, useState } from 'react';
import type { DataSource } from '../../datasource';
import { errorText } from '../../errorText';
import type { Domain } from '../../types';

/** The account's domains as far as known. Neither domains nor a problem: they are being listed. */
export interface Listing {
  domains?: Domain[];
  /** Why they could not be listed. */
  problem?: string;
}

/** Lists the account's domains, at once and whenever `reload` is called. */
export function useDomains(datasource: DataSource): Listing & { reload: () => void } {
  const [listing, setListing] = useState<Listing>({});
  const load = useCallback(
    (keep: (next: Listing) => void) => {
      datasource.getDomains().then(
        (domains) => keep({ domains }),
        (error) => keep({ problem: errorText(error) })
      );
    },
    [datasource]
  );
  useEffect(() => {
    let current = true;
    load((next) => current && setListing(next));
    return () => {
      current = false;
    };
  }, [load]);
  const reload = useCallback(() => load(setListing), [load]);
  return { ...listing, reload };
}
