package io.saryu.train;

import io.saryu.nn.Projection;
import io.saryu.optim.LossScaler;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** Ranges of a configuration's values, and what must fit together. */
final class ConfigCheck {
    private static final List<String> DEVICES = List.of("auto", "cpu", "cuda", "reference");
    private static final double SHARE_TOLERANCE = 1e-6;

    private final UnaryOperator<String> where;

    /**
     * @param where tells where a key stands, such as {@code "in FILE line 3"}; empty when it is not from a file
     */
    ConfigCheck(UnaryOperator<String> where) {
        this.where = where;
    }

    void check(TrainConfig c) {
        // A key without a value, and an empty text, come as null.
        require(c.device() != null && DEVICES.contains(c.device()), "device", c.device(),
                "one of " + String.join(", ", DEVICES));
        require(c.model() != null, "model", "empty", "a block of keys");
        require(c.data() != null, "data", "empty", "a block of keys");
        require(c.train() != null, "train", "empty", "a block of keys");
        require(c.threads() >= 0 && c.threads() <= 1024, "threads", c.threads(), "from 1 to 1024, or 0 for all cores");
        require(c.numDevices() >= 1 && c.numDevices() <= 1024, "num_devices", c.numDevices(), "from 1 to 1024");
        model(c.model());
        data(c);
        if (c.finetune() != null) {
            finetune(c.finetune());
        }
        train(c.train(), c.model().numHiddenLayers());
        evaluations(c);
    }

    private void model(ModelArguments m) {
        require(m.vocabSize() == 0 || m.vocabSize() >= 2, "model.vocab_size", m.vocabSize(),
                "at least 2, or 0 for the tokenizer's");
        atLeastOne("model.hidden_size", m.hiddenSize());
        atLeastOne("model.intermediate_size", m.intermediateSize());
        atLeastOne("model.num_hidden_layers", m.numHiddenLayers());
        atLeastOne("model.num_attention_heads", m.numAttentionHeads());
        atLeastOne("model.num_key_value_heads", m.numKeyValueHeads());
        require(m.numAttentionHeads() % m.numKeyValueHeads() == 0, "model.num_key_value_heads", m.numKeyValueHeads(),
                "a divisor of num_attention_heads, which is " + m.numAttentionHeads());
        require(m.headDim() >= 8 && m.headDim() % 8 == 0, "model.head_dim", m.headDim(), "a multiple of 8");
        require(m.maxPositionEmbeddings() >= 0, "model.max_position_embeddings", m.maxPositionEmbeddings(),
                "at least 1, or 0 for data.context_length");
        above0("model.rms_norm_eps", m.rmsNormEps());
        above0("model.rope_theta", m.ropeTheta());
        above0("model.initializer_range", m.initializerRange());
    }

    private void data(TrainConfig c) {
        DataArguments d = c.data();
        text("data.tokenizer", d.tokenizer(), "the tokenizer's folder");
        atLeastOne("data.context_length", d.contextLength());
        require(c.maxPositionEmbeddings() >= d.contextLength(), "data.context_length", d.contextLength(),
                "at most model.max_position_embeddings, which is " + c.model().maxPositionEmbeddings());
        above0("data.max_epochs", d.maxEpochs());
        require(c.finetune() == null || d.train().isEmpty() && d.validation().isEmpty(), "data.train", "given",
                "left out beside finetune.data, which names what is learnt");
        require(c.finetune() != null || d.train() != null && !d.train().isEmpty(), "data.train", "empty",
                "a token file, or one per language, such as {en: {file: en.bin, share: 1.0}}");
        double sum = 0;
        int shares = 0;
        for (Map.Entry<String, DataArguments.LanguageData> e : d.train().entrySet()) {
            String path = "data.train." + e.getKey();
            require(e.getValue() != null, path, "empty", "a token file");
            text(path + ".file", e.getValue().file(), "a token file");
            Double share = e.getValue().share();
            if (share != null) {
                require(share > 0 && share <= 1, path + ".share", share, "above 0 and at most 1");
                sum += share;
                shares++;
            }
        }
        require(shares == 0 || shares == d.train().size(), "data.train", "given with a share for " + shares + " of "
                + d.train().size() + " languages", "given with a share for all of them or for none");
        require(shares == 0 || Math.abs(sum - 1) <= SHARE_TOLERANCE, "data.train", "a mix whose shares add up to "
                + (float) sum, "one whose shares add up to 1");
        require(d.validation() != null, "data.validation", "empty", "a token file per language, or left out");
        d.validation().forEach((language, file) -> text("data.validation." + language, file, "a token file"));
    }

    private void finetune(FinetuneArguments f) {
        text("finetune.model", f.model(), "the base model's folder");
        require(f.template() != null, "finetune.template", "empty", "one of alpaca, chatml");
        require(f.validationSplit() >= 0 && f.validationSplit() < 1, "finetune.validation_split", f.validationSplit(),
                "at least 0 and below 1");
        require(f.stoppingStrategy() != null, "finetune.stopping_strategy", "empty",
                "one of first_exhausted, all_exhausted, all_exhausted_without_replacement");
        require(f.data() != null && !f.data().isEmpty(), "finetune.data", "empty",
                "one or more files of JSON lines, such as {simplify: rows.jsonl}");
        double sum = 0;
        int given = 0;
        for (Map.Entry<String, FinetuneArguments.InstructionSource> e : f.data().entrySet()) {
            String path = "finetune.data." + e.getKey();
            require(e.getValue() != null, path, "empty", "a file of JSON lines");
            text(path + ".file", e.getValue().file(), "a file of JSON lines");
            Double probability = e.getValue().probability();
            if (probability != null) {
                require(probability > 0 && probability <= 1, path + ".probability", probability, "above 0 and at most 1");
                sum += probability;
                given++;
            }
        }
        require(given == 0 || given == f.data().size(), "finetune.data", "given with a probability for " + given + " of "
                + f.data().size() + " data sets", "given with a probability for all of them or for none");
        require(given == 0 || Math.abs(sum - 1) <= SHARE_TOLERANCE, "finetune.data", "a mix whose probabilities add up to "
                + (float) sum, "one whose probabilities add up to 1");
        if (f.lora() != null) {
            lora(f.lora());
        }
    }

    private void lora(LoraArguments l) {
        atLeastOne("finetune.lora.r", l.r());
        above0("finetune.lora.lora_alpha", l.loraAlpha());
        require(l.loraDropout() >= 0 && l.loraDropout() < 1, "finetune.lora.lora_dropout", l.loraDropout(),
                "at least 0 and below 1");
        require(l.targetModules() != null && !l.targetModules().isEmpty(), "finetune.lora.target_modules", "empty",
                "a list of modules: " + String.join(", ", Projection.NAMES));
        for (String module : l.targetModules()) {
            String last = module == null ? "" : module.substring(module.lastIndexOf('.') + 1);
            require(Projection.NAMES.contains(last), "finetune.lora.target_modules", "'" + module + "'",
                    NearestName.of(last, Projection.NAMES).map(n -> "a module of the model; did you mean " + n + "?")
                            .orElse("made of " + String.join(", ", Projection.NAMES) + ", or all-linear"));
        }
    }

    private void train(TrainArguments t, int layers) {
        atLeastOne("train.per_device_train_batch_size", t.perDeviceTrainBatchSize());
        atLeastOne("train.per_device_eval_batch_size", t.perDeviceEvalBatchSize());
        atLeastOne("train.gradient_accumulation_steps", t.gradientAccumulationSteps());
        above0("train.num_train_epochs", t.numTrainEpochs());
        require(t.maxSteps() >= 1 || t.maxSteps() == -1, "train.max_steps", t.maxSteps(),
                "at least 1, or -1 to train for num_train_epochs");
        above0("train.learning_rate", t.learningRate());
        require(t.lrSchedulerType() != null, "train.lr_scheduler_type", "empty", "one of constant, linear, cosine");
        notNegative("train.warmup_steps", t.warmupSteps());
        notNegative("train.weight_decay", t.weightDecay());
        require(t.adamBeta1() >= 0 && t.adamBeta1() < 1, "train.adam_beta1", t.adamBeta1(), "from 0 to below 1");
        require(t.adamBeta2() >= 0 && t.adamBeta2() < 1, "train.adam_beta2", t.adamBeta2(), "from 0 to below 1");
        above0("train.adam_epsilon", t.adamEpsilon());
        notNegative("train.max_grad_norm", t.maxGradNorm());
        require(!(t.fp16() && t.bf16()), "train.fp16", true, "false when train.bf16 is true, as only one of them can be on");
        require(LossScaler.isPowerOfTwo(t.fp16InitScale()) && t.fp16InitScale() >= 1 && t.fp16InitScale() <= 0x1p60,
                "train.fp16_init_scale", t.fp16InitScale(), "a power of two from 1 to 2^60, such as 65536");
        require(t.gradientCheckpointingLayers() >= 0 && t.gradientCheckpointingLayers() <= layers,
                "train.gradient_checkpointing_layers", t.gradientCheckpointingLayers(),
                "0 for all layers, or at most model.num_hidden_layers, which is " + layers);
        atLeastOne("train.fp16_growth_interval", t.fp16GrowthInterval());
        atLeastOne("train.logging_steps", t.loggingSteps());
        notNegative("train.eval_steps", t.evalSteps());
        notNegative("train.save_steps", t.saveSteps());
        notNegative("train.save_total_limit", t.saveTotalLimit());
        notNegative("train.early_stopping_patience", t.earlyStoppingPatience());
        notNegative("train.early_stopping_threshold", t.earlyStoppingThreshold());
        require(t.badLoss() != null, "train.bad_loss", "empty", "one of stop, skip, warn");
        notNegative("train.bad_loss_zscore", t.badLossZscore());
        atLeastOne("train.max_bad_steps", t.maxBadSteps());
        require(t.samplePrompts() == null || !t.samplePrompts().contains(null), "train.sample_prompts",
                "a list with an empty entry", "a list of texts; write an empty text as \"\"");
        require(t.outputDir() == null || !t.outputDir().isBlank(), "train.output_dir", "empty", "a folder");
    }

    /** What needs a validation loss during training. */
    private void evaluations(TrainConfig c) {
        TrainArguments t = c.train();
        boolean evaluated = (!c.data().validation().isEmpty() || c.finetune() != null) && t.evalSteps() > 0;
        String missing = " without data.validation and train.eval_steps, which would say what is best";
        require(evaluated || !t.loadBestModelAtEnd(), "train.load_best_model_at_end", true, "false" + missing);
        require(evaluated || t.earlyStoppingPatience() == 0, "train.early_stopping_patience", t.earlyStoppingPatience(),
                "0" + missing);
        require(t.earlyStoppingPatience() > 0 || t.earlyStoppingThreshold() == 0, "train.early_stopping_threshold",
                t.earlyStoppingThreshold(), "0 without train.early_stopping_patience");
    }

    private void atLeastOne(String path, long value) {
        require(value >= 1, path, value, "at least 1");
    }

    private void above0(String path, double value) {
        require(value > 0 && value < Double.POSITIVE_INFINITY, path, value, "a number above 0");
    }

    private void notNegative(String path, double value) {
        Object shown = value == Math.rint(value) ? (Object) (long) value : (Object) value;
        require(value >= 0 && value < Double.POSITIVE_INFINITY, path, shown, "at least 0");
    }

    private void text(String path, String value, String what) {
        require(value != null && !value.isBlank(), path, "empty", what);
    }

    private void require(boolean fine, String path, Object value, String wanted) {
        if (!fine) {
            String place = where.apply(path);
            throw new ConfigException("'" + path + "' is " + Objects.toString(value) + (place.isEmpty() ? "" : " " + place)
                    + "; it must be " + wanted);
        }
    }
}
