package io.saryu.cli;

/** Version of this build. */
final class Versions {
    private Versions() {
    }

    static String saryu() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not built by Maven)" : version;
    }
}
