/** Dataset that is open when the URL names none. */
export const FIRST_DATASET = 'users';

/** The dataset to open when the URL names none; undefined when there are no datasets. */
export function firstDataset<T extends { readonly name: string }>(datasets: readonly T[]): T | undefined {
  return datasets.find((dataset) => dataset.name === FIRST_DATASET) ?? datasets[0];
}
