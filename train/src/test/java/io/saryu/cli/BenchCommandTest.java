package io.saryu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.nn.Qwen3Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {
    @TempDir
    Path dir;

    @BeforeEach
    void writeModel() throws Exception {
        new Qwen3Config(320, 32, 64, 2, 4, 2, 16, 128, 1e-6, 1e4, 0.02, true, null, List.of(), null)
                .write(dir.resolve("config.json"));
    }

    private Cli bench(String arguments) {
        List<String> words = new ArrayList<>(List.of("bench"));
        words.addAll(List.of(arguments.replace("@", dir.toString()).split(" ")));
        return Cli.run(words.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--decode --replay @/c.yaml --python python3     | --decode cannot be combined with --replay",
        "--profile --replay @/c.yaml --python python3    | --profile cannot be combined with --replay",
        "--size 6.8m --replay @/c.yaml --python python3  | cannot be combined with --replay, which takes all that from its",
        "--steps 5                                       | --steps cannot be combined with anything but --replay",
        "--decode --batch 4                              | --batch and --length cannot be combined with --decode",
        "--profile --precision bf16                      | --device and --precision cannot be combined with --decode, --profile",
        "--dtype bf16                                    | --dtype cannot be combined with anything but --decode",
        "--profile --python python3                      | --python cannot be combined with --profile",
        "--size 6.8m --config @/config.json              | --size cannot be combined with --config",
        "--profile --config @/train.yaml                 | train.yaml, a training configuration; bench takes a model's config.json",
        "--config @/no.json                              | there is no ",
        "--size 7b                                       | --size is '7b'; give 6.8m or 88.5m",
        "--rounds 0 --config @/config.json               | must be at least 1",
        "--replay @/c.yaml                               | give --python FILE",
        "--decode --profile --dtype fp8 --config @/config.json | fp8",
    })
    void refusalsAreOneSentence(String arguments, String mentions) {
        Cli refused = bench(arguments);
        assertEquals(2, refused.exit(), refused.err());
        assertTrue(refused.err().contains(mentions), refused.err());
        assertEquals(1, refused.err().strip().lines().count(), refused.err());
        assertEquals("", refused.out());
    }

    /** A program that is no Python ends at once, and none does not start; what Saryu measured is not lost with them. */
    @ParameterizedTest
    @CsvSource({"ls, 'torch eager' ended early; the last of what it said", "no-such-python, no-such-python"})
    void aPeerThatDoesNotRunIsARowWithItsReason(String python, String reason) throws Exception {
        String arguments = "--batch 1 --length 16 --rounds 1 --threads 1 --config @/config.json --python " + python;
        Cli done = bench(arguments + " --json");
        assertEquals(0, done.exit(), done.err());
        JsonNode rows = new ObjectMapper().readTree(done.out()).path("rows");
        assertEquals(5, rows.size(), done.out());
        for (int i = 0; i < 5; i++) {
            boolean ours = i < 3;
            assertEquals(ours ? 1 : 0, rows.get(i).path("seconds").size(), done.out());
            assertEquals(!ours, rows.get(i).path("failure").isTextual(), done.out());
        }
        assertTrue(rows.get(3).path("failure").asText().contains(reason), done.out());
    }

    /** Every op of a token is there, and no more time than the whole token took. */
    @Test
    void aTokensProfileNamesItsOps() throws Exception {
        Cli done = bench("--decode --profile --dtype fp32,int8 --rounds 1 --threads 2 --json --config @/config.json");
        assertEquals(0, done.exit(), done.err());
        JsonNode types = new ObjectMapper().readTree(done.out());
        assertEquals(List.of("fp32", "int8"), types.findValuesAsText("type"));
        for (JsonNode profile : types) {
            boolean narrow = profile.path("type").asText().equals("int8");
            List<String> ops = profile.path("lines").findValuesAsText("op");
            assertTrue(ops.containsAll(List.of("attention", "rmsNorm", "swiglu", "qkNormRope")), ops.toString());
            assertTrue(ops.contains(narrow ? "matmulWeights 1 x 128 x 32" : "matmul 1 x 128 x 32 nt"), ops.toString());
            assertFalse(ops.stream().anyMatch(o -> o.endsWith("Backward")), ops.toString());
            double sum = 0;
            for (JsonNode line : profile.path("lines")) {
                sum += line.path("microseconds").asDouble();
            }
            assertTrue(sum > 0 && sum <= profile.path("microseconds").asDouble(), profile.toString());
        }
        String table = bench("--decode --profile --dtype bf16 --rounds 1 --threads 1 --config @/config.json").out();
        assertTrue(table.contains("weights in bf16") && table.contains("outside of ops"), table);
    }
}
