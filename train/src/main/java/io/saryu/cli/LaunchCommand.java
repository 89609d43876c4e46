package io.saryu.cli;

import io.saryu.backend.BackendProvider;
import io.saryu.backend.Backends;
import io.saryu.dist.LaunchEnvironment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "launch", description = "Trains on several GPUs, one process for each: saryu launch --gpus 4 -- train --config FILE."
        + " For machines without torchrun, mpirun or SLURM, whose variables 'saryu train' understands by itself.")
final class LaunchCommand extends SaryuSubcommand {
    private static final int HIGHEST_PORT = 65_000;
    /** A rank that lives ends by itself before. */
    private static final Duration PATIENCE = Interrupt.SAVE.plusSeconds(20);
    /** Beyond that, for those that do not. */
    private static final Duration KILLING = Duration.ofSeconds(20);

    @Option(names = "--gpus", required = true, paramLabel = "N", description = "Processes to start here, one for each GPU.")
    private int gpus;

    @Option(names = "--nodes", paramLabel = "N", defaultValue = "1",
            description = "Hosts of the run; start the same command on each. Default: ${DEFAULT-VALUE}.")
    private int nodes;

    @Option(names = "--node-rank", paramLabel = "N", defaultValue = "0",
            description = "Number of this host, from 0. Default: ${DEFAULT-VALUE}.")
    private int nodeRank;

    @Option(names = "--master-addr", paramLabel = "HOST", description = "Name or address of host 0, as all hosts reach it.")
    private String masterAddress;

    @Option(names = "--master-port", paramLabel = "PORT",
            description = "The same number on all hosts; the ranks meet on one of the 16 ports after it. Default: any on one host, "
                    + LaunchEnvironment.DEFAULT_PORT + " on several.")
    private Integer masterPort;

    @Parameters(paramLabel = "COMMAND", arity = "1..*", description = "train and its options, after --.")
    private List<String> command;

    @Override
    void execute() throws Exception {
        check();
        Map<String, String> shared = shared();
        try (RankProcesses ranks = new RankProcesses(out(), err(), PATIENCE)) {
            RankProcesses.Failure failure = Interrupt.save(() -> { }, PATIENCE.plus(KILLING), interrupt -> {
                for (int local = 0; local < gpus; local++) {
                    Map<String, String> own = new HashMap<>(shared);
                    own.put("RANK", Integer.toString(nodeRank * gpus + local));
                    own.put("LOCAL_RANK", Integer.toString(local));
                    ranks.start(nodeRank * gpus + local, command, own);
                }
                return ranks.await(interrupt::requested);
            });
            if (failure != null && failure.misuse()) {
                throw new IllegalArgumentException(failure.sentence());
            }
            if (failure != null) {
                throw new IllegalStateException(failure.sentence());
            }
        }
    }

    private void check() {
        if (!command.getFirst().equals("train")) {
            throw new IllegalArgumentException("'" + command.getFirst() + "' does not run on several GPUs; launch starts 'train': "
                    + self() + " launch --gpus " + gpus + " -- train --config FILE");
        }
        require(gpus >= 1, "--gpus", gpus, "at least 1");
        require(nodes >= 1, "--nodes", nodes, "at least 1");
        require(nodeRank >= 0 && nodeRank < nodes, "--node-rank", nodeRank, "from 0 to " + (nodes - 1));
        require(masterPort == null || masterPort >= 1 && masterPort <= 65_535, "--master-port", masterPort, "from 1 to 65535");
        if (nodes > 1 && masterAddress == null) {
            throw new IllegalArgumentException("with --nodes " + nodes + " all hosts must know where host 0 is; give its name with"
                    + " --master-addr=HOST");
        }
        BackendProvider cuda = Backends.provider("cuda");
        if (gpus > cuda.devices()) {
            throw new IllegalArgumentException("--gpus is " + gpus + ", but this machine shows " + cuda.devices()
                    + (cuda.devices() == 1 ? " GPU" : " GPUs") + "; give --gpus=" + cuda.devices() + " and set num_devices to a"
                    + " multiple of it");
        }
    }

    private static void require(boolean fine, String option, Object value, String wanted) {
        if (!fine) {
            throw new IllegalArgumentException(option + " is " + value + "; it must be " + wanted);
        }
    }

    /** What all ranks are told. */
    private Map<String, String> shared() throws IOException {
        Map<String, String> variables = new HashMap<>();
        variables.put("WORLD_SIZE", Integer.toString(nodes * gpus));
        variables.put("LOCAL_WORLD_SIZE", Integer.toString(gpus));
        if (nodes == 1) {
            variables.put("MASTER_ADDR", masterAddress == null ? "127.0.0.1" : masterAddress);
            variables.put("MASTER_PORT", Integer.toString(masterPort == null ? anyPort() : masterPort));
            variables.put(LaunchEnvironment.RUN, UUID.randomUUID().toString());
        } else {
            variables.put("MASTER_ADDR", masterAddress);
            variables.put("MASTER_PORT", Integer.toString(masterPort == null ? LaunchEnvironment.DEFAULT_PORT : masterPort));
        }
        return variables;
    }

    private static int anyPort() throws IOException {
        while (true) {
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                if (free.getLocalPort() < HIGHEST_PORT) {
                    return free.getLocalPort();
                }
            }
        }
    }
}
