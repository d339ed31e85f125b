import { t } from '@grafana/i18n';
import type { Unit } from './types';

interface UnitRow {
  /** A volume grows with the length of a slice; a rate and a share do not. */
  kind: 'volume' | 'rate' | 'share';
  label: () => string;
  description: () => string;
  /** A metric in this unit, within a sentence. */
  quantity: (metric: string) => string;
}

/** Every unit, with its words. Grafana writes bits with a small b and bytes with a large one; the examples show which is which. */
export const UNITS: Record<Unit, UnitRow> = {
  bits: {
    kind: 'volume',
    label: () => t('query.unit.bits', 'Bits per slice'),
    description: () => t('query.unit.bitsDescription', 'Volume: kb, Mb, Gb'),
    quantity: (metric) => t('displayText.bits', '{{metric}} in bits', { metric }),
  },
  bytes: {
    kind: 'volume',
    label: () => t('query.unit.bytes', 'Bytes per slice'),
    description: () => t('query.unit.bytesDescription', 'Volume: kB, MB, GB'),
    quantity: (metric) => t('displayText.bytes', '{{metric}} in bytes', { metric }),
  },
  bitsPerSecond: {
    kind: 'rate',
    label: () => t('query.unit.bitsPerSecond', 'Bits per second'),
    description: () => t('query.unit.bitsPerSecondDescription', 'Rate: kb/s, Mb/s, Gb/s'),
    quantity: (metric) => t('displayText.bitsPerSecond', '{{metric}} in bits per second', { metric }),
  },
  bytesPerSecond: {
    kind: 'rate',
    label: () => t('query.unit.bytesPerSecond', 'Bytes per second'),
    description: () => t('query.unit.bytesPerSecondDescription', 'Rate: kB/s, MB/s, GB/s'),
    quantity: (metric) => t('displayText.bytesPerSecond', '{{metric}} in bytes per second', { metric }),
  },
  count: {
    kind: 'volume',
    label: () => t('query.unit.count', 'Requests per slice'),
    description: () => t('query.unit.countDescription', 'Volume: how many'),
    quantity: (metric) => metric,
  },
  perSecond: {
    kind: 'rate',
    label: () => t('query.unit.perSecond', 'Requests per second'),
    description: () => t('query.unit.perSecondDescription', 'Rate: how many a second'),
    quantity: (metric) => t('displayText.perSecond', '{{metric}} per second', { metric }),
  },
  percent: {
    kind: 'share',
    label: () => t('query.unit.percent', 'Percent'),
    description: () => t('query.unit.percentDescription', 'Share: 0 to 100'),
    quantity: (metric) => t('displayText.percent', '{{metric}} in percent', { metric }),
  },
};
