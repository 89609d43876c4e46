package io.saryu.train;

import io.saryu.backend.ExecutionContext;
import io.saryu.nn.NonFinite;
import io.saryu.nn.Qwen3;
import io.saryu.optim.LossScaler;
import io.saryu.optim.LossWatch;
import io.saryu.optim.LossWatch.Verdict;
import io.saryu.optim.TrainingStep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Says which steps were bad, and ends the run as {@code bad_loss} and {@code max_bad_steps} ask for, or where going on is
 * vain. The steps' updates have been skipped on the device by then.
 */
final class BadSteps {
    private static final System.Logger LOG = System.getLogger(BadSteps.class.getName());

    private final TrainArguments train;
    private final LossScaler scaler;
    private final LossWatch watch;
    private final Qwen3 model;
    private final ExecutionContext ctx;
    private final Path checkpoints;

    BadSteps(TrainArguments train, LossScaler scaler, LossWatch watch, Qwen3 model, ExecutionContext ctx, Path checkpoints) {
        this.train = train;
        this.scaler = scaler;
        this.watch = watch;
        this.model = model;
        this.ctx = ctx;
        this.checkpoints = checkpoints;
    }

    /** Whether a step's loss belongs into the mean of its line of metrics. */
    static boolean counts(TrainingStep.Result r) {
        return !r.skipped() || r.verdict() == Verdict.OVERFLOW;
    }

    /**
     * Looks at a step that was done.
     *
     * @param number of the step
     * @throws IOException when the run is to end; in one sentence that says why
     */
    void check(long number, TrainingStep.Result r) throws IOException {
        if (r.verdict() == Verdict.GOOD) {
            return;
        }
        String broken = "training broke down at step " + number + ": ";
        if (r.verdict() == Verdict.OVERFLOW) {
            // No fault of the training: the scaler answers it.
            if (scaler.isExhausted()) {
                throw new IOException(broken + "gradients overflow fp16 even with a loss scale of " + r.lossScale()
                        + ", after " + scaler.skipped() + " skipped updates; lower learning_rate, or train with"
                        + " --set train.fp16=false and, where the range is wanted, --set train.bf16=true");
            }
            return;
        }
        String what = what(r);
        if (train.badLoss() == BadLoss.STOP && r.verdict() == Verdict.JUMP) {
            throw new IOException(broken + what + "; the weights were not updated. Resume from a checkpoint in " + checkpoints
                    + " with --set train.bad_loss=skip to leave such steps out, or with a lower learning_rate");
        }
        Optional<String> weights = r.verdict() == Verdict.JUMP ? Optional.empty() : NonFinite.first(model.trainable().named(), ctx);
        if (weights.isPresent()) {
            throw new IOException(broken + what + " and so are weights, the first " + weights.get() + advice());
        }
        if (train.badLoss() == BadLoss.STOP) {
            throw new IOException(broken + what + where(r) + "; the weights of that step were not updated" + advice());
        }
        if (r.skipped() && watch.state().skippedInRow() >= train.maxBadSteps()) {
            throw new IOException(broken + "the updates of " + watch.state().skippedInRow() + " steps in a row were skipped, at"
                    + " last because " + what + where(r) + advice());
        }
        LOG.log(System.Logger.Level.WARNING, "step {0}: {1}{2}; {3} (bad steps so far: {4})", Long.toString(number), what,
                where(r), r.skipped() ? "its update was skipped" : "it was trained on all the same",
                Long.toString(watch.state().bad()));
    }

    private static String what(TrainingStep.Result r) {
        return switch (r.verdict()) {
            case JUMP -> String.format(Locale.ROOT, "the loss jumped to %.4f, above the limit of %.4f that the losses before"
                    + " it set", r.loss(), r.lossLimit());
            case GRADIENT_NOT_FINITE -> String.format(Locale.ROOT, "the loss is %.4f but the gradient norm is %s", r.loss(),
                    r.gradNorm());
            default -> "the loss is " + r.loss();
        };
    }

    /** Gradients in the order of backward: the first that is not finite is nearest to where it began. */
    private String where(TrainingStep.Result r) {
        return r.verdict() != Verdict.GRADIENT_NOT_FINITE ? ""
                : NonFinite.first(model.trainable().named(model.trainable().grads()), ctx)
                        .map(g -> ", first in backward in the gradient of " + g).orElse("");
    }

    private String advice() {
        return ". Lower learning_rate or max_grad_norm and start again, or resume from an older checkpoint in " + checkpoints;
    }
}
