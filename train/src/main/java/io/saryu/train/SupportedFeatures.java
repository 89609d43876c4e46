package io.saryu.train;

/** What a configuration may ask for that has a name already but is not there yet. */
final class SupportedFeatures {
    private SupportedFeatures() {
    }

    static void require(TrainConfig c) {
        if (c.device().equals("cuda")) {
            throw new UnsupportedOperationException("device cuda is not supported by this version, which trains on the CPU; use"
                    + " --set device=cpu" + (c.numDevices() > 1 ? " (num_devices " + c.numDevices()
                            + " is then as many workers that share it)" : ""));
        }
    }
}
