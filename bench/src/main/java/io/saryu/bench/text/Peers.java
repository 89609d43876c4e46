package io.saryu.bench.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The sentence splitters of a Python installation, run by {@code bench/peers/sentences.py}. */
final class Peers {
    private Peers() {
    }

    /**
     * What one library made of a file.
     *
     * @param ends    for each text the indexes after each sentence, or null where the library changed the text
     * @param seconds of the splitting alone
     */
    record Peer(String name, List<int[]> ends, double seconds) {
    }

    /** Runs the script; none where no library is installed. */
    static List<Peer> run(String python, Path script, Path file, List<GoldText> gold)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(python, script.toString(), file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<Peer> peers = new ArrayList<>();
        try (BufferedReader lines = process.inputReader(java.nio.charset.StandardCharsets.UTF_8)) {
            String line;
            while ((line = lines.readLine()) != null) {
                peers.add(parse(new ObjectMapper().readTree(line), gold));
            }
        }
        if (process.waitFor() != 0) {
            throw new IOException(python + " " + script + " failed with exit code " + process.exitValue()
                    + "; its message is above");
        }
        return peers;
    }

    private static Peer parse(JsonNode node, List<GoldText> gold) {
        List<int[]> all = new ArrayList<>();
        for (int i = 0; i < gold.size(); i++) {
            JsonNode offsets = node.get("ends").get(i);
            int[] ends = offsets.isNull() ? null : new int[offsets.size()];
            for (int j = 0; ends != null && j < ends.length; j++) {
                ends[j] = gold.get(i).text().offsetByCodePoints(0, offsets.get(j).asInt());
            }
            all.add(ends);
        }
        return new Peer(node.get("name").asText(), all, node.get("seconds").asDouble());
    }
}
