package io.saryu.eval;

import io.saryu.backend.ExecutionContext;
import io.saryu.data.EvalWindows;
import io.saryu.nn.LossEvaluator;
import io.saryu.nn.Qwen3;
import io.saryu.train.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Measures how well a model predicts texts, window by window; see {@link EvalWindows} for what a window predicts. */
public final class Evaluator {
    private final Qwen3 model;
    private final ExecutionContext ctx;
    private final int batch;

    /**
     * @param batch windows computed at once
     */
    public Evaluator(Qwen3 model, ExecutionContext ctx, int batch) {
        this.model = model;
        this.ctx = ctx;
        this.batch = batch;
    }

    /**
     * Evaluates texts of one context length.
     *
     * @param texts by name; at least one
     */
    public EvalReport run(Map<String, EvalWindows> texts, Progress progress) {
        long windows = texts.values().stream().mapToLong(EvalWindows::count).sum();
        List<EvalResult> results = new ArrayList<>();
        int context = 0;
        try (Progress.Task task = progress.start("evaluating", windows, "windows")) {
            long done = 0;
            for (Map.Entry<String, EvalWindows> e : texts.entrySet()) {
                double loss = lossSum(e.getValue(), task, done);
                results.add(EvalResult.of(e.getKey(), loss, e.getValue().targets(), e.getValue().textBytes()));
                done += e.getValue().count();
                context = e.getValue().contextLength();
            }
        }
        return EvalReport.of(context, results);
    }

    private double lossSum(EvalWindows text, Progress.Task task, long doneBefore) {
        long full = text.targets() / text.contextLength() / batch * batch;
        double sum = 0;
        if (full > 0) {
            int[] lengths = new int[batch];
            Arrays.fill(lengths, text.contextLength());
            sum += batches(text, 0, full, lengths, task, doneBefore);
        }
        if (full < text.count()) {
            int[] lengths = new int[(int) (text.count() - full)];
            for (int i = 0; i < lengths.length; i++) {
                lengths[i] = text.length(full + i);
            }
            sum += batches(text, full, text.count(), lengths, task, doneBefore);
        }
        return sum;
    }

    /** Windows [from, to), as many at a time as there are lengths. */
    private double batches(EvalWindows text, long from, long to, int[] lengths, Progress.Task task, long doneBefore) {
        int tokens = Arrays.stream(lengths).sum();
        int[] ids = new int[tokens];
        int[] targets = new int[tokens];
        double sum = 0;
        try (LossEvaluator evaluator = new LossEvaluator(model, ctx, lengths)) {
            for (long w = from; w < to; w += lengths.length) {
                int at = 0;
                for (int i = 0; i < lengths.length; i++) {
                    at += text.fill(w + i, ids, targets, at);
                }
                check(ids, text);
                check(targets, text);
                sum += evaluator.lossSum(ids, targets);
                if (!Double.isFinite(sum)) {
                    throw new IllegalStateException("the model's loss on " + text.name() + " is " + sum + "; its"
                            + " weights are damaged or its training broke down");
                }
                task.update(doneBefore + w + lengths.length, "");
            }
        }
        return sum;
    }

    private void check(int[] ids, EvalWindows text) {
        int vocabulary = model.config().vocabSize();
        for (int id : ids) {
            if (id < 0 || id >= vocabulary) {
                throw new IllegalArgumentException(text.name() + " holds token id " + id + ", outside the model's vocabulary"
                        + " of " + vocabulary + "; it was made with another tokenizer");
            }
        }
    }
}
