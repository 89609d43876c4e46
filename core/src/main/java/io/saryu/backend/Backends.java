package io.saryu.backend;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds the backends that are on the class path or module path. */
public final class Backends {
    private static final System.Logger LOG = System.getLogger(Backends.class.getName());

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
     * The backend of that name; {@code auto} takes the best one that is available and logs why better ones are not.
     *
     * @throws IllegalArgumentException for an unknown name
     * @throws IllegalStateException    when it is not available here, saying why
     */
    public static Backend get(String name) {
        if (name.equals("reference")) {
            return new ReferenceBackend();
        }
        List<BackendProvider> all = providers();
        for (BackendProvider p : all) {
            if (name.equals("auto") || name.equals(p.name())) {
                String why = p.unavailableBecause();
                if (why == null) {
                    return p.create();
                }
                if (!name.equals("auto")) {
                    throw new IllegalStateException("device '" + name + "' is not available: " + why);
                }
                LOG.log(System.Logger.Level.INFO, "backend {0} is not available: {1}", p.name(), why);
            }
        }
        String known = all.stream().map(BackendProvider::name).collect(Collectors.joining(", "));
        throw new IllegalArgumentException(name.equals("auto")
                ? "no backend is available: put saryu-kernels on the class path"
                : "unknown device '" + name + "'; known here: auto, " + known + ", reference");
    }
}
