import { css } from '@emotion/css';
import { t } from '@grafana/i18n';
import { MultiSelect } from '@grafana/ui';
import React from 'react';
import { splitList, unique } from '../../query';
import { COMMON_CODES, isCode } from './statusCodes';

interface Props {
  inputId: string;
  codes: string[];
  onChange: (codes: string[]) => void;
  /** Gets what was typed and cannot be a code, empty once something else is chosen. */
  onRefuse: (refused: string) => void;
  /** Set by the field around it. */
  invalid?: boolean;
}

/** Chooses among the common classes and codes; also takes other codes and variables. */
export function CodeMultiSelect({ inputId, codes, onChange, onRefuse, invalid }: Props) {
  const choose = (chosen: string[]) => {
    onRefuse('');
    onChange(unique(chosen));
  };
  const add = (text: string) => {
    const typed = splitList(text);
    const taken = typed.filter(isCode);
    if (taken.length > 0) {
      choose([...codes, ...taken.map((code) => (code.includes('$') ? code : code.toLowerCase()))]);
    }
    onRefuse(typed.filter((code) => !isCode(code)).join(', '));
  };
  return (
    <div className={styles.select}>
      <MultiSelect
        inputId={inputId}
        invalid={invalid}
        allowCustomValue
        // Else Tab would choose whatever is marked, and stay.
        tabSelectsValue={false}
        closeMenuOnSelect={false}
        placeholder={t('query.statusCodes.placeholder', 'All codes')}
        formatCreateLabel={(text) =>
          t('query.statusCodes.add', 'Add {{text}}', { text, interpolation: { escapeValue: false } })
        }
        options={COMMON_CODES.map(optionOf)}
        value={codes.map(optionOf)}
        onChange={(chosen) => choose(chosen.map(({ value }) => value ?? ''))}
        onCreateOption={add}
      />
    </div>
  );
}

const optionOf = (code: string) => ({ label: code, value: code });

// So that many codes wrap instead of widening the row.
const styles = { select: css({ minWidth: 0 }) };
