package io.saryu.train;

import io.saryu.backend.ExecutionContext;
import io.saryu.data.BatchSource;
import io.saryu.data.EvalWindows;
import io.saryu.data.PackedDataset;
import io.saryu.data.TokenFileSequence;
import io.saryu.eval.EvalReport;
import io.saryu.eval.Evaluator;
import io.saryu.files.TokenFile;
import io.saryu.files.TokenFileInfo;
import io.saryu.nn.Qwen3;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a run reads: the token files of its configuration, opened and checked against its tokenizer. */
public final class TrainingData implements TrainingSet {
    private static final int PROBES = 64;
    private static final int PROBE_TOKENS = 64;

    private final List<TokenFileSequence> files = new ArrayList<>();
    private final String tokenizerHash;
    private final int vocabSize;
    private final Map<String, EvalWindows> validation = new LinkedHashMap<>();
    private PackedDataset batches;
    private String dataHash;

    private TrainingData(String tokenizerHash, int vocabSize) {
        this.tokenizerHash = tokenizerHash;
        this.vocabSize = vocabSize;
    }

    /**
     * Opens the files that {@code config.data} names.
     *
     * @param tokenizerHash SHA-256 of the tokenizer's model file
     * @param vocabSize     rows of the model's embedding
     * @throws ConfigException when a file was made with another tokenizer, or the context is longer than the data
     * @throws IOException     when one cannot be read
     */
    public static TrainingData open(TrainConfig config, String tokenizerHash, int vocabSize) throws IOException {
        TrainingData data = new TrainingData(tokenizerHash, vocabSize);
        try {
            data.fill(config);
            return data;
        } catch (IOException | RuntimeException e) {
            data.close();
            throw e;
        }
    }

    private void fill(TrainConfig config) throws IOException {
        int context = config.data().contextLength();
        List<PackedDataset.Language> languages = new ArrayList<>();
        StringBuilder identity = new StringBuilder("context " + context + " max_epochs " + config.data().maxEpochs());
        for (Map.Entry<String, DataArguments.LanguageData> e : config.data().train().entrySet()) {
            TokenFileSequence tokens = open("data.train." + e.getKey(), e.getValue().file());
            languages.add(new PackedDataset.Language(e.getKey(), tokens, e.getValue().share()));
            identity.append('\n').append(e.getKey()).append(' ').append(e.getValue().share()).append(' ')
                    .append(identity(tokens));
        }
        for (Map.Entry<String, String> e : config.data().validation().entrySet()) {
            TokenFileSequence tokens = open("data.validation." + e.getKey(), e.getValue());
            identity.append("\nvalidation ").append(e.getKey()).append(' ').append(identity(tokens));
            try {
                validation.put(e.getKey(), new EvalWindows(tokens, context, Math.max(0, tokens.info().textBytes())));
            } catch (IllegalArgumentException ex) {
                throw new ConfigException(ex.getMessage(), ex);
            }
        }
        try {
            batches = new PackedDataset(languages, context, config.data().maxEpochs(), config.train().seed());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage(), e);
        }
        dataHash = Fingerprint.of(identity.toString());
    }

    private TokenFileSequence open(String key, String file) throws IOException {
        TokenFileSequence tokens = new TokenFileSequence(TokenFile.open(Path.of(file)));
        files.add(tokens);
        TokenFileInfo info = tokens.info();
        if (info.tokenizerSha256() != null && !info.tokenizerSha256().equals(tokenizerHash)) {
            throw new ConfigException(key + " names " + file + ", which was encoded with another tokenizer than"
                    + " data.tokenizer; encode the text again, or name the tokenizer that made it");
        }
        if (info.vocabSize() > vocabSize) {
            throw new ConfigException(key + " names " + file + ", whose vocabulary of " + info.vocabSize()
                    + " is larger than the model's vocab_size " + vocabSize + "; set model.vocab_size=0 to take the"
                    + " tokenizer's");
        }
        return tokens;
    }

    /** Its description and some of its tokens: enough to notice another file under the same name without reading it all. */
    private static String identity(TokenFileSequence tokens) {
        StringBuilder s = new StringBuilder(tokens.info().toString());
        int length = (int) Math.min(PROBE_TOKENS, tokens.count());
        int[] probe = new int[length];
        for (int i = 0; i < PROBES; i++) {
            tokens.read((tokens.count() - length) * i / (PROBES - 1), probe, 0, length);
            s.append(Arrays.hashCode(probe)).append(' ');
        }
        return s.toString();
    }

    @Override
    public boolean hasValidation() {
        return !validation.isEmpty();
    }

    @Override
    public EvalReport evaluate(Qwen3 model, ExecutionContext ctx, int batch, Progress progress) {
        return new Evaluator(model, ctx, batch).run(validation, progress);
    }

    @Override
    public SampleTexts samples(TrainConfig config, Qwen3 model, ExecutionContext ctx) throws IOException {
        return SampleTexts.open(config, validation, model, ctx);
    }

    @Override
    public BatchSource batches() {
        return batches;
    }

    /** Windows per epoch of each language. */
    public Map<String, Long> windowsByLanguage() {
        return batches.windowsByLanguage();
    }

    /** What an epoch is made of, a line each language, and what one should know about it; nothing with a single language. */
    List<String> mixture(DataArguments arguments) {
        return MixtureTable.lines(batches, arguments);
    }

    /** Validation windows by language; may be empty. */
    public Map<String, EvalWindows> validation() {
        return validation;
    }

    /** SHA-256 of the tokenizer that made the tokens. */
    @Override
    public String tokenizerHash() {
        return tokenizerHash;
    }

    @Override
    public String dataHash() {
        return dataHash;
    }

    @Override
    public void close() throws IOException {
        for (TokenFileSequence file : files) {
            file.close();
        }
    }
}
