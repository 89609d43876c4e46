package io.saryu.dist;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The first host of a SLURM node list, which is written short: {@code gpu[03-05,9],login} stands for gpu03, gpu04, gpu05,
 * gpu9 and login (SLURM's {@code scontrol show hostnames}).
 */
final class SlurmNodes {
    /** What stands before a bracket, and the first number in it. */
    private static final Pattern BRACKET = Pattern.compile("([^\\[\\],]*)\\[(\\d+)(?:-\\d+)?(?:,\\d+(?:-\\d+)?)*]");
    private static final Pattern PLAIN = Pattern.compile("[^\\[\\],]+");

    private SlurmNodes() {
    }

    /**
     * The first host.
     *
     * @throws IllegalArgumentException when the text is no node list
     */
    static String first(String nodes) {
        StringBuilder host = new StringBuilder();
        int at = 0;
        // A name may have several brackets: rack[1-2]node[01-16].
        while (at < nodes.length() && nodes.charAt(at) != ',') {
            Matcher bracket = BRACKET.matcher(nodes).region(at, nodes.length());
            Matcher plain = PLAIN.matcher(nodes).region(at, nodes.length());
            if (bracket.lookingAt()) {
                host.append(bracket.group(1)).append(bracket.group(2));
                at = bracket.end();
            } else if (plain.lookingAt()) {
                host.append(plain.group());
                at = plain.end();
            } else {
                break;
            }
        }
        if (host.isEmpty() || at < nodes.length() && nodes.charAt(at) != ',') {
            throw new IllegalArgumentException("the environment variable SLURM_NODELIST is '" + nodes + "', which is no list of"
                    + " hosts as SLURM writes it; set MASTER_ADDR to the first host");
        }
        return host.toString();
    }
}
