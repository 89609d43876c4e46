package io.saryu.files;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A real process that writes files, to be killed or to run out of room. */
final class WriterProcess {
    static final int TOKENS = 300_000;
    static final int VOCABULARY = 1000;

    private WriterProcess() {
    }

    /** The command line of this class in a JVM of its own. */
    static List<String> command(String... arguments) throws URISyntaxException {
        Set<String> classPath = new LinkedHashSet<>();
        for (Class<?> c : List.of(WriterProcess.class, AtomicFile.class, ObjectMapper.class, JsonFactory.class,
                JsonInclude.class)) {
            classPath.add(Path.of(c.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
        }
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-Xmx256m",
                "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-cp", String.join(File.pathSeparator, classPath),
                WriterProcess.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[1]);
        if (arguments[0].equals("all")) {
            everyWriter(folder);
        } else {
            for (int round = 0;; round++) {
                tokens(folder.resolve("a.bin"), round % VOCABULARY);
                System.out.println(round);
            }
        }
    }

    /** Tokens that are all the same; the description says which. */
    static void tokens(Path bin, int id) throws IOException {
        int[] ids = new int[TOKENS];
        Arrays.fill(ids, id);
        try (TokenFileWriter writer = TokenFileWriter.create(bin, VOCABULARY, "0".repeat(64), "hi")) {
            writer.append(ids, ids.length, id);
            writer.commit();
        }
    }

    /** Writes more than there is room for with each writer; prints a line for each failure. */
    static void everyWriter(Path folder) {
        byte[] much = new byte[1 << 20];
        attempt(() -> AtomicFile.write(folder.resolve("file"), out -> out.write(much)));
        attempt(() -> AtomicFolder.write(folder.resolve("folder"), f -> Files.write(f.resolve("a"), much)));
        attempt(() -> AtomicFolder.write(folder.resolve("folder"),
                f -> AtomicFile.write(f.resolve("a"), out -> out.write(much))));
        attempt(() -> {
            try (Tensor t = Tensor.allocate("t", DType.I8, much.length)) {
                SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of("t", t), Map.of());
            }
        });
        attempt(() -> tokens(folder.resolve("a.bin"), 5));
    }

    /** Something that should fail. */
    private interface Attempt {
        void run() throws IOException;
    }

    private static void attempt(Attempt attempt) {
        try {
            attempt.run();
            System.out.println("written");
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
    }
}
