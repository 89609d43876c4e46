package io.saryu.golden;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Golden values as files; they travel in the test jar, so that other modules' tests read the same ones. */
public final class GoldenFiles {
    private static final List<String> FILES = List.of("config.json", "model.safetensors", "logits.safetensors",
            "grads.safetensors", "final.safetensors", "trajectory.json", "input_ids.bin", "labels.bin", "greedy.json",
            "logits_initial.safetensors", "adapter_config.json", "adapter_model.safetensors");

    private GoldenFiles() {
    }

    /** Copies what there is of one golden folder to {@code target}. */
    public static Path copy(String name, Path target) throws IOException {
        Files.createDirectories(target);
        int copied = 0;
        for (String file : FILES) {
            try (InputStream in = GoldenFiles.class.getResourceAsStream("/golden/" + name + "/" + file)) {
                if (in != null) {
                    Files.copy(in, target.resolve(file));
                    copied++;
                }
            }
        }
        if (copied == 0) {
            throw new IOException("the test jar holds no golden folder '" + name + "'");
        }
        return target;
    }
}
