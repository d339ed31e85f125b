// In Grafana's unit of 8 pixels, equal on every row so that the fields stand in one column.
export const LABEL_WIDTH = 24;
export const FIELD_WIDTH = 48;
