package io.saryu.report;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Appends events to a TensorBoard file. The file is a sequence of TFRecords: a little-endian length of 8 bytes, a checksum of
 * it, the record, a checksum of that; checksums are CRC-32C, rotated and offset ("masked"). A record is a {@code
 * tensorflow.Event} message; its field numbers, and those of the messages in it, are TensorFlow's event.proto, summary.proto
 * and tensor.proto. Not thread-safe.
 */
final class EventFile implements AutoCloseable {
    private static final int MASK_DELTA = 0xa282ead8;
    // tensorflow.Event
    private static final int EVENT_WALL_TIME = 1;
    private static final int EVENT_STEP = 2;
    private static final int EVENT_FILE_VERSION = 3;
    private static final int EVENT_SUMMARY = 5;
    private static final int EVENT_SESSION_LOG = 7;
    private static final int SESSION_LOG_STATUS = 1;
    private static final int STATUS_START = 1;
    // tensorflow.Summary and Summary.Value
    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE = 2;
    private static final int VALUE_TENSOR = 8;
    private static final int VALUE_METADATA = 9;
    private static final int METADATA_PLUGIN = 1;
    private static final int PLUGIN_NAME = 1;
    // tensorflow.TensorProto and TensorShapeProto
    private static final int TENSOR_DTYPE = 1;
    private static final int DT_STRING = 7;
    private static final int TENSOR_SHAPE = 2;
    private static final int TENSOR_STRINGS = 8;
    private static final int SHAPE_DIM = 2;
    private static final int DIM_SIZE = 1;

    /** Fields of one message. */
    @FunctionalInterface
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private final Path file;
    private final FileChannel channel;
    private boolean broken;

    /** Makes a new file; its first record says which version of the format it is. */
    EventFile(Path file) throws IOException {
        this.file = file;
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            event(0, out -> out.writeString(EVENT_FILE_VERSION, "brain.Event:2"));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Says that what earlier files hold of {@code step} and later steps does not count any more. */
    void restart(long step) throws IOException {
        event(step, out -> out.writeByteArray(EVENT_SESSION_LOG,
                message(log -> log.writeEnum(SESSION_LOG_STATUS, STATUS_START))));
    }

    /** Figures of one step by tag; what is before the first slash groups them. */
    void scalars(long step, Map<String, Double> values) throws IOException {
        event(step, out -> out.writeByteArray(EVENT_SUMMARY, message(summary -> {
            for (Map.Entry<String, Double> e : values.entrySet()) {
                summary.writeByteArray(SUMMARY_VALUE, message(value -> {
                    value.writeString(VALUE_TAG, e.getKey());
                    value.writeFloat(VALUE_SIMPLE, e.getValue().floatValue());
                }));
            }
        })));
    }

    /** Texts of one tag, which TensorBoard shows as Markdown. */
    void texts(long step, String tag, List<String> texts) throws IOException {
        byte[] metadata = message(m -> m.writeByteArray(METADATA_PLUGIN, message(p -> p.writeString(PLUGIN_NAME, "text"))));
        byte[] tensor = message(t -> {
            t.writeEnum(TENSOR_DTYPE, DT_STRING);
            t.writeByteArray(TENSOR_SHAPE, message(s -> s.writeByteArray(SHAPE_DIM,
                    message(d -> d.writeInt64(DIM_SIZE, texts.size())))));
            for (String text : texts) {
                t.writeBytes(TENSOR_STRINGS, ByteString.copyFromUtf8(text));
            }
        });
        event(step, out -> out.writeByteArray(EVENT_SUMMARY, message(summary -> summary.writeByteArray(SUMMARY_VALUE,
                message(value -> {
                    value.writeString(VALUE_TAG, tag);
                    value.writeByteArray(VALUE_TENSOR, tensor);
                    value.writeByteArray(VALUE_METADATA, metadata);
                })))));
    }

    private void event(long step, Fields what) throws IOException {
        record(message(out -> {
            out.writeDouble(EVENT_WALL_TIME, System.currentTimeMillis() / 1000.0);
            out.writeInt64(EVENT_STEP, step);
            what.write(out);
        }));
    }

    private static byte[] message(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        fields.write(out);
        out.flush();
        return bytes.toByteArray();
    }

    private void record(byte[] data) throws IOException {
        if (broken) {
            // Readers stop at half a record; what comes after it would be lost.
            return;
        }
        ByteBuffer record = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length);
        record.putInt(maskedCrc(record.array(), 0, 8));
        record.put(data);
        record.putInt(maskedCrc(data, 0, data.length));
        record.flip();
        try {
            while (record.hasRemaining()) {
                channel.write(record);
            }
        } catch (IOException e) {
            broken = true;
            throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private static int maskedCrc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
