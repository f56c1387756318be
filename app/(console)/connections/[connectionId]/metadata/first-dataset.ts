/** Open where the address names no dataset. */
export const FIRST_DATASET = 'users';

/** The dataset that is open where the address names none. */
export function firstDataset<T extends { readonly name: string }>(datasets: readonly T[]): T | undefined {
  return datasets.find((dataset) => dataset.name === FIRST_DATASET) ?? datasets[0];
}
