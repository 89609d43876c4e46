package io.saryu.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes a unigram model as SentencePiece's {@code ModelProto}, with the fields of its trainer that bear on encoding or
 * say how the model was made. Field numbers are those of sentencepiece_model.proto.
 */
final class UnigramModelFile {
    /** The pieces before the symbols, by id. */
    static final List<String> SPECIAL = List.of("<unk>", "<s>", "</s>", "<pad>");

    private static final int VARINT = 0;
    private static final int BLOCK = 2;
    private static final int FOUR_BYTES = 5;
    private static final float SCORE_UNIT = 1024;

    private UnigramModelFile() {
    }

    /** Name of a byte's piece. */
    static String byteName(int value) {
        return String.format("<0x%02X>", value);
    }

    /** The content of a tokenizer.model; scores are rounded to multiples of 1/1024. */
    static byte[] write(UnigramPieces learnt, TokenizerTrainerOptions options) {
        Message model = new Message();
        for (int id = 0; id < SPECIAL.size(); id++) {
            model.block(1, piece(SPECIAL.get(id), 0, id == 0 ? 2 : 3));
        }
        for (String symbol : options.symbols()) {
            model.block(1, piece(symbol, 0, 4));
        }
        for (int value = 0; value < 256; value++) {
            model.block(1, piece(byteName(value), 0, 6));
        }
        for (int i = 0; i < learnt.size(); i++) {
            float score = Math.round(learnt.scores()[i] * SCORE_UNIT) / SCORE_UNIT;
            model.block(1, piece(learnt.pieces().get(i), score, 1));
        }
        return model.block(2, trainerSpec(options)).block(3, normalizerSpec()).bytes();
    }

    private static Message piece(String text, float score, int type) {
        return new Message().text(1, text).number(2, score).number(3, type);
    }

    private static Message trainerSpec(TokenizerTrainerOptions options) {
        Message spec = new Message().number(3, 1).number(4, options.vocabSize())
                .number(10, (float) options.characterCoverage()).number(11, options.inputSentenceSize())
                .number(14, options.seedPieces()).number(18, options.maxSentenceLength())
                .number(20, Alphabet.MAX_PIECE_LENGTH).number(25, 1);
        options.symbols().forEach(symbol -> spec.text(31, symbol));
        spec.number(35, 1);
        for (int id = 0; id < SPECIAL.size(); id++) {
            spec.number(40 + id, id).text(45 + id, SPECIAL.get(id));
        }
        return spec;
    }

    private static Message normalizerSpec() {
        return new Message().text(1, "identity").number(3, 0).number(4, 0).number(5, 1);
    }

    /** A protobuf message in the writing. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint((long) field << 3 | VARINT);
            varint(value);
            return this;
        }

        Message number(int field, float value) {
            varint((long) field << 3 | FOUR_BYTES);
            out.writeBytes(ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
            return this;
        }

        Message text(int field, String value) {
            return block(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message block(int field, Message message) {
            return block(field, message.bytes());
        }

        private Message block(int field, byte[] bytes) {
            varint((long) field << 3 | BLOCK);
            varint(bytes.length);
            out.writeBytes(bytes);
            return this;
        }

        private void varint(long value) {
            for (; (value & ~0x7FL) != 0; value >>>= 7) {
                out.write((int) (value & 0x7F | 0x80));
            }
            out.write((int) value);
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
