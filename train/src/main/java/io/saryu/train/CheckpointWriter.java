package io.saryu.train;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saryu.files.AtomicFile;
import io.saryu.files.AtomicFolder;
import io.saryu.files.SafetensorsWriter;
import io.saryu.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes a checkpoint folder, whole or not at all. */
public final class CheckpointWriter {
    static final String WEIGHTS = "model.safetensors";
    static final String OPTIMIZER = "optimizer.safetensors";
    static final String STATE = "trainer_state.json";
    static final JsonMapper JSON = JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true).build();

    private CheckpointWriter() {
    }

    /**
     * Writes {@code checkpoints/step-N} of a run.
     *
     * @param state     its files are filled in
     * @param weights   host tensors by name
     * @param optimizer host tensors by name: {@code exp_avg}, {@code exp_avg_sq}
     * @return the folder
     */
    public static Path write(RunFolder run, TrainerState state, Map<String, Tensor> weights,
            Map<String, Tensor> optimizer) throws IOException {
        Path target = run.checkpoint(state.step());
        AtomicFolder.write(target, folder -> {
            SafetensorsWriter.write(folder.resolve(WEIGHTS), weights, Map.of("format", "pt"));
            SafetensorsWriter.write(folder.resolve(OPTIMIZER), optimizer, Map.of());
            TrainerState complete = state.withFiles(Map.of(WEIGHTS, stored(folder.resolve(WEIGHTS)), OPTIMIZER,
                    stored(folder.resolve(OPTIMIZER))));
            AtomicFile.writeString(folder.resolve(STATE), json(complete.withChecksum(checksum(complete))));
        });
        return target;
    }

    private static TrainerState.StoredFile stored(Path file) throws IOException {
        return new TrainerState.StoredFile(Files.size(file), Fingerprint.of(file));
    }

    private static String json(TrainerState state) throws IOException {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(state);
    }

    /** The checksum that a state's file must have. */
    static String checksum(TrainerState state) throws IOException {
        return Fingerprint.of(json(state.withChecksum("")));
    }
}
