"""What datasets.interleave_datasets does with given draws, for InterleaveTest: run by hand, prints JSON."""
import json
import numpy as np
from datasets import Dataset, disable_progress_bars, interleave_datasets

disable_progress_bars()
cases = []
for sizes, p, seed in [([3, 5, 8], [0.5, 0.25, 0.25], 1), ([10, 2], [0.7, 0.3], 2), ([4, 4, 4], [0.2, 0.2, 0.6], 3), ([1, 6], [0.5, 0.5], 4), ([3, 5, 2], None, None)]:
    sets = [Dataset.from_dict({'s': [k] * n, 'i': list(range(n))}) for k, n in enumerate(sizes)]
    for strategy in ['first_exhausted', 'all_exhausted', 'all_exhausted_without_replacement']:
        try:
            d = interleave_datasets(sets, probabilities=p, seed=seed, stopping_strategy=strategy)
        except ValueError as e:
            print('skipped', strategy, e)
            continue
        rng = np.random.default_rng(seed)
        draws = [] if p is None else [int(x) for _ in range(100) for x in rng.choice(len(sizes), size=1000, p=p)][:400]
        cases.append({'sizes': sizes, 'strategy': strategy, 'draws': draws if p else None, 'rows': [[r['s'], r['i']] for r in d]})
print(json.dumps(cases, separators=(',', ':')))
