package io.saryu.cli;

/** Version of this build. */
final class Versions {
    private Versions() {
    }

    /** From the module's descriptor on the module path, from the jar's manifest on the class path. */
    static String saryu() {
        String version = Main.class.getModule().isNamed()
                ? Main.class.getModule().getDescriptor().rawVersion().orElse(null)
                : Main.class.getPackage().getImplementationVersion();
        return version == null ? "(run from classes)" : version;
    }
}
