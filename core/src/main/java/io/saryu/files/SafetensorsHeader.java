package io.saryu.files;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.saryu.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a safetensors file says about its data: eight bytes of header length (little-endian), the header as JSON, the
 * data. The JSON is parsed as a stream, so that a hostile header costs no more heap than the tensors it really lists.
 *
 * @param dataStart first byte after the header
 * @param tensors   by name, in the order of their data
 * @param metadata  the file's own strings
 */
record SafetensorsHeader(long dataStart, Map<String, TensorInfo> tensors, Map<String, String> metadata) {
    /** The limit of the Rust implementation. */
    static final long LONGEST = 100_000_000;
    /** Known models have some ten thousand in one file. */
    private static final int MOST_TENSORS = 1_000_000;
    /** Known files have fewer than a hundred; a hundred megabytes of them would fill the heap. */
    private static final int MOST_METADATA = 100_000;
    private static final int MOST_DIMENSIONS = 16;

    static SafetensorsHeader read(FileChannel channel, Path file) throws IOException {
        long size = channel.size();
        if (size < 8) {
            throw new MalformedFileException(file + " has " + size + " bytes, too few for a safetensors file; it is"
                    + " empty or was cut off, get it again");
        }
        ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        FileReads.fully(channel, file, 0, prefix);
        long length = prefix.getLong(0);
        if (length < 2 || length > LONGEST || length > size - 8) {
            throw new MalformedFileException(file + " announces a header of " + Long.toUnsignedString(length)
                    + " bytes, which cannot be in a file of " + size + " bytes (and at most " + LONGEST
                    + " are allowed); it is cut off or no safetensors file");
        }
        Parser parser = new Parser(file);
        try (JsonParser json = StrictJson.parser(FileReads.stream(channel, file, 8, 8 + length))) {
            parser.header(json);
        } catch (JsonProcessingException e) {
            throw new MalformedFileException("the header of " + file + " is not valid JSON: "
                    + StrictJson.reason(e), e);
        } catch (CharacterCodingException e) {
            throw new MalformedFileException("the header of " + file + " is not valid UTF-8", e);
        }
        return new SafetensorsHeader(8 + length, parser.inOrder(size - 8 - length),
                Collections.unmodifiableMap(parser.metadata));
    }

    /** One pass over the JSON. */
    private static final class Parser {
        final Path file;
        final List<TensorInfo> tensors = new ArrayList<>();
        final Map<String, String> metadata = new LinkedHashMap<>();

        Parser(Path file) {
            this.file = file;
        }

        MalformedFileException bad(String what) {
            return new MalformedFileException("the header of " + file + " is malformed: " + what);
        }

        void header(JsonParser json) throws IOException {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw bad("it is not a JSON object");
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                if (json.nextToken() != JsonToken.START_OBJECT) {
                    throw bad("'" + Excerpt.of(name) + "' is not an object");
                }
                if (name.equals("__metadata__")) {
                    metadata(json);
                } else {
                    tensors.add(tensor(json, name));
                }
                if (tensors.size() > MOST_TENSORS) {
                    throw bad("it lists more than " + MOST_TENSORS + " tensors");
                }
            }
            if (json.nextToken() != null) {
                throw bad("something follows its closing brace");
            }
        }

        private void metadata(JsonParser json) throws IOException {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String key = json.currentName();
                if (json.nextToken() != JsonToken.VALUE_STRING) {
                    throw bad("the value of '" + Excerpt.of(key) + "' in __metadata__ is not a string");
                }
                metadata.put(key, json.getText());
                if (metadata.size() > MOST_METADATA) {
                    throw bad("__metadata__ has more than " + MOST_METADATA + " keys");
                }
            }
        }

        private TensorInfo tensor(JsonParser json, String name) throws IOException {
            DType dtype = null;
            long[] shape = null;
            long[] offsets = null;
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String key = json.currentName();
                JsonToken value = json.nextToken();
                switch (key) {
                    case "dtype" -> dtype = dtype(json, value, name);
                    case "shape" -> shape = sizes(json, value, name, key);
                    case "data_offsets" -> offsets = sizes(json, value, name, key);
                    default -> throw bad("tensor '" + Excerpt.of(name) + "' has an unknown key '" + Excerpt.of(key)
                            + "'");
                }
            }
            if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
                throw bad("tensor '" + Excerpt.of(name) + "' needs dtype, shape and two data_offsets");
            }
            check(name, dtype, shape, offsets);
            return new TensorInfo(name, dtype, shape, offsets[0], offsets[1]);
        }

        private DType dtype(JsonParser json, JsonToken value, String name) throws IOException {
            String text = value == JsonToken.VALUE_STRING ? json.getText() : "";
            for (DType d : DType.values()) {
                if (d.name().equals(text)) {
                    return d;
                }
            }
            throw new MalformedFileException("tensor '" + Excerpt.of(name) + "' in " + file + " has the dtype '"
                    + Excerpt.of(text, 20) + "', which is not read here; convert the file to one of "
                    + Arrays.toString(DType.values()));
        }

        private long[] sizes(JsonParser json, JsonToken value, String name, String key) throws IOException {
            if (value != JsonToken.START_ARRAY) {
                throw bad(key + " of tensor '" + Excerpt.of(name) + "' is not a list");
            }
            long[] out = new long[MOST_DIMENSIONS];
            int n = 0;
            while (json.nextToken() != JsonToken.END_ARRAY) {
                boolean fits = json.currentToken() == JsonToken.VALUE_NUMBER_INT
                        && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER && json.getLongValue() >= 0;
                if (!fits || n == MOST_DIMENSIONS) {
                    throw bad(key + " of tensor '" + Excerpt.of(name) + "' is not a list of at most " + MOST_DIMENSIONS
                            + " whole numbers from 0 to 2^63 - 1");
                }
                out[n++] = json.getLongValue();
            }
            return Arrays.copyOf(out, n);
        }

        private void check(String name, DType dtype, long[] shape, long[] offsets) throws IOException {
            long bytes = dtype.bytes();
            try {
                for (long d : shape) {
                    bytes = Math.multiplyExact(bytes, d);
                }
            } catch (ArithmeticException e) {
                throw bad("the size of tensor '" + Excerpt.of(name) + "' overflows");
            }
            if (offsets[0] > offsets[1] || offsets[1] - offsets[0] != bytes) {
                throw bad("tensor '" + Excerpt.of(name) + "' is " + dtype + Arrays.toString(shape) + ", " + bytes
                        + " bytes, but its data_offsets are " + Arrays.toString(offsets));
            }
        }

        /** The tensors by place, after a check that they cover the data exactly. */
        Map<String, TensorInfo> inOrder(long dataBytes) throws IOException {
            tensors.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
            long at = 0;
            Map<String, TensorInfo> out = new LinkedHashMap<>(tensors.size() * 2);
            for (TensorInfo t : tensors) {
                if (t.begin() != at) {
                    throw bad("tensor '" + Excerpt.of(t.name()) + "' begins at byte " + t.begin() + " of the data, but"
                            + " the one before it ends at " + at);
                }
                at = t.end();
                out.put(t.name(), t);
            }
            if (at != dataBytes) {
                throw new MalformedFileException(file + " should hold " + at + " bytes of data by its header, but"
                        + " holds " + dataBytes + "; it is cut off or damaged, get it again");
            }
            return Collections.unmodifiableMap(out);
        }
    }
}
