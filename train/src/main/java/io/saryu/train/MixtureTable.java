package io.saryu.train;

import io.saryu.data.PackedDataset;
import io.saryu.text.MixFindings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a run says of its languages before it starts: shares asked for and reached, and how often text comes. */
final class MixtureTable {
    private MixtureTable() {
    }

    /** @return lines for the terminal; none with a single language */
    static List<String> lines(PackedDataset data, DataArguments arguments) {
        Map<String, Long> taken = data.windowsByLanguage();
        if (taken.size() < 2) {
            return List.of();
        }
        long total = data.windowsPerEpoch();
        List<String> lines = new ArrayList<>();
        Map<String, Double> shares = new LinkedHashMap<>();
        for (Map.Entry<String, Long> e : taken.entrySet()) {
            Double share = arguments.train().get(e.getKey()).share();
            shares.put(e.getKey(), share);
            lines.add(String.format(Locale.ROOT, "%-8s %,15d tokens an epoch, %5.1f %%%s; its text comes %.2f times", e.getKey(),
                    e.getValue() * data.contextLength(), 100.0 * e.getValue() / total,
                    share == null ? "" : String.format(Locale.ROOT, " (%.1f %% asked)", 100 * share),
                    data.epochsByLanguage().get(e.getKey())));
        }
        if (shares.values().stream().allMatch(s -> s != null)) {
            lines.addAll(MixFindings.of(data.availableByLanguage(), taken, shares, "tokens"));
        }
        return lines;
    }
}
