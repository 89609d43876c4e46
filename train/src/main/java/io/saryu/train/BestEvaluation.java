package io.saryu.train;

/**
 * The best evaluation of a run so far, by the loss over all validation data, and how long nothing was much better: what the
 * best checkpoint and early stopping go by. Part of a checkpoint.
 *
 * @param step             of that evaluation; 0 before the first
 * @param loss             then, in nats per token
 * @param evaluationsSince evaluations in a row that were not better than the best before them by more than
 *                         {@code early_stopping_threshold}
 */
public record BestEvaluation(long step, double loss, int evaluationsSince) {
    /** Of a run without evaluations. */
    public static final BestEvaluation NONE = new BestEvaluation(0, 0, 0);

    /** @throws IllegalArgumentException for what no run can have left */
    public BestEvaluation {
        if (step < 0 || !Double.isFinite(loss) || evaluationsSince < 0) {
            throw new IllegalArgumentException("a best loss of " + loss + " at step " + step + ", " + evaluationsSince
                    + " evaluations ago, is none that a run can have");
        }
    }

    /**
     * Takes note of an evaluation, as transformers' {@code EarlyStoppingCallback} does: any lower loss is the best from then
     * on, but only one that is lower by more than the threshold starts the count again.
     *
     * @param threshold {@code early_stopping_threshold}, in nats per token
     */
    BestEvaluation after(long newStep, double newLoss, double threshold) {
        if (step == 0) {
            return new BestEvaluation(newStep, newLoss, 0);
        }
        int since = newLoss < loss - threshold ? 0 : evaluationsSince + 1;
        return newLoss < loss ? new BestEvaluation(newStep, newLoss, since) : new BestEvaluation(step, loss, since);
    }

    /**
     * Whether to stop.
     *
     * @param patience {@code early_stopping_patience}; 0 for never
     */
    boolean isExhausted(int patience) {
        return patience > 0 && evaluationsSince >= patience;
    }
}
