import type { OriginFlowQuery, QueryFields } from '../../types';

/** What each part of the query editor gets. */
export interface PartProps {
  /** The id for a field's input, unique on a page that shows several queries. */
  id: (field: keyof QueryFields) => string;
  query: OriginFlowQuery & QueryFields;
  /** Saves the changed fields and runs the query. */
  onChange: (change: Partial<QueryFields>) => void;
}
