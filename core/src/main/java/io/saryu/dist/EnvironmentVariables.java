package io.saryu.dist;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads numbers and texts out of environment variables; an empty variable counts as one that is not set. */
final class EnvironmentVariables {
    private static final int MOST_PROCESSES = 1 << 16;

    private final Map<String, String> variables;

    EnvironmentVariables(Map<String, String> variables) {
        this.variables = variables;
    }

    boolean has(String name) {
        return !get(name).isEmpty();
    }

    /** The value without blanks around it; empty when it is not set. */
    String get(String name) {
        String value = variables.get(name);
        return value == null ? "" : value.strip();
    }

    /** The value of the first that is set; empty when none is. */
    String first(String... names) {
        for (String name : names) {
            if (has(name)) {
                return get(name);
            }
        }
        return "";
    }

    /**
     * @param who sets them
     * @throws IllegalArgumentException naming those that are not set
     */
    void require(String who, String... names) {
        List<String> missing = new ArrayList<>();
        List<String> there = new ArrayList<>();
        for (String name : LaunchEnvironment.names()) {
            if (has(name)) {
                there.add(name);
            }
        }
        for (String name : names) {
            if (!has(name)) {
                missing.add(name);
            }
        }
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("this process is one of several by the environment ("
                    + String.join(", ", there.isEmpty() ? List.of(names) : there) + "), but " + String.join(" and ", missing)
                    + (missing.size() == 1 ? " is" : " are") + " not set; " + who + ", and without other processes none should be");
        }
    }

    /** @throws IllegalArgumentException when it is set and no number from {@code from} to {@code to} */
    int number(String name, int otherwise, int from, int to) {
        String value = get(name);
        if (value.isEmpty()) {
            return otherwise;
        }
        if (!value.matches("\\d{1,9}") || Integer.parseInt(value) < from || Integer.parseInt(value) > to) {
            throw new IllegalArgumentException("the environment variable " + name + " is '" + value + "'; it must be a number from "
                    + from + " to " + to);
        }
        return Integer.parseInt(value);
    }

    /** A number of processes that must be set. */
    int processes(String name) {
        return number(name, 1, 1, MOST_PROCESSES);
    }

    /** A number below that of processes. */
    int rank(String name, int processes, String of) {
        String value = get(name);
        if (!value.matches("\\d{1,9}") || Integer.parseInt(value) >= processes) {
            throw new IllegalArgumentException("the environment variable " + name + " is '" + value + "'; with " + of + "="
                    + processes + " it must be a number from 0 to " + (processes - 1));
        }
        return Integer.parseInt(value);
    }
}
