package io.saryu.train;

import io.saryu.eval.EvalReport;
import io.saryu.report.ReportListener;
import io.saryu.report.TensorBoardListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Where a run tells what it does: {@code metrics.jsonl}, without which it does not go on, and watchers that it does not
 * depend on: sessions, samples, TensorBoard's files, the report. What a watcher cannot write is a warning, once each.
 */
final class RunLog implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RunLog.class.getName());

    @FunctionalInterface
    private interface Telling {
        void accept(RunListener watcher) throws IOException;
    }

    private final MetricsLogger metrics;
    private final List<RunListener> watchers = new ArrayList<>();
    private final Set<RunListener> warned = new HashSet<>();
    private long step;
    private boolean ended;

    private RunLog(MetricsLogger metrics, long step) {
        this.metrics = metrics;
        this.step = step;
    }

    /** Opens the files of a run and drops what they say of steps after {@code session.step()}. */
    static RunLog open(RunFolder run, RunSession session) throws IOException {
        RunLog log = new RunLog(MetricsLogger.open(run.metricsFile(), session.step()), session.step());
        // The report comes last: it reads what the others wrote.
        log.watchers.add(new RunRecorder(run));
        log.watchers.add(new TensorBoardListener(run.path().resolve("tensorboard")));
        log.watchers.add(new ReportListener(run.path()));
        log.tell(w -> w.started(session), System.Logger.Level.WARNING);
        return log;
    }

    void stepped(MetricsLogger.StepMetrics line) throws IOException {
        metrics.log(line);
        step = line.step();
        tell(w -> w.stepped(line), System.Logger.Level.WARNING);
    }

    void evaluated(long atStep, EvalReport report, SampleTexts texts) throws IOException {
        metrics.log(atStep, report);
        step = atStep;
        tell(w -> w.evaluated(atStep, report), System.Logger.Level.WARNING);
        List<Sample> samples = texts.write();
        if (!samples.isEmpty()) {
            tell(w -> w.sampled(atStep, samples), System.Logger.Level.WARNING);
        }
    }

    void saved(long atStep) {
        step = atStep;
        tell(w -> w.saved(atStep), System.Logger.Level.WARNING);
    }

    void ended(RunState state, long atStep) {
        ended = true;
        tell(w -> w.ended(state, atStep), System.Logger.Level.WARNING);
    }

    private void tell(Telling telling, System.Logger.Level level) {
        for (RunListener watcher : watchers) {
            try {
                telling.accept(watcher);
            } catch (IOException | RuntimeException e) {
                if (warned.add(watcher)) {
                    LOG.log(level, "the run goes on, but cannot be watched as usual: {0}",
                            e instanceof IOException ? e.getMessage() : e.toString());
                    LOG.log(System.Logger.Level.DEBUG, "why", e);
                }
            }
        }
    }

    /** Without {@link #ended} before, the run has failed; its own error says why, and ours would only hide it. */
    @Override
    public void close() throws IOException {
        if (!ended) {
            tell(w -> w.ended(RunState.FAILED, step), System.Logger.Level.DEBUG);
        }
        tell(RunListener::close, System.Logger.Level.DEBUG);
        metrics.close();
    }
}
