// The effect on each row of the table.
import { requestOfKey } from "../effects";
import { result, shownProbability } from "../lab";
import { askEffect } from "./draws";

export interface RowEffects {
  mean: ArrayLike<number>;
  low: ArrayLike<number>;
  high: ArrayLike<number>;
}

/** `question`: key of an effect. What is expected of a row, since one simulated yes or no of it tells little. */
export async function rowEffects(question: string): Promise<RowEffects> {
  const fit = result.value?.fit;
  if (!fit) throw new Error("no fit is at hand");
  const request = { ...requestOfKey(question), ...shownProbability(), expected: true, by_row: true };
  const { by_row } = await askEffect(fit, request);
  if (!by_row?.hdi_low || !by_row.hdi_high) throw new Error("there are too many rows to know the interval of each");
  return { mean: by_row.mean.data, low: by_row.hdi_low.data, high: by_row.hdi_high.data };
}
