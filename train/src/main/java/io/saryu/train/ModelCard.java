package io.saryu.train;

import io.saryu.eval.EvalReport;
import io.saryu.nn.Qwen3Config;
import java.util.Locale;
import java.util.Map;

/** The README.md of a trained model: what it is, what it was trained on and how well it predicts. */
final class ModelCard {
    private ModelCard() {
    }

    /**
     * @param steps  optimizer steps done
     * @param tokens training tokens seen
     * @param report of the validation data; null without such data
     */
    static String text(TrainConfig config, Qwen3Config model, TrainingData data, long steps, long tokens,
            EvalReport report) {
        StringBuilder s = new StringBuilder("---\nlibrary_name: transformers\npipeline_tag: text-generation\n");
        s.append("language:\n");
        config.data().train().keySet().forEach(l -> s.append("- ").append(l).append('\n'));
        s.append("tags:\n- saryu\n---\n\n# A Qwen3 model of ")
                .append(String.format(Locale.ROOT, "%,d", model.parameterCount())).append(" parameters\n\n");
        s.append("Pretrained from its first weights with Saryu. It continues text; it was not tuned to follow instructions,"
                + " and\nwhat it writes is not checked for truth.\n\n");
        s.append("## Sizes\n\n| | |\n|---|---:|\n");
        row(s, "vocabulary", model.vocabSize());
        row(s, "layers", model.numHiddenLayers());
        row(s, "hidden size", model.hiddenSize());
        row(s, "feed-forward size", model.intermediateSize());
        row(s, "attention heads", model.numAttentionHeads());
        row(s, "key/value heads", model.numKeyValueHeads());
        row(s, "head size", model.headDim());
        row(s, "longest context in tokens", model.maxPositionEmbeddings());
        s.append("| embeddings | ").append(model.tieWordEmbeddings() ? "tied" : "untied").append(" |\n");
        s.append("\n## Training\n\n").append(String.format(Locale.ROOT, "%,d steps of %,d sequences of %,d tokens, %,d"
                + " tokens in all; AdamW, learning rate %s\nafter %,d warm-up steps, then %s; seed %d.%n%n", steps,
                config.train().perDeviceTrainBatchSize() * config.train().gradientAccumulationSteps(),
                config.data().contextLength(), tokens, config.train().learningRate(), config.train().warmupSteps(),
                config.train().lrSchedulerType().name().toLowerCase(Locale.ROOT), config.train().seed()));
        s.append("| text | share of the training tokens |\n|---|---:|\n");
        long all = data.windowsByLanguage().values().stream().mapToLong(Long::longValue).sum();
        for (Map.Entry<String, Long> e : data.windowsByLanguage().entrySet()) {
            s.append(String.format(Locale.ROOT, "| %s | %.1f %% |%n", e.getKey(), 100.0 * e.getValue() / all));
        }
        if (report != null) {
            s.append(String.format(Locale.ROOT, "%n## Evaluation%n%nOn text that was held out, in windows of %,d tokens:%n%n"
                    + "| text | loss | perplexity | bits per byte | tokens |%n|---|---:|---:|---:|---:|%n",
                    report.contextLength()));
            report.results().forEach(r -> s.append(String.format(Locale.ROOT, "| %s | %.4f | %.2f | %.4f | %,d |%n",
                    r.name(), r.loss(), r.perplexity(), r.bitsPerByte(), r.tokens())));
        }
        s.append("""

                ## Use

                    saryu generate --model . --prompt "..."

                or with transformers:

                    from transformers import AutoModelForCausalLM, AutoTokenizer
                    model, tokenizer = AutoModelForCausalLM.from_pretrained("."), AutoTokenizer.from_pretrained(".")
                """);
        return s.toString();
    }

    private static void row(StringBuilder s, String name, int value) {
        s.append(String.format(Locale.ROOT, "| %s | %,d |%n", name, value));
    }
}
