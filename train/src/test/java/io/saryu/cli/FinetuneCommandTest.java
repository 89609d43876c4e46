package io.saryu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.train.TinyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** saryu finetune, and the adapter that it leaves in the hands of generate and eval. */
class FinetuneCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    private Path config(List<String> rows) throws IOException {
        Path file = Files.write(dir.resolve("rows.jsonl"), rows);
        return Files.writeString(dir.resolve("tiny-lora.yaml"), """
                device: cpu
                threads: 2
                finetune:
                  model: '%s'
                  lora: {r: 4, lora_alpha: 8, target_modules: [q_proj, v_proj]}
                  data: {rows: {file: '%s', task: echo, language: en}}
                data: {context_length: 64}
                train: {output_dir: '%s', max_steps: 6, save_steps: 3, logging_steps: 2, per_device_train_batch_size: 2}
                """.formatted(TinyRun.get().model(), file, dir.resolve("run")));
    }

    private static List<String> rows(int count) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add("{\"instruction\": \"Do it.\", \"input\": \"the day %d\", \"output\": \"day\"}".formatted(i));
        }
        return rows;
    }

    private static void assertSentence(Cli run, int exit, String part) {
        assertEquals(exit, run.exit(), run.err());
        assertTrue(run.err().contains(part), run.err());
        assertEquals(1, run.err().strip().lines().count(), run.err());
    }

    @Test
    void fromRowsToAnAnswer() throws IOException {
        Path config = config(rows(40));
        String model = TinyRun.get().model().toString();
        Cli run = Cli.run("-q", "finetune", "--config", config.toString());
        assertEquals(0, run.exit(), run.err());
        Path adapter = dir.resolve("run/adapter");
        assertTrue(run.out().contains("adapter: " + adapter), run.out());
        Cli answer = Cli.run("generate", "--model", model, "--adapter", adapter.toString(), "--device", "cpu", "--json",
                "--max-new-tokens", "3", "--instruction", "Do it.", "--input", "the day", "--input", "a \\\\n b");
        assertEquals(0, answer.exit(), answer.err());
        List<String> lines = answer.out().lines().toList();
        assertEquals("### Instruction:\nDo it.\n\n### Input:\nthe day\n\n### Response:\n",
                JSON.readTree(lines.get(0)).get("prompt").asText());
        // A backslash in the text that is worked on is text.
        assertTrue(JSON.readTree(lines.get(1)).get("prompt").asText().contains("a \\n b"), lines.get(1));
        assertSentence(Cli.run("generate", "--model", model, "--adapter", adapter.toString(), "--device", "cpu", "--prompt",
                "### Instruction:\\\\n Do it.\\\\n\\\\n### Response:\\\\n"), 2, "has a line end");
        String tokens = TinyRun.get().tokens("en", "validation").toString();
        Cli plain = Cli.run("eval", "--model", model, "--device", "cpu", "--data", "en=" + tokens, "--json");
        Cli tuned = Cli.run("eval", "--model", model, "--adapter", adapter.toString(), "--device", "cpu", "--data",
                "en=" + tokens, "--json");
        assertEquals(0, tuned.exit(), tuned.err());
        assertFalse(plain.out().equals(tuned.out()));
        Cli again = Cli.run("-q", "finetune", "--config", dir.resolve("run/config.yaml").toString(), "--set", "train.max_steps=8",
                "--resume");
        assertEquals(0, again.exit(), again.err());

        Path other = Files.createDirectories(dir.resolve("other"));
        TinyRun.get().copyOfModel(other);
        // Another weight in the first layer: the same shapes, another model.
        byte[] weights = Files.readAllBytes(other.resolve("model.safetensors"));
        JsonNode header = JSON.readTree(new String(weights, 8, (int) java.nio.ByteBuffer.wrap(weights)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN).getLong(), java.nio.charset.StandardCharsets.UTF_8));
        int at = header.get("model.layers.0.self_attn.q_proj.weight").get("data_offsets").get(0).asInt();
        weights[8 + (int) java.nio.ByteBuffer.wrap(weights).order(java.nio.ByteOrder.LITTLE_ENDIAN).getLong() + at] ^= 1;
        Files.write(other.resolve("model.safetensors"), weights);
        assertSentence(Cli.run("generate", "--model", other.toString(), "--adapter", adapter.toString(), "--device", "cpu",
                "--prompt", "a"), 1, "was trained on another model");
        assertSentence(Cli.run("generate", "--model", model, "--device", "cpu", "--instruction", "a"), 1,
                "was not tuned on instructions");
        assertSentence(Cli.run("generate", "--model", model, "--adapter", model, "--device", "cpu", "--prompt", "a"), 1,
                "there is no adapter in");
        assertSentence(Cli.run("generate", "--model", model, "--input", "a"), 2, "without --instruction");
    }

    @Test
    void checkingCountsWhatIsLeftOut() throws IOException {
        List<String> rows = rows(20);
        rows.add("{broken");
        rows.add("{\"instruction\": \"a\", \"input\": \"b {ACCOUNT}\", \"output\": \"c\"}");
        Path config = config(rows);
        Cli run = Cli.run("finetune", "--config", config.toString(), "--check");
        assertSentence(run, 1, "2 of 22 rows cannot be used");
        assertTrue(run.out().contains("left out 1 row with an unfilled placeholder"), run.out());
        assertTrue(run.out().contains("line 21"), run.out());
        assertFalse(Files.exists(dir.resolve("run")));
        JsonNode json = JSON.readTree(Cli.run("finetune", "--config", config.toString(), "--check", "--json").out());
        assertEquals(22, json.get(0).get("rows").asInt());
        assertEquals(20, json.get(0).get("training").asInt() + json.get(0).get("validation").asInt());
        assertEquals("en", json.get(0).get("language").asText());
        assertEquals(0, Cli.run("finetune", "--config", config(rows(20)).toString(), "--check").exit());
    }

    @Test
    void eachCommandNamesTheOther() throws IOException {
        Path lora = config(rows(5));
        assertSentence(Cli.run("train", "--config", lora.toString()), 2, "saryu finetune");
        Path plain = Files.writeString(dir.resolve("plain.yaml"), TinyRun.get().yaml(dir.resolve("plain")));
        assertSentence(Cli.run("finetune", "--config", plain.toString()), 2, "no block finetune");
        assertSentence(Cli.run("finetune", "--config", lora.toString(), "--set", "finetune.lora.target_modules=[k_prj]"), 2,
                "did you mean k_proj");
        assertSentence(Cli.run("-q", "finetune", "--config", lora.toString(), "--set",
                "finetune.data.rows=nowhere.jsonl"), 1,
                "nowhere.jsonl");
    }
}
