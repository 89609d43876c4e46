package io.saryu.train;

import io.saryu.backend.ExecutionContext;
import io.saryu.data.BatchSource;
import io.saryu.eval.EvalReport;
import io.saryu.nn.Qwen3;
import java.io.IOException;

/** What a run learns from and is evaluated on. */
public interface TrainingSet extends AutoCloseable {
    /** Training windows. */
    BatchSource batches();

    /** Whether there is something to evaluate on. */
    boolean hasValidation();

    /**
     * Evaluates a model on what was held out.
     *
     * @param batch windows computed at once
     */
    EvalReport evaluate(Qwen3 model, ExecutionContext ctx, int batch, Progress progress);

    /** Texts for a model in training to continue. */
    SampleTexts samples(TrainConfig config, Qwen3 model, ExecutionContext ctx) throws IOException;

    /** SHA-256 of the tokenizer. */
    String tokenizerHash();

    /** SHA-256 of what the data are, training and validation. */
    String dataHash();

    /** What the model is beside its sizes: a base and an adapter; empty where it begins with random weights. */
    default String modelIdentity() {
        return "";
    }

    @Override
    void close() throws IOException;
}
