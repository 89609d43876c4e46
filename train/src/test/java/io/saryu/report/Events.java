package io.saryu.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.tensorflow.framework.Summary;
import org.tensorflow.util.Event;
import org.tensorflow.util.SessionLog;

/** Reads event files with TensorFlow's own message classes. */
final class Events {
    static {
        // Those classes are of 2019, and protobuf warns of what hostile messages could do to them. Ours are not.
        System.setProperty("com.google.protobuf.use_unsafe_pre22_gencode", "true");
    }

    private Events() {
    }

    /** The event files of a folder in the order of their names. */
    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    /** All events of a file, checksums compared. */
    static List<Event> read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (in.hasRemaining()) {
            int at = in.position();
            int length = Math.toIntExact(in.getLong());
            assertEquals(unmasked(in.getInt()), crc(bytes, at, 8), "checksum of a length");
            byte[] data = Arrays.copyOfRange(bytes, in.position(), in.position() + length);
            in.position(in.position() + length);
            assertEquals(unmasked(in.getInt()), crc(data, 0, length), "checksum of a record");
            events.add(Event.parseFrom(data));
        }
        return events;
    }

    private static int crc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    /** TensorFlow's core/lib/hash/crc32c.h, Unmask. */
    private static int unmasked(int masked) {
        int rotated = masked - 0xa282ead8;
        return rotated >>> 17 | rotated << 15;
    }

    /** A scalar by step, as TensorBoard sees the files: a session's start calls back what was said of its step and later. */
    static Map<Long, Float> scalar(Path folder, String tag) throws IOException {
        Map<Long, Float> values = new TreeMap<>();
        for (Path file : files(folder)) {
            for (Event event : read(file)) {
                if (event.getSessionLog().getStatus() == SessionLog.SessionStatus.START) {
                    values.keySet().removeIf(step -> step >= event.getStep());
                }
                for (Summary.Value value : event.getSummary().getValueList()) {
                    if (value.getTag().equals(tag) && value.getValueCase() == Summary.Value.ValueCase.SIMPLE_VALUE) {
                        assertEquals(null, values.put(event.getStep(), value.getSimpleValue()),
                                tag + " stands twice for step " + event.getStep());
                    }
                }
            }
        }
        return values;
    }
}
