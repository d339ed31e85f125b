// In Grafana's unit of 8 pixels, equal on every row so that the fields stand in one column.
export const LABEL_WIDTH = 24;

/** In pixels: fields grow up to it, and shrink with a narrow window. */
export const FORM_WIDTH = 580;
