package io.saryu.optim;

import java.util.Locale;

/**
 * Learning rate by optimizer step: linear warm-up, then constant, linear or cosine decay. TrainingArguments'
 * {@code lr_scheduler_type} names; unlike transformers no step is wasted at rate 0, neither the first nor the last.
 *
 * @param type         shape after the warm-up
 * @param learningRate rate at the end of the warm-up
 * @param warmupSteps  w: step s (counted from 1) up to w has the factor s / w
 * @param totalSteps   S: the last step of the run
 */
public record LearningRateSchedule(Type type, double learningRate, long warmupSteps, long totalSteps) {
    /** {@code lr_scheduler_type}. */
    public enum Type {
        CONSTANT, LINEAR, COSINE;

        /** The name in configurations. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public LearningRateSchedule {
        if (warmupSteps < 0 || totalSteps < 1) {
            throw new IllegalArgumentException("a schedule needs warmup_steps >= 0 and at least one step, not "
                    + warmupSteps + " and " + totalSteps);
        }
    }

    /** The rate of step {@code s}, counted from 1. */
    public double at(long s) {
        if (s <= warmupSteps) {
            return learningRate * s / warmupSteps;
        }
        double done = Math.min(1.0, (double) (s - 1 - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
        return learningRate * switch (type) {
            case CONSTANT -> 1.0;
            case LINEAR -> 1.0 - done;
            case COSINE -> 0.5 * (1.0 + Math.cos(Math.PI * done));
        };
    }
}
