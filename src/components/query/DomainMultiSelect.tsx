import { css } from '@emotion/css';
import { t } from '@grafana/i18n';
import { MultiSelect } from '@grafana/ui';
import React, { type ClipboardEvent, useMemo, useState } from 'react';
import { splitList, unique } from '../../query';
import type { Listing } from '../shared/useDomains';
import { domainOptions, isChosen, isWhole, optionOf } from './domainOptions';

interface Props {
  inputId: string;
  listing: Listing;
  variables: string[];
  domains: string[];
  onOpen: () => void;
  onChange: (domains: string[]) => void;
  /** Set by the field around it. */
  invalid?: boolean;
  disabled?: boolean;
}

/** Searches the account's domains; also takes names it does not know, variables and pasted lists. */
export function DomainMultiSelect(props: Props) {
  const { inputId, listing, variables, domains, onOpen, onChange, invalid, disabled } = props;
  const [typed, setTyped] = useState('');
  const options = useMemo(
    () => domainOptions(listing.domains ?? [], variables, typed, domains),
    [listing.domains, variables, typed, domains]
  );
  const add = (text: string) => onChange(unique([...domains, ...splitList(text)]));
  const onPaste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData('text');
    // A text field would drop the line ends and run the names together. A single name stays a search.
    if (splitList(text).length > 1) {
      event.preventDefault();
      add(text);
    }
  };
  return (
    <div className={styles.select} onPaste={onPaste}>
      <MultiSelect
        inputId={inputId}
        invalid={invalid}
        disabled={disabled}
        allowCustomValue
        allowCreateWhileLoading
        // What comes first is marked, and Enter takes it: a whole name as it is typed, else the first one found.
        createOptionPosition={isWhole(typed) ? 'first' : 'last'}
        // Else Tab would choose whatever is marked, and stay.
        tabSelectsValue={false}
        closeMenuOnSelect={false}
        isLoading={!listing.domains && listing.problem === undefined}
        loadingMessage={t('query.domains.loading', 'Listing the domains…')}
        noOptionsMessage={
          isChosen(typed, domains)
            ? t('query.domains.chosen', 'Chosen already')
            : t('query.domains.none', 'No other domain; a name can be typed all the same')
        }
        placeholder={t('query.domains.placeholder', 'Choose or type domains')}
        formatCreateLabel={addLabel}
        options={options}
        // They are filtered already.
        filterOption={() => true}
        value={domains.map(optionOf)}
        onOpenMenu={onOpen}
        onInputChange={setTyped}
        onChange={(chosen) => onChange(unique(chosen.map(({ value }) => value ?? '')))}
        onCreateOption={add}
      />
    </div>
  );
}

function addLabel(text: string): string {
  const names = splitList(text);
  return names.length > 1
    ? t('query.domains.addSeveral', 'Add {{count}} names', {
        count: names.length,
        defaultValue_one: 'Add {{count}} name',
      })
    : t('query.domains.add', 'Add {{text}}', { text: text.trim(), interpolation: { escapeValue: false } });
}

// So that many names wrap instead of widening the row.
const styles = { select: css({ minWidth: 0 }) };
