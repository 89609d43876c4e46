package io.saryu.backend;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds the backends that are on the class path or module path. */
public final class Backends {
    private static final System.Logger LOG = System.getLogger(Backends.class.getName());

    private static final int MOST_THREADS = 1024;

    private Backends() {
    }

    /** All providers, best first. The reference backend is not among them: ask for it by name. */
    public static List<BackendProvider> providers() {
        List<BackendProvider> found = new ArrayList<>();
        ServiceLoader.load(BackendProvider.class).forEach(found::add);
        found.sort(Comparator.comparingInt(BackendProvider::priority).reversed());
        return found;
    }

    /**
     * The backend of that name, on the first device; {@code auto} takes the best one that is available; {@link #passedOver} says
     * why not a better one.
     *
     * @throws IllegalArgumentException for an unknown name
     * @throws IllegalStateException    when it is not available here, saying why
     */
    public static Backend get(String name) {
        return name.equals("reference") ? new ReferenceBackend() : provider(name).create();
    }

    /**
     * The provider that {@link #get} asks: for runs that use several devices.
     *
     * @param name as for {@link #get}, without {@code reference}, which has no devices
     * @throws IllegalArgumentException for an unknown name
     * @throws IllegalStateException    when it is not available here, saying why
     */
    public static BackendProvider provider(String name) {
        List<BackendProvider> all = providers();
        for (BackendProvider p : all) {
            if (name.equals("auto") || name.equals(p.name())) {
                String why = p.unavailableBecause();
                if (why == null) {
                    return p;
                }
                if (!name.equals("auto")) {
                    throw new IllegalStateException("device '" + name + "' is not available: " + why);
                }
                LOG.log(System.Logger.Level.DEBUG, "backend {0} is not available: {1}", p.name(), why);
            }
        }
        String known = all.stream().map(BackendProvider::name).collect(Collectors.joining(", "));
        throw new IllegalArgumentException(name.equals("auto")
                ? "no backend is available: put saryu-kernels on the class path"
                : "unknown device '" + name + "'; known here: auto, " + known + ", reference");
    }

    /** What {@code auto} passes over to take a provider: a sentence for each better one, which is not available. */
    public static List<String> passedOver(BackendProvider taken) {
        List<String> reasons = new ArrayList<>();
        for (BackendProvider p : providers()) {
            if (p.name().equals(taken.name())) {
                break;
            }
            reasons.add(p.name() + " is not available: " + p.unavailableBecause());
        }
        return reasons;
    }

    /**
     * Threads to compute with.
     *
     * @param wanted a number from a flag or a configuration; 0 takes the environment variable {@code SARYU_THREADS}, or
     *               else all processors that the JVM may use
     * @throws IllegalArgumentException when the number is not from 0 to 1024, or the variable is none
     */
    public static int threads(int wanted) {
        if (wanted < 0 || wanted > MOST_THREADS) {
            throw new IllegalArgumentException("threads must be from 0 (all) to " + MOST_THREADS + ", not " + wanted);
        }
        if (wanted > 0) {
            return wanted;
        }
        String variable = System.getenv("SARYU_THREADS");
        if (variable == null || variable.isBlank()) {
            return Runtime.getRuntime().availableProcessors();
        }
        if (!variable.strip().matches("[1-9][0-9]{0,3}") || Integer.parseInt(variable.strip()) > MOST_THREADS) {
            throw new IllegalArgumentException("SARYU_THREADS is '" + variable + "'; set it to a number from 1 to "
                    + MOST_THREADS + " or unset it");
        }
        return Integer.parseInt(variable.strip());
    }
}
