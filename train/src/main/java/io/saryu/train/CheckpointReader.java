package io.saryu.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saryu.files.MalformedFileException;
import io.saryu.files.SafetensorsFile;
import io.saryu.files.StrictJson;
import io.saryu.files.TensorInfo;
import io.saryu.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** A checkpoint folder opened for reading; what can be checked without reading the tensors is checked at once. */
public final class CheckpointReader {
    private static final long MOST_STATE_BYTES = 1 << 20;

    private final Path folder;
    private final TrainerState state;

    private CheckpointReader(Path folder, TrainerState state) {
        this.folder = folder;
        this.state = state;
    }

    /**
     * Opens a checkpoint.
     *
     * @throws MalformedFileException when a file of it is missing, shorter or longer than it was written, or not readable
     *                                as what it is
     */
    public static CheckpointReader open(Path folder) throws IOException {
        Path file = folder.resolve(CheckpointWriter.STATE);
        if (!Files.isRegularFile(file)) {
            throw damaged(folder, "there is no " + CheckpointWriter.STATE);
        }
        CheckpointReader reader = new CheckpointReader(folder, state(folder, StrictJson.readObject(file, MOST_STATE_BYTES)));
        for (String name : new String[] {CheckpointWriter.WEIGHTS, CheckpointWriter.OPTIMIZER}) {
            reader.checkSize(name);
            try (SafetensorsFile opened = SafetensorsFile.open(folder.resolve(name))) {
                opened.names();
            }
        }
        return reader;
    }

    /**
     * Reads every byte and compares it with what was written.
     *
     * @return this
     * @throws MalformedFileException naming the file whose checksum is another
     */
    public CheckpointReader verify() throws IOException {
        for (Map.Entry<String, TrainerState.StoredFile> e : state.files().entrySet()) {
            if (!Fingerprint.of(folder.resolve(e.getKey())).equals(e.getValue().sha256())) {
                throw damaged(folder, "the content of " + e.getKey() + " is not what was written (its checksum differs)");
            }
        }
        return this;
    }

    private static TrainerState state(Path folder, ObjectNode json) throws IOException {
        try {
            TrainerState state = CheckpointWriter.JSON.readerFor(TrainerState.class)
                    .with(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .with(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .with(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES).readValue(json);
            if (state.step() < 0 || state.position() < 0 || state.tokens() < 0) {
                throw damaged(folder, CheckpointWriter.STATE + " has a negative count");
            }
            if (!CheckpointWriter.checksum(state).equals(state.checksum())) {
                throw damaged(folder, "the content of " + CheckpointWriter.STATE
                        + " is not what was written (its checksum differs)");
            }
            for (String name : state.files().keySet()) {
                if (!name.equals(CheckpointWriter.WEIGHTS) && !name.equals(CheckpointWriter.OPTIMIZER)) {
                    throw damaged(folder, CheckpointWriter.STATE + " names a file that no checkpoint has");
                }
            }
            return state;
        } catch (JsonProcessingException | RuntimeException e) {
            String reason = e instanceof JsonProcessingException j ? j.getOriginalMessage() : String.valueOf(e.getMessage());
            throw damaged(folder, CheckpointWriter.STATE + " does not hold a trainer's state ("
                    + reason.lines().findFirst().orElse("") + ")");
        }
    }

    private void checkSize(String name) throws IOException {
        Path file = folder.resolve(name);
        TrainerState.StoredFile wanted = state.files().get(name);
        if (wanted == null || !Files.isRegularFile(file)) {
            throw damaged(folder, "there is no " + name);
        }
        long size = Files.size(file);
        if (size != wanted.bytes()) {
            throw damaged(folder, name + " has " + size + " bytes and was written with " + wanted.bytes());
        }
    }

    private static MalformedFileException damaged(Path folder, String what) {
        return new MalformedFileException("the checkpoint " + folder + " is damaged: " + what);
    }

    /** Where the run stood. */
    public TrainerState state() {
        return state;
    }

    public Path folder() {
        return folder;
    }

    /** Copies the weights into host tensors of the same names, types and shapes. */
    public void readWeights(Map<String, Tensor> into) throws IOException {
        read(CheckpointWriter.WEIGHTS, into);
    }

    /** Copies the optimizer's tensors into host tensors of the same names, types and shapes. */
    public void readOptimizer(Map<String, Tensor> into) throws IOException {
        read(CheckpointWriter.OPTIMIZER, into);
    }

    private void read(String name, Map<String, Tensor> into) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(name))) {
            if (!file.names().equals(into.keySet())) {
                throw damaged(folder, name + " does not hold the tensors of this model");
            }
            for (Map.Entry<String, Tensor> e : into.entrySet()) {
                TensorInfo info = file.info(e.getKey());
                Tensor tensor = e.getValue();
                if (info.dtype() != tensor.dtype() || !Arrays.equals(info.shape(), tensor.shape())) {
                    throw damaged(folder, "tensor '" + e.getKey() + "' of " + name + " is " + info.dtype()
                            + Arrays.toString(info.shape()) + " and the model needs " + tensor.dtype()
                            + Arrays.toString(tensor.shape()));
                }
                file.read(e.getKey(), tensor.segment());
            }
        }
    }
}
