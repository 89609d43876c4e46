package io.saryu.train;

/** Version of this build. */
public final class SaryuVersion {
    private SaryuVersion() {
    }

    /** From the module's descriptor on the module path, from the jar's manifest on the class path. */
    public static String get() {
        String version = SaryuVersion.class.getModule().isNamed()
                ? SaryuVersion.class.getModule().getDescriptor().rawVersion().orElse(null)
                : SaryuVersion.class.getPackage().getImplementationVersion();
        return version == null ? "(run from classes)" : version;
    }
}
