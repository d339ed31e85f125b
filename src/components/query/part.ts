import type { DataSource } from '../../datasource';
import type { CdnQuery, QueryFields } from '../../types';

/** What each part of the query editor gets. */
export interface PartProps {
  /** The id for a field's input, unique on a page that shows several queries. */
  id: (field: keyof QueryFields) => string;
  datasource: DataSource;
  query: CdnQuery & QueryFields;
  /** Edits an alert rule, where dashboard variables do not exist. */
  alerting: boolean;
  /** Saves the changed fields and runs the query. */
  onChange: (change: Partial<QueryFields>) => void;
}
