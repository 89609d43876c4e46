package io.saryu.dist;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Names and values that all processes of a run must have in common. */
final class Facts {
    private static final int MOST_TOLD = 4;

    private Facts() {
    }

    static byte[] encode(Map<String, String> facts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(facts.size());
            for (Map.Entry<String, String> fact : facts.entrySet()) {
                out.writeUTF(fact.getKey());
                out.writeUTF(fact.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a fact is longer than 64 KiB", e);
        }
        return bytes.toByteArray();
    }

    private static Map<String, String> decode(byte[] bytes) {
        Map<String, String> facts = new LinkedHashMap<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            for (int n = in.readInt(); n > 0; n--) {
                facts.put(in.readUTF(), in.readUTF());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a process sent what is no list of facts", e);
        }
        return facts;
    }

    /** @throws IllegalArgumentException naming the first process that differs from process 0, and in what */
    static void compare(byte[][] encoded, ProcessGroup group, String whatToDo) {
        Map<String, String> first = decode(encoded[0]);
        for (int p = 1; p < encoded.length; p++) {
            Map<String, String> other = decode(encoded[p]);
            Set<String> names = new LinkedHashSet<>(first.keySet());
            names.addAll(other.keySet());
            List<String> differ = new ArrayList<>();
            for (String name : names) {
                if (!first.getOrDefault(name, "").equals(other.getOrDefault(name, ""))) {
                    differ.add(name + " (" + shown(other.get(name)) + ", not " + shown(first.get(name)) + ")");
                }
            }
            if (!differ.isEmpty()) {
                String more = differ.size() > MOST_TOLD ? " and " + (differ.size() - MOST_TOLD) + " more" : "";
                throw new IllegalArgumentException(group.name(p) + " and " + group.name(0) + " differ in "
                        + String.join(", ", differ.subList(0, Math.min(MOST_TOLD, differ.size()))) + more + "; " + whatToDo);
            }
        }
    }

    private static String shown(String value) {
        return value == null ? "none" : value;
    }
}
