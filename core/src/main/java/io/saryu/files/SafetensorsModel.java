package io.saryu.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The weights of a Hugging Face model folder: {@code model.safetensors}, or the shards that
 * {@code model.safetensors.index.json} lists. Close it when done.
 */
public final class SafetensorsModel implements AutoCloseable {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    /** The largest known have eight million bytes; as a tree in memory a hostile one takes thirty times its size. */
    private static final long LARGEST_INDEX = 20_000_000;
    /** Each shard is an open file; known models have some two hundred. */
    private static final int MOST_SHARDS = 1000;

    private final Path folder;
    private final Map<String, SafetensorsFile> shards;
    private final Map<String, SafetensorsFile> byTensor;

    private SafetensorsModel(Path folder, Map<String, SafetensorsFile> shards, Map<String, SafetensorsFile> byTensor) {
        this.folder = folder;
        this.shards = shards;
        this.byTensor = Collections.unmodifiableMap(byTensor);
    }

    /**
     * Opens all files of a folder's model and checks their headers.
     *
     * @throws MalformedFileException when a file is malformed, or the index names a file outside the folder or a tensor
     *                                that its shard lacks
     * @throws IOException            when the folder has no weights or they cannot be read
     */
    public static SafetensorsModel open(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("cannot read the model " + folder + ": there is no such folder; check the path");
        }
        boolean single = Files.exists(folder.resolve(SINGLE));
        if (!single && !Files.exists(folder.resolve(INDEX))) {
            throw new IOException("the model folder " + folder + " has neither " + SINGLE + " nor " + INDEX
                    + "; only safetensors weights are read, so convert other formats first");
        }
        Map<String, SafetensorsFile> shards = new LinkedHashMap<>();
        try {
            return new SafetensorsModel(folder, shards, single ? whole(folder, shards) : sharded(folder, shards));
        } catch (Throwable e) {
            closeAll(shards);
            throw e;
        }
    }

    private static Map<String, SafetensorsFile> whole(Path folder, Map<String, SafetensorsFile> shards)
            throws IOException {
        SafetensorsFile file = SafetensorsFile.open(folder.resolve(SINGLE));
        shards.put(SINGLE, file);
        Map<String, SafetensorsFile> byTensor = new LinkedHashMap<>();
        file.names().forEach(name -> byTensor.put(name, file));
        return byTensor;
    }

    private static Map<String, SafetensorsFile> sharded(Path folder, Map<String, SafetensorsFile> shards)
            throws IOException {
        Path index = folder.resolve(INDEX);
        if (!(StrictJson.readObject(index, LARGEST_INDEX).get("weight_map") instanceof ObjectNode map)) {
            throw new MalformedFileException(index + " has no weight_map from tensors to files");
        }
        Map<String, SafetensorsFile> byTensor = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> e : map.properties()) {
            String name = fileName(index, e.getKey(), e.getValue());
            SafetensorsFile shard = shards.get(name);
            if (shard == null) {
                if (shards.size() == MOST_SHARDS) {
                    throw new MalformedFileException(index + " lists more than " + MOST_SHARDS + " files");
                }
                shard = SafetensorsFile.open(path(index, name));
                shards.put(name, shard);
            }
            if (!shard.names().contains(e.getKey())) {
                throw new MalformedFileException(index + " places the tensor '" + Excerpt.of(e.getKey()) + "' in "
                        + Excerpt.of(name) + ", which does not hold it; the folder mixes two models");
            }
            byTensor.put(e.getKey(), shard);
        }
        return byTensor;
    }

    private static Path path(Path index, String name) throws IOException {
        try {
            return index.resolveSibling(name);
        } catch (InvalidPathException e) {
            throw new MalformedFileException(index + " lists the file '" + Excerpt.of(name) + "', a name that this"
                    + " system cannot have; rename it to plain letters, or use a UTF-8 locale", e);
        }
    }

    /** A plain file name: an index that points out of its folder is an attack. */
    private static String fileName(Path index, String tensor, JsonNode value) throws IOException {
        String name = value.isTextual() ? value.asText() : "";
        if (!name.endsWith(".safetensors") || name.length() > 200 || name.contains("/") || name.contains("\\")
                || name.contains(":") || name.chars().anyMatch(c -> c < ' ' || Character.isSurrogate((char) c))) {
            throw new MalformedFileException(index + " places the tensor '" + Excerpt.of(tensor) + "' in '"
                    + Excerpt.of(name) + "', which is not the plain name of a .safetensors file in the same folder");
        }
        return name;
    }

    public Path folder() {
        return folder;
    }

    /** Names of all tensors. */
    public Set<String> names() {
        return byTensor.keySet();
    }

    /**
     * Type, shape and place of one tensor.
     *
     * @throws IllegalArgumentException when the model has no such tensor
     */
    public TensorInfo info(String name) {
        return file(name).info(name);
    }

    /** Copies a tensor's data, in its stored type, to the start of {@code to}; see {@link SafetensorsFile#read}. */
    public void read(String name, MemorySegment to) throws IOException {
        file(name).read(name, to);
    }

    private SafetensorsFile file(String name) {
        SafetensorsFile file = byTensor.get(name);
        if (file == null) {
            throw new IllegalArgumentException(folder + " holds no tensor '" + Excerpt.of(name) + "'");
        }
        return file;
    }

    @Override
    public void close() throws IOException {
        closeAll(shards);
    }

    private static void closeAll(Map<String, SafetensorsFile> shards) throws IOException {
        IOException first = null;
        for (SafetensorsFile shard : shards.values()) {
            try {
                shard.close();
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
