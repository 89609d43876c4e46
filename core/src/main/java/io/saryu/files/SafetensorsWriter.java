package io.saryu.files;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes safetensors files, byte for byte as the Rust implementation does: tensors by type (widest first) then name,
 * the header padded with spaces to a multiple of eight bytes.
 */
public final class SafetensorsWriter {
    private static final int CHUNK_BYTES = 8 << 20;
    /** The Rust implementation's order of types, last first. */
    private static final List<DType> ORDER = List.of(DType.I64, DType.F64, DType.F32, DType.I32, DType.BF16, DType.F16,
            DType.U16, DType.I8, DType.BOOL);

    private SafetensorsWriter() {
    }

    /**
     * Writes host tensors to one file, whole or not at all.
     *
     * @param tensors  by name; contiguous, on the host
     * @param metadata for {@code __metadata__}; transformers wants {@code {"format": "pt"}}; may be empty
     * @throws IllegalArgumentException for a tensor on another device, with gaps between rows, or a name that the
     *                                  format keeps for itself
     */
    public static void write(Path target, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        List<Map.Entry<String, Tensor>> entries = new ArrayList<>(tensors.entrySet());
        entries.forEach(e -> check(e.getKey(), e.getValue()));
        entries.sort(Comparator.comparingInt((Map.Entry<String, Tensor> e) -> ORDER.indexOf(e.getValue().dtype()))
                .thenComparing(Map.Entry::getKey));
        byte[] header = header(entries, metadata);
        if (header.length > SafetensorsHeader.LONGEST) {
            throw new IllegalArgumentException("the header of " + target + " would have " + header.length
                    + " bytes, more than the " + SafetensorsHeader.LONGEST + " that readers accept; write fewer"
                    + " tensors");
        }
        AtomicFile.writeChannel(target, channel -> {
            ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length);
            write(channel, prefix);
            write(channel, ByteBuffer.wrap(header));
            for (Map.Entry<String, Tensor> e : entries) {
                write(channel, e.getValue().segment(), bytes(e.getValue()));
            }
        });
    }

    private static void check(String name, Tensor tensor) {
        if (!tensor.device().isHost() || !tensor.isContiguous()) {
            throw new IllegalArgumentException("tensor '" + name + "' " + Arrays.toString(tensor.shape()) + " on "
                    + tensor.device() + " cannot be written: copy it to a contiguous tensor on the host first");
        }
        if (name.equals("__metadata__")) {
            throw new IllegalArgumentException("a tensor cannot be named __metadata__ in a safetensors file;"
                    + " rename it");
        }
    }

    private static long bytes(Tensor tensor) {
        return tensor.count() * tensor.dtype().bytes();
    }

    private static byte[] header(List<Map.Entry<String, Tensor>> entries, Map<String, String> metadata)
            throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            json.put("__metadata__", metadata);
        }
        long at = 0;
        for (Map.Entry<String, Tensor> e : entries) {
            Map<String, Object> info = new LinkedHashMap<>();
            info.put("dtype", e.getValue().dtype().name());
            info.put("shape", e.getValue().shape());
            info.put("data_offsets", new long[] {at, at += bytes(e.getValue())});
            json.put(e.getKey(), info);
        }
        byte[] text = new ObjectMapper().writeValueAsBytes(json);
        byte[] padded = Arrays.copyOf(text, text.length + 7 & -8);
        Arrays.fill(padded, text.length, padded.length, (byte) ' ');
        return padded;
    }

    private static void write(FileChannel channel, MemorySegment from, long length) throws IOException {
        for (long at = 0; at < length; at += CHUNK_BYTES) {
            write(channel, from.asSlice(at, Math.min(CHUNK_BYTES, length - at)).asByteBuffer());
        }
    }

    private static void write(FileChannel channel, ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            channel.write(from);
        }
    }
}
