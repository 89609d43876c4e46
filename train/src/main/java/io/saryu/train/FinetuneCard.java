package io.saryu.train;

import io.saryu.eval.EvalReport;
import io.saryu.instruct.RowReport;
import io.saryu.nn.Qwen3Config;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The README.md of an adapter, or of a model whose weights were all tuned. */
final class FinetuneCard {
    private FinetuneCard() {
    }

    /**
     * @param steps  optimizer steps done
     * @param tokens places in training windows, padding included
     * @param report of the held-out examples; null without such
     */
    static String text(TrainConfig config, Qwen3Config model, InstructionSet data, long steps, long tokens, EvalReport report) {
        FinetuneArguments f = config.finetune();
        boolean lora = f.lora() != null;
        StringBuilder s = new StringBuilder("---\nlibrary_name: ").append(lora ? "peft" : "transformers")
                .append("\npipeline_tag: text-generation\nbase_model: ").append(f.model().replace('\n', ' ')).append('\n');
        List<String> languages = f.data().values().stream().map(FinetuneArguments.InstructionSource::language)
                .filter(Objects::nonNull).distinct().toList();
        if (!languages.isEmpty()) {
            s.append("language:\n");
            languages.forEach(l -> s.append("- ").append(l).append('\n'));
        }
        s.append("tags:\n- saryu\n").append(lora ? "- lora\n" : "").append("---\n\n");
        s.append(String.format(Locale.ROOT, "# %s of a Qwen3 model of %,d parameters%n%n", lora ? "A LoRA adapter" : "A tuning",
                model.parameterCount()));
        s.append("Tuned with Saryu to follow instructions of the kinds below. What it writes is not checked for truth.\n\n");
        if (lora) {
            s.append(String.format(Locale.ROOT, "Rank %d, alpha %s%s, dropout %s, on %s.%n%n", f.lora().r(), f.lora().loraAlpha(),
                    f.lora().useRslora() ? " (rsLoRA)" : "", f.lora().loraDropout(), String.join(", ", f.lora().targetModules())));
        }
        s.append("## Training\n\n").append(String.format(Locale.ROOT, "%,d steps of %,d windows of %,d tokens, %,d tokens in all,"
                + " padding included; the loss is on answers only;\nAdamW, learning rate %s after %,d warm-up steps, then %s; seed"
                + " %d.%n%n", steps, config.numDevices() * config.train().perDeviceTrainBatchSize()
                        * config.train().gradientAccumulationSteps(), config.data().contextLength(), tokens,
                config.train().learningRate(), config.train().warmupSteps(),
                config.train().lrSchedulerType().name().toLowerCase(Locale.ROOT), config.train().seed()));
        s.append("| data | rows for training | held out | left out |\n|---|---:|---:|---:|\n");
        for (RowReport r : data.reports()) {
            s.append(String.format(Locale.ROOT, "| %s | %,d | %,d | %,d |%n", r.name(), r.training(), r.validation(),
                    r.refusedCount()));
        }
        if (report != null) {
            s.append("\n## Evaluation\n\nOn answers that were held out:\n\n| data | loss | perplexity | tokens |\n|---|---:|---:|---:|\n");
            report.results().forEach(r -> s.append(String.format(Locale.ROOT, "| %s | %.4f | %.2f | %,d |%n", r.name(), r.loss(),
                    r.perplexity(), r.tokens())));
        }
        s.append("\n## Use\n\nPrompts have the template ").append(data.template().id()).append(" (`chat_template.jinja`):\n\n");
        s.append(lora ? "    saryu generate --model " + f.model() + " --adapter . --instruction \"...\" --input \"...\"\n"
                : "    saryu generate --model . --instruction \"...\" --input \"...\"\n");
        return s.toString();
    }
}
