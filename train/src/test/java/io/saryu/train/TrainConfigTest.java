package io.saryu.train;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.optim.LearningRateSchedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainConfigTest {
    static final String GOOD = """
            model:
              hidden_size: 64
              intermediate_size: 160
              num_hidden_layers: 2
              num_attention_heads: 4
              num_key_value_heads: 2
              head_dim: 16
            data:
              tokenizer: tok
              context_length: 32
              train:
                en: {file: en.bin, share: 0.6}
                hi: {file: hi.bin, share: 0.4}
              validation:
                en: en.val.bin
            train:
              learning_rate: 1e-3
              lr_scheduler_type: cosine
            """;

    private static String failure(String text, String... sets) {
        return assertThrows(ConfigException.class, () -> TrainConfig.parse(text, "a.yaml", List.of(sets))).getMessage();
    }

    @Test
    void readsNamesOfTransformersAndFillsDefaults() {
        TrainConfig c = TrainConfig.parse(GOOD, "a.yaml", List.of());
        assertEquals(1e-3, c.train().learningRate());
        assertEquals(LearningRateSchedule.Type.COSINE, c.train().lrSchedulerType());
        assertEquals(0.999, c.train().adamBeta2());
        assertEquals(-1, c.train().maxSteps());
        assertEquals(32, c.maxPositionEmbeddings());
        assertEquals(List.of("en", "hi"), List.copyOf(c.data().train().keySet()));
        assertEquals("auto", c.device());
    }

    @Test
    void writtenConfigurationReadsBackEqual(@TempDir Path dir) throws Exception {
        TrainConfig c = TrainConfig.parse(GOOD, "a.yaml", List.of("train.seed=7", "train.output_dir='runs/x y: #1'"));
        Path file = dir.resolve("config.yaml");
        Files.writeString(file, c.toYaml());
        assertEquals(c, TrainConfig.load(file, List.of()));
        assertTrue(c.toYaml().contains("lr_scheduler_type: cosine"), c.toYaml());
    }

    @Test
    void oneFileInPlaceOfLanguages() {
        String text = GOOD.replaceAll("(?s)train:\n    en.*?  validation:\n    en: en.val.bin", "train: all.bin\n  validation: v.bin");
        TrainConfig c = TrainConfig.parse(text, "a.yaml", List.of());
        assertEquals(new DataArguments.LanguageData("all.bin", null), c.data().train().get("all"));
        assertEquals("v.bin", c.data().validation().get("all"));
    }

    @Test
    void overridesWinAndMayAddBlocks() {
        TrainConfig c = TrainConfig.parse(GOOD, "a.yaml", List.of("train.max_steps=100", "threads=3",
                "data.train={awa: {file: awa.bin}}", "data.validation.awa=v.bin", "train.learning_rate=5e-4"));
        assertEquals(100, c.train().maxSteps());
        assertEquals(3, c.threads());
        assertEquals(List.of("awa"), List.copyOf(c.data().train().keySet()));
        assertEquals("v.bin", c.data().validation().get("awa"));
        assertEquals(5e-4, c.train().learningRate());
    }

    @Test
    void unknownKeysNameTheNearest() {
        assertEquals("unknown key 'train.learning_rat' in a.yaml line 17; did you mean 'learning_rate'?",
                failure(GOOD.replace("learning_rate:", "learning_rat:")));
        assertEquals("unknown key 'model.hiden_size' in a.yaml line 2; did you mean 'hidden_size'?",
                failure(GOOD.replace("hidden_size", "hiden_size")));
        assertEquals("unknown key 'modle' in a.yaml line 1; did you mean 'model'?",
                failure(GOOD.replace("model:", "modle:")));
        assertEquals("unknown key 'data.train.hi.shares' in a.yaml line 13; did you mean 'share'?",
                failure(GOOD.replace("hi.bin, share", "hi.bin, shares")));
        assertEquals("unknown key 'train.warmup_ratio' in --set train.warmup_ratio=0.1; did you mean 'warmup_steps'?",
                failure(GOOD, "train.warmup_ratio=0.1"));
        assertEquals("unknown key 'learning_rate' in --set learning_rate=1; did you mean 'train.learning_rate'?",
                failure(GOOD, "learning_rate=1"));
        assertTrue(failure(GOOD, "zzzzzzzzzz=1").contains("known here: data, device, finetune, model"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "train.learning_rate=fast   | 'train.learning_rate' is 'fast' in --set train.learning_rate=fast; it must be a number",
        "train.max_steps=1.5        | 'train.max_steps' is '1.5' in --set train.max_steps=1.5; it must be a whole number",
        "train.seed=99999999999999999999 | 'train.seed' is '99999999999999999999' in --set train.seed=99999999999999999999; "
                + "it must be a whole number",
        "threads=9999999999         | 'threads' is '9999999999' in --set threads=9999999999; it must be a whole number of at "
                + "most 2147483647",
        "train.fp16_init_scale=3    | 'train.fp16_init_scale' is 3.0 in --set train.fp16_init_scale=3; it must be a power of two"
            + " from 1 to 2^60, such as 65536",
        "train.fp16_init_scale=-8   | 'train.fp16_init_scale' is -8.0 in --set train.fp16_init_scale=-8; it must be a power of two"
            + " from 1 to 2^60, such as 65536",
        "train.fp16_growth_interval=0 | 'train.fp16_growth_interval' is 0 in --set train.fp16_growth_interval=0; it must be at least 1",
        "train.fp16=1               | 'train.fp16' is '1' in --set train.fp16=1; it must be true or false",
        "train.fp16=yes please      | 'train.fp16' is 'yes please' in --set train.fp16=yes please; it must be true or false",
        "train.lr_scheduler_type=liner | 'train.lr_scheduler_type' is 'liner' in --set train.lr_scheduler_type=liner; "
                + "it must be one of constant, linear, cosine",
        "model=5                    | 'model' is '5' in --set model=5; it must be a block of keys",
        "data.train=[a, b]          | 'data.train' is a list in --set data.train=[a, b]; it must be a block of keys",
        "train.max_steps={a: 1}     | 'train.max_steps' is a block of keys in --set train.max_steps={a: 1}; it must be a "
                + "whole number",
        "train.seed=null            | the key 'train.seed' has no value in --set train.seed=null; give it a whole number",
        "device=gpu                 | 'device' is gpu in --set device=gpu; it must be one of auto, cpu, cuda, reference",
        "threads=-1                 | 'threads' is -1 in --set threads=-1; it must be from 1 to 1024, or 0 for all cores",
        "model.num_key_value_heads=3 | 'model.num_key_value_heads' is 3 in --set model.num_key_value_heads=3; it must be a "
                + "divisor of num_attention_heads, which is 4",
        "model.head_dim=12          | 'model.head_dim' is 12 in --set model.head_dim=12; it must be a multiple of 8",
        "data.context_length=0      | 'data.context_length' is 0 in --set data.context_length=0; it must be at least 1",
        "model.max_position_embeddings=16 | 'data.context_length' is 32 in a.yaml line 10; it must be at most "
                + "model.max_position_embeddings, which is 16",
        "data.train.hi.share=0.5    | 'data.train' is a mix whose shares add up to 1.1 in a.yaml line 11; it must be one "
                + "whose shares add up to 1",
        "data.train.hi.share=null   | 'data.train' is given with a share for 1 of 2 languages in a.yaml line 11; it must be "
                + "given with a share for all of them or for none",
        "train.max_steps=0          | 'train.max_steps' is 0 in --set train.max_steps=0; it must be at least 1, or -1 to "
                + "train for num_train_epochs",
        "train.learning_rate=.nan   | 'train.learning_rate' is '.nan' in --set train.learning_rate=.nan; it must be a number",
        "train.learning_rate=-1     | 'train.learning_rate' is -1.0 in --set train.learning_rate=-1; it must be a number "
                + "above 0",
        "train.adam_beta2=1         | 'train.adam_beta2' is 1.0 in --set train.adam_beta2=1; it must be from 0 to below 1",
        "train.weight_decay=-0.5    | 'train.weight_decay' is -0.5 in --set train.weight_decay=-0.5; it must be at least 0",
        "data.train={}              | 'data.train' is empty in --set data.train={}; it must be a token file, or one per "
                + "language, such as {en: {file: en.bin, share: 1.0}}",
        "train.load_best_model_at_end=true | 'train.load_best_model_at_end' is true in --set train.load_best_model_at_end=true; it "
            + "must be false without data.validation and train.eval_steps, which would say what is best",
        "train.early_stopping_patience=3 | 'train.early_stopping_patience' is 3 in --set train.early_stopping_patience=3; it must "
            + "be 0 without data.validation and train.eval_steps, which would say what is best",
        "train.early_stopping_patience=-1 | 'train.early_stopping_patience' is -1 in --set train.early_stopping_patience=-1; it "
            + "must be at least 0",
        "train.early_stopping_threshold=0.1 | 'train.early_stopping_threshold' is 0.1 in --set train.early_stopping_threshold=0.1;"
            + " it must be 0 without train.early_stopping_patience",
        "train.bad_loss=skipp       | 'train.bad_loss' is 'skipp' in --set train.bad_loss=skipp; it must be one of stop, skip, warn",
        "train.bad_loss=null        | 'train.bad_loss' is empty in --set train.bad_loss=null; it must be one of stop, skip, warn",
        "train.gradient_checkpointing_layers=-1 | 'train.gradient_checkpointing_layers' is -1 in --set "
            + "train.gradient_checkpointing_layers=-1; it must be 0 for all layers, or at most model.num_hidden_layers, which is 2",
        "train.bad_loss_zscore=-1   | 'train.bad_loss_zscore' is -1 in --set train.bad_loss_zscore=-1; it must be at least 0",
        "train.max_bad_steps=0      | 'train.max_bad_steps' is 0 in --set train.max_bad_steps=0; it must be at least 1",
        "train.bad_loss_zscor=1     | unknown key 'train.bad_loss_zscor' in --set train.bad_loss_zscor=1; did you mean "
            + "'bad_loss_zscore'?",
        "oops                       | --set oops is not of the form key=value; write for example --set train.max_steps=100",
        "a..b=1                     | --set a..b=1 is not of the form key=value; write for example --set train.max_steps=100",
    })
    void badValuesAreSaidInOneSentence(String set, String message) {
        assertEquals(message, failure(GOOD, set));
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.hidden_size", "model.head_dim", "data.tokenizer", "data.context_length", "data.train",
        "model", "data"})
    void missingRequiredKeysAreNamed(String path) {
        String key = path.substring(path.lastIndexOf('.') + 1);
        StringBuilder text = new StringBuilder();
        boolean skipping = false;
        int indent = path.contains(".") ? 2 : 0;
        for (String line : GOOD.lines().toList()) {
            int depth = line.length() - line.stripLeading().length();
            if (depth <= indent) {
                skipping = depth == indent && line.strip().startsWith(key + ":");
            }
            if (!skipping) {
                text.append(line).append('\n');
            }
        }
        String message = failure(text.toString());
        assertTrue(message.contains("'" + path) && message.contains("a.yaml"), message);
    }

    @Test
    void wrongTypeInFileNamesTheLine() {
        assertEquals("'model.hidden_size' is 'wide' in a.yaml line 2; it must be a whole number of at most 2147483647",
                failure(GOOD.replace("hidden_size: 64", "hidden_size: wide")));
    }

    @Test
    void badYamlIsSaidInOneSentence(@TempDir Path dir) throws Exception {
        assertEquals("a.yaml is not valid YAML, line 1: expected ',' or ']', but got <stream end>", failure("a: [1, 2"));
        assertEquals("a.yaml is not valid YAML, line 2: found character '\\t(TAB)' that cannot start any token. "
                + "(Do not use \\t(TAB) for indentation)", failure("model:\n\tx: 1\n"));
        assertEquals("the key 'threads' stands twice, the second time in a.yaml line 2; keep one",
                failure("threads: 1\nthreads: 2\n"));
        assertTrue(failure("").startsWith("a.yaml is empty"));
        assertTrue(failure("just text").startsWith("a.yaml does not hold a block of keys"));
        Path latin = dir.resolve("latin.yaml");
        Files.write(latin, new byte[] {'a', ':', ' ', (byte) 0xE9, '\n'});
        assertTrue(assertThrows(ConfigException.class, () -> TrainConfig.load(latin, List.of())).getMessage()
                .endsWith("is not UTF-8 text; save it as UTF-8"));
        assertTrue(assertThrows(ConfigException.class, () -> TrainConfig.load(dir.resolve("no.yaml"), List.of()))
                .getMessage().startsWith("there is no configuration file "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"seed-120m", "quickstart", "bench-6.8m", "bench-88.5m"})
    void shippedConfigurationsAreGood(String name) throws Exception {
        assertDoesNotThrow(() -> TrainConfig.load(Path.of("configs", name + ".yaml"), List.of()).check());
    }

    @Test
    void seedModelIsTheFirstUsers() throws Exception {
        Path file = Path.of("configs", "seed-120m.yaml");
        TrainConfig c = TrainConfig.load(file, List.of());
        assertEquals(114.1, c.model().parameterCount(0) / 1e6, 0.05);
        assertEquals(88.5, TrainConfig.load(file, List.of("model.tie_word_embeddings=true")).model().parameterCount(0) / 1e6,
                0.05);
        assertEquals(128, c.numDevices() * c.train().perDeviceTrainBatchSize() * c.train().gradientAccumulationSteps());
        assertEquals(1e-3, c.train().learningRate());
        assertEquals(500, c.train().warmupSteps());
        assertEquals(2.0, c.train().numTrainEpochs());
        assertEquals(6.8, TrainConfig.load(Path.of("configs", "bench-6.8m.yaml"), List.of()).model().parameterCount(0) / 1e6,
                0.05);
    }

    @ParameterizedTest
    @CsvSource({"learning_rat,learning_rate,1", "leraning_rate,learning_rate,1", "a,b,1", "abc,'',3", "Kitten,sitting,3"})
    void editDistance(String a, String b, int edits) {
        assertEquals(edits, NearestName.distance(a, b));
        assertEquals(edits, NearestName.distance(b, a));
    }
}
