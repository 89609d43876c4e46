package io.saryu.lora;

import io.saryu.files.SafetensorsModel;
import io.saryu.files.TensorInfo;
import io.saryu.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.TreeSet;

/**
 * Tells models of equal shape apart, so that an adapter is not put on another than the one that it was trained on: names, types
 * and shapes of all tensors, and the content of the vectors, which every training step changes, and of the first layer, which
 * merging an adapter changes. That is a small part of all, so reading it takes no time.
 */
public final class BaseFingerprint {
    private static final String FIRST_LAYER = "model.layers.0.";
    /** Of one tensor. */
    private static final long MOST_BYTES = 64L << 20;

    private BaseFingerprint() {
    }

    /** The fingerprint of a model folder, 16 hexadecimal digits. */
    public static String of(Path folder) throws IOException {
        MessageDigest sha;
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        try (SafetensorsModel model = SafetensorsModel.open(folder)) {
            for (String name : new TreeSet<>(model.names())) {
                TensorInfo info = model.info(name);
                sha.update((name + info.dtype() + Arrays.toString(info.shape())).getBytes(StandardCharsets.UTF_8));
                if (info.shape().length == 1 || name.startsWith(FIRST_LAYER)) {
                    try (Tensor t = Tensor.allocate(name, info.dtype(), info.shape())) {
                        model.read(name, t.segment());
                        sha.update(t.segment().asSlice(0, Math.min(MOST_BYTES, t.segment().byteSize())).asByteBuffer());
                    }
                }
            }
        }
        return HexFormat.of().formatHex(sha.digest(), 0, 8);
    }
}
