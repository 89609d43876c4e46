package io.saryu.train;

import io.saryu.backend.ExecutionContext;
import io.saryu.data.BatchSource;
import io.saryu.data.Shuffle;
import io.saryu.eval.EvalReport;
import io.saryu.instruct.InstructionEvaluator;
import io.saryu.instruct.InstructionEvaluator.HeldOut;
import io.saryu.instruct.Interleave;
import io.saryu.instruct.PackedExamples;
import io.saryu.instruct.PromptTemplate;
import io.saryu.instruct.RowProblem;
import io.saryu.instruct.RowReport;
import io.saryu.instruct.ValidationSplit;
import io.saryu.lora.BaseFingerprint;
import io.saryu.nn.Qwen3;
import io.saryu.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The instruction data of a finetuning run: read, checked, divided, encoded, mixed and packed. */
public final class InstructionSet implements TrainingSet {
    /** One data set as it was read. */
    private record Rows(RowReport report, Path file, List<EncodedRow> training, List<EncodedRow> validation) {
    }

    private final TrainConfig config;
    private final Tokenizer tokenizer;
    private final PromptTemplate template;
    private final int end;
    private final List<RowReport> reports = new ArrayList<>();
    private final Map<String, HeldOut> heldOut = new LinkedHashMap<>();
    private final Map<String, String> prompts = new LinkedHashMap<>();
    private PackedExamples batches;
    private String dataHash;
    private final String modelIdentity;

    private InstructionSet(TrainConfig config, Tokenizer tokenizer) throws IOException {
        this.config = config;
        this.tokenizer = tokenizer;
        this.template = config.finetune().template();
        try {
            this.end = template.endMarker(tokenizer);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage(), e);
        }
        this.modelIdentity = BaseFingerprint.of(Path.of(config.finetune().model())) + " " + config.finetune().lora();
    }

    /**
     * Reads the files that {@code finetune.data} names. Rows that cannot be used are counted in {@link #reports} and left out.
     *
     * @param config resolved
     * @throws ConfigException when a data set has no row to train on
     * @throws IOException     when a file cannot be read
     */
    public static InstructionSet open(TrainConfig config) throws IOException {
        Tokenizer tokenizer = Tokenizer.load(Path.of(config.data().tokenizer()));
        try {
            InstructionSet set = new InstructionSet(config, tokenizer);
            set.fill();
            return set;
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    private void fill() throws IOException {
        List<Rows> all = new ArrayList<>();
        Set<String> held = new HashSet<>();
        for (Map.Entry<String, FinetuneArguments.InstructionSource> e : config.finetune().data().entrySet()) {
            Rows rows = read(e.getKey(), e.getValue());
            rows.validation().forEach(row -> held.add(ValidationSplit.key(row.example())));
            all.add(rows);
        }
        List<List<PromptTemplate.Encoded>> sets = new ArrayList<>();
        StringBuilder identity = new StringBuilder(template + " " + config.data().contextLength() + " " + config.finetune().packing()
                + " " + config.finetune().stoppingStrategy());
        for (Rows rows : all) {
            List<EncodedRow> validation = keep(rows, rows.validation(), Set.of());
            List<EncodedRow> training = keep(rows, rows.training(), held);
            rows.report().used(training.size(), validation.size());
            reports.add(rows.report());
            identity.append('\n').append(rows.report().name()).append(' ')
                    .append(config.finetune().data().get(rows.report().name()).probability());
            identity.append(' ').append(Fingerprint.of(EncodedRow.examples(rows.training()).toString())).append(' ')
                    .append(Fingerprint.of(EncodedRow.examples(rows.validation()).toString()));
            if (training.isEmpty()) {
                throw new ConfigException("the data set '" + rows.report().name() + "' has no row to train on: of " + rows.report().rows() + " rows in " + rows.file() + " " + rows.report().refusedCount()
                        + " were left out" + rows.report().examples().stream().findFirst().map(x -> ", such as " + x).orElse(""));
            }
            sets.add(EncodedRow.tokens(training));
            hold(rows, validation);
        }
        batches = new PackedExamples(mix(sets), config.data().contextLength(), config.finetune().packing(), padding(),
                config.train().seed());
        dataHash = Fingerprint.of(identity.toString());
    }

    private int padding() {
        return tokenizer.padId() >= 0 ? tokenizer.padId() : tokenizer.eosId();
    }

    private Rows read(String name, FinetuneArguments.InstructionSource source) throws IOException {
        RowReport report = new RowReport(name, source.task(), source.language());
        RowReader reader = source.format() == RowFormat.MARKED ? new MarkedRowReader(template, tokenizer)
                : new PlainRowReader(template, tokenizer);
        Path file = Path.of(source.file());
        List<EncodedRow> rows = reader.read(file, report);
        if (source.validation() != null) {
            return new Rows(report, file, rows, reader.read(Path.of(source.validation()), report));
        }
        ValidationSplit split = new ValidationSplit(config.finetune().validationSplit());
        List<EncodedRow> training = new ArrayList<>();
        List<EncodedRow> validation = new ArrayList<>();
        rows.forEach(row -> (split.holdsOut(row.example()) ? validation : training).add(row));
        return new Rows(report, file, training, validation);
    }

    private List<EncodedRow> keep(Rows rows, List<EncodedRow> read, Set<String> held) {
        List<EncodedRow> kept = new ArrayList<>();
        for (EncodedRow row : read) {
            int tokens = row.encoded().ids().length;
            if (held.contains(ValidationSplit.key(row.example()))) {
                rows.report().refuse(RowProblem.LEAK, rows.file(), 0, row.example().input());
            } else if (tokens - 1 > config.data().contextLength()) {
                rows.report().refuse(RowProblem.TOO_LONG, rows.file(), 0, tokens + " tokens");
            } else {
                kept.add(row);
            }
        }
        return kept;
    }

    private void hold(Rows rows, List<EncodedRow> validation) {
        if (validation.isEmpty()) {
            return;
        }
        long bytes = validation.stream().mapToLong(k -> k.example().output().getBytes(StandardCharsets.UTF_8).length).sum();
        heldOut.put(rows.report().name(), new HeldOut(EncodedRow.tokens(validation), bytes));
        validation.stream().filter(k -> k.encoded().promptLength() <= SampleTexts.mostPromptTokens(config)).findFirst()
                .ifPresent(k -> prompts.put(rows.report().name(), template.prompt(k.example().instruction(), k.example().input())));
    }

    /** The order of one epoch; each set is shuffled first, so that its rows do not come in the order of its file. */
    private List<PromptTemplate.Encoded> mix(List<List<PromptTemplate.Encoded>> sets) {
        long seed = config.train().seed();
        double[] probabilities = config.finetune().data().values().stream().map(FinetuneArguments.InstructionSource::probability)
                .anyMatch(p -> p == null) ? null
                : config.finetune().data().values().stream().mapToDouble(FinetuneArguments.InstructionSource::probability).toArray();
        List<PromptTemplate.Encoded> mixed = new ArrayList<>();
        Interleave.rows(sets.stream().mapToInt(List::size).toArray(), probabilities, config.finetune().stoppingStrategy(), seed)
                .forEach(row -> mixed.add(sets.get(row.set()).get((int) new Shuffle(sets.get(row.set()).size(),
                        Shuffle.mix(seed, row.set())).at(row.index()))));
        return mixed;
    }

    /** What was read and what was left out, by data set. */
    public List<RowReport> reports() {
        return List.copyOf(reports);
    }

    /** Examples of an epoch, and how full the windows are that they are packed into. */
    public PackedExamples packed() {
        return batches;
    }

    /** The template of all prompts. */
    public PromptTemplate template() {
        return template;
    }

    /** The id that ends an answer. */
    public int endMarker() {
        return end;
    }

    @Override
    public BatchSource batches() {
        return batches;
    }

    @Override
    public boolean hasValidation() {
        return !heldOut.isEmpty();
    }

    @Override
    public EvalReport evaluate(Qwen3 model, ExecutionContext ctx, int batch, Progress progress) {
        return new InstructionEvaluator(model, ctx, config.data().contextLength(), batch).run(heldOut, progress);
    }

    @Override
    public SampleTexts samples(TrainConfig own, Qwen3 model, ExecutionContext ctx) throws IOException {
        return SampleTexts.open(own, prompts, end, model, ctx);
    }

    @Override
    public String tokenizerHash() {
        return tokenizer.sha256();
    }

    @Override
    public String dataHash() {
        return dataHash;
    }

    @Override
    public String modelIdentity() {
        return modelIdentity;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
