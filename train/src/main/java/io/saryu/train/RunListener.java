package io.saryu.train;

import io.saryu.eval.EvalReport;
import java.io.IOException;
import java.util.List;

/**
 * Watches a run: TensorBoard's files, the report, the samples. Called by the thread that trains, between steps. A watcher
 * that fails does not end the run; see {@link RunLog}.
 */
public interface RunListener extends AutoCloseable {
    /** The run begins, or goes on after {@code session.step()}. */
    default void started(RunSession session) throws IOException {
    }

    /** A line of metrics. */
    default void stepped(MetricsLogger.StepMetrics metrics) throws IOException {
    }

    /** The validation data were evaluated after {@code step}. */
    default void evaluated(long step, EvalReport report) throws IOException {
    }

    /** The model of {@code step} wrote texts. */
    default void sampled(long step, List<Sample> samples) throws IOException {
    }

    /** A checkpoint of {@code step} was written. */
    default void saved(long step) throws IOException {
    }

    /** The process leaves the run after {@code step}; never called when it is killed. */
    default void ended(RunState state, long step) throws IOException {
    }

    @Override
    default void close() throws IOException {
    }
}
