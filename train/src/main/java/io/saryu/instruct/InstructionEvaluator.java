package io.saryu.instruct;

import io.saryu.backend.ExecutionContext;
import io.saryu.eval.EvalReport;
import io.saryu.eval.EvalResult;
import io.saryu.nn.LossEvaluator;
import io.saryu.nn.Qwen3;
import io.saryu.optim.TrainingStep;
import io.saryu.train.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Measures how well a model predicts the answers of examples, each with its own prompt before it and no other example. */
public final class InstructionEvaluator {
    /**
     * Examples that are held out.
     *
     * @param examples    encoded
     * @param answerBytes UTF-8 bytes of all answers
     */
    public record HeldOut(List<PromptTemplate.Encoded> examples, long answerBytes) {
    }

    private final Qwen3 model;
    private final ExecutionContext ctx;
    private final int contextLength;
    private final int tokens;

    /**
     * @param contextLength T
     * @param batch         windows of T tokens computed at once
     */
    public InstructionEvaluator(Qwen3 model, ExecutionContext ctx, int contextLength, int batch) {
        this.model = model;
        this.ctx = ctx;
        this.contextLength = contextLength;
        this.tokens = Math.multiplyExact(contextLength, batch);
    }

    /**
     * Evaluates data sets.
     *
     * @param sets by name; at least one example in all
     */
    public EvalReport run(Map<String, HeldOut> sets, Progress progress) {
        long all = sets.values().stream().mapToLong(s -> s.examples().size()).sum();
        List<EvalResult> results = new ArrayList<>();
        try (Progress.Task task = progress.start("evaluating", all, "examples")) {
            long done = 0;
            for (Map.Entry<String, HeldOut> e : sets.entrySet()) {
                List<PromptTemplate.Encoded> examples = e.getValue().examples();
                if (examples.isEmpty()) {
                    continue;
                }
                double loss = 0;
                long targets = 0;
                for (int from = 0; from < examples.size();) {
                    int to = end(examples, from);
                    loss += lossSum(examples.subList(from, to));
                    for (int i = from; i < to; i++) {
                        targets += examples.get(i).ids().length - examples.get(i).promptLength();
                    }
                    done += to - from;
                    from = to;
                    task.update(done, "");
                }
                if (!Double.isFinite(loss)) {
                    throw new IllegalStateException("the model's loss on " + e.getKey() + " is " + loss + "; its weights are damaged"
                            + " or its training broke down");
                }
                results.add(EvalResult.of(e.getKey(), loss, targets, e.getValue().answerBytes()));
            }
        }
        return EvalReport.of(contextLength, results);
    }

    /** As many examples as fit into the tokens of a batch. */
    private int end(List<PromptTemplate.Encoded> examples, int from) {
        int to = from;
        int used = 0;
        while (to < examples.size() && (to == from || used + examples.get(to).ids().length - 1 <= tokens)) {
            used += examples.get(to).ids().length - 1;
            to++;
        }
        return to;
    }

    private double lossSum(List<PromptTemplate.Encoded> examples) {
        int[] lengths = examples.stream().mapToInt(e -> e.ids().length - 1).toArray();
        int[] ids = new int[Arrays.stream(lengths).sum()];
        int[] targets = new int[ids.length];
        Arrays.fill(targets, TrainingStep.IGNORED);
        int[] positions = new int[ids.length];
        int at = 0;
        for (PromptTemplate.Encoded e : examples) {
            PackedExamples.putPositions(e, positions, at);
            at += PackedExamples.put(e, ids, targets, at);
        }
        try (LossEvaluator evaluator = new LossEvaluator(model, ctx, lengths)) {
            return evaluator.lossSum(ids, targets, positions);
        }
    }
}
