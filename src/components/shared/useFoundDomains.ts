import { useEffect, useState } from 'react';
import type { DomainFinder } from '../../domainFilters';
import { errorText } from '../../errorText';
import type { Domain, DomainVariableQuery } from '../../types';

interface Outcome {
  found?: Domain[];
  /** Why they could not be found. */
  problem?: string;
}

/** The domains that meet the filters now, as the backend tells; nothing is asked without filters. */
export function useFoundDomains(datasource: DomainFinder, query?: DomainVariableQuery): Outcome {
  const [outcome, setOutcome] = useState<Outcome>({});
  // A query is a new object at each drawing, but a new text only when it says something else.
  const asked = query && JSON.stringify(query);
  useEffect(() => {
    if (asked === undefined) {
      return;
    }
    let current = true;
    datasource.findDomains(JSON.parse(asked)).then(
      (found) => current && setOutcome({ found }),
      (error) => current && setOutcome({ problem: errorText(error) })
    );
    return () => {
      current = false;
    };
  }, [datasource, asked]);
  return outcome;
}
