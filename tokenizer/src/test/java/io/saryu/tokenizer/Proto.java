package io.saryu.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Protobuf messages as trees of fields, so that a model can be changed in ways that still parse. */
final class Proto {
    private static final float[] SCORES = {0, -0f, 1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
        Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE, 1e9f, -1e9f};
    private static final long[] NUMBERS = {0, 1, 2, 3, 4, 5, 6, 7, 40, 255, 256, Integer.MAX_VALUE, -1, Long.MIN_VALUE};

    private Proto() {
    }

    /** Field: a varint (Long), four bytes (Float), a text or bytes (byte[]) or a message. */
    record Field(int number, Object value) {
    }

    record Message(List<Field> fields) {
        byte[] bytes() {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (Field field : fields) {
                switch (field.value) {
                    case Long number -> {
                        varint(out, (long) field.number << 3);
                        varint(out, number);
                    }
                    case Float score -> {
                        varint(out, (long) field.number << 3 | 5);
                        out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(score).array());
                    }
                    case Message message -> block(out, field.number, message.bytes());
                    default -> block(out, field.number, (byte[]) field.value);
                }
            }
            return out.toByteArray();
        }
    }

    private static void block(ByteArrayOutputStream out, int number, byte[] bytes) {
        varint(out, (long) number << 3 | 2);
        varint(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        for (; (value & ~0x7FL) != 0; value >>>= 7) {
            out.write((int) (value & 0x7F | 0x80));
        }
        out.write((int) value);
    }

    /** A whole model, whose top-level fields are messages. */
    static Message parse(byte[] model) {
        List<Field> fields = new ArrayList<>();
        for (Field field : fields(model)) {
            fields.add(new Field(field.number, new Message(fields((byte[]) field.value))));
        }
        return new Message(fields);
    }

    private static List<Field> fields(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<Field> fields = new ArrayList<>();
        while (in.hasRemaining()) {
            long tag = varint(in);
            Object value = switch ((int) tag & 7) {
                case 0 -> varint(in);
                case 5 -> in.getFloat();
                case 2 -> {
                    byte[] block = new byte[(int) varint(in)];
                    in.get(block);
                    yield block;
                }
                default -> throw new IllegalArgumentException("wire type " + (tag & 7));
            };
            fields.add(new Field((int) (tag >> 3), value));
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0;; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    /** The bytes of the model with one to three changes. */
    static byte[] mutate(Random random, Message model) {
        List<Field> fields = new ArrayList<>(model.fields);
        for (int changes = 1 + random.nextInt(3); changes > 0 && !fields.isEmpty(); changes--) {
            // The specs stand at the end, among thousands of pieces; half of the changes go there.
            int at = random.nextBoolean() ? fields.size() - 1 - random.nextInt(Math.min(3, fields.size()))
                    : random.nextInt(fields.size());
            Field field = fields.get(at);
            switch (random.nextInt(12)) {
                case 0 -> fields.remove(at);
                case 1 -> fields.add(random.nextInt(fields.size() + 1), field);
                case 2 -> fields.set(at, new Field(random.nextInt(8), field.value));
                case 3 -> fields.add(at, spec(random));
                default -> fields.set(at, new Field(field.number, changed(random, (Message) field.value)));
            }
        }
        return new Message(fields).bytes();
    }

    private static Message changed(Random random, Message message) {
        List<Field> fields = new ArrayList<>(message.fields);
        if (fields.isEmpty() || random.nextInt(8) == 0) {
            fields.add(new Field(1 + random.nextInt(50), random.nextBoolean() ? text(random) : number(random)));
            return new Message(fields);
        }
        int at = random.nextInt(fields.size());
        Field field = fields.get(at);
        switch (random.nextInt(8)) {
            case 0 -> fields.remove(at);
            case 1 -> fields.set(at, new Field(field.number, text(random)));
            case 2 -> fields.set(at, new Field(field.number, number(random)));
            default -> fields.set(at, new Field(field.number, switch (field.value) {
                case Long old -> number(random);
                case Float old -> SCORES[random.nextInt(SCORES.length)];
                default -> text(random);
            }));
        }
        return new Message(fields);
    }

    private static Object number(Random random) {
        return NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private static byte[] text(Random random) {
        switch (random.nextInt(7)) {
            case 0:
                return new byte[0];
            case 1:
                byte[] bytes = new byte[random.nextInt(20)];
                random.nextBytes(bytes);
                return bytes;
            case 2:
                return "a".repeat(1 + random.nextInt(3000)).getBytes(StandardCharsets.UTF_8);
            case 3:
                return "a\0b".getBytes(StandardCharsets.UTF_8);
            case 4:
                return new byte[] {(byte) 0xE2, (byte) 0x96};
            default:
                return RandomText.of(random, 3).getBytes(StandardCharsets.UTF_8);
        }
    }

    /** A normalizer, denormalizer or self test with content that SentencePiece itself would trust. */
    private static Field spec(Random random) {
        int number = 3 + random.nextInt(3);
        if (number == 4) {
            return new Field(4, new Message(List.of(new Field(1, new Message(List.of(
                    new Field(1, text(random)), new Field(2, text(random))))))));
        }
        return new Field(number, new Message(List.of(new Field(2, charsmap(random)))));
    }

    /** Units of a double array, mostly nonsense, with a few replacement texts. */
    private static byte[] charsmap(Random random) {
        int units = 256 * random.nextInt(3) + random.nextInt(2) * random.nextInt(300);
        ByteBuffer out = ByteBuffer.allocate(4 + 4 * units + 16).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(random.nextInt(10) == 0 ? random.nextInt() : 4 * units);
        for (int i = 0; i < units; i++) {
            int label = i & 0xFF;
            out.putInt(random.nextInt(4) == 0 ? random.nextInt()
                    : random.nextInt(3 * Math.max(units, 1)) << 10 | random.nextInt(2) << 8 | label);
        }
        return out.array();
    }
}
