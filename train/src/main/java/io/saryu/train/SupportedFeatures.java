package io.saryu.train;

import java.util.ArrayList;
import java.util.List;

/** What a configuration may ask for that has a name already but is not there yet. */
final class SupportedFeatures {
    private SupportedFeatures() {
    }

    static void require(TrainConfig c) {
        List<String> missing = new ArrayList<>();
        List<String> instead = new ArrayList<>();
        if (c.device().equals("cuda")) {
            missing.add("device cuda");
            instead.add("--set device=cpu");
        }
        if (c.numDevices() > 1) {
            missing.add("num_devices " + c.numDevices());
            instead.add("--set num_devices=1");
        }
        if (!missing.isEmpty()) {
            throw new UnsupportedOperationException(join(missing) + (missing.size() == 1 ? " is" : " are")
                    + " not supported by this version, which trains on one CPU; use "
                    + String.join(" ", instead));
        }
    }

    private static String join(List<String> names) {
        return names.size() == 1 ? names.get(0)
                : String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.get(names.size() - 1);
    }
}
