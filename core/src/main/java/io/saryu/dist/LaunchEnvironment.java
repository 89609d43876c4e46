package io.saryu.dist;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Where this process stands among the processes of a run, as who started them says in environment variables: torchrun and
 * {@code saryu launch} (RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR, MASTER_PORT), Open MPI's mpirun or SLURM's srun. They are
 * looked for in that order, as a process may see those of several: mpirun inside a SLURM job.
 *
 * @param source     who said so, for messages
 * @param process    number of this process, in [0, {@code processes})
 * @param processes  of the run
 * @param local      number of this process among those on its host
 * @param masterHost where process 0 runs; null for one process
 * @param masterPort a port that all know; nothing needs to be free or listen there
 * @param run        what tells this run from another on the same hosts; empty when unknown
 * @param timeout    how long another process may be late or silent before the run ends
 */
public record LaunchEnvironment(String source, int process, int processes, int local, String masterHost, int masterPort,
        String run, Duration timeout) {
    /** Seconds that a process may be late or silent; 60 when not set. */
    public static final String TIMEOUT = "SARYU_PEER_TIMEOUT";
    /** What tells runs apart; {@code saryu launch} sets it. */
    public static final String RUN = "SARYU_RUN_ID";
    /** torchrun's default port. */
    public static final int DEFAULT_PORT = 29500;

    private static final int DEFAULT_TIMEOUT = 60;
    private static final int LONGEST_TIMEOUT = 86_400;
    /** SLURM hands out no port: one is made from the job's number, in the range that needs no rights and that few use. */
    private static final int SLURM_PORT = 20_000;
    private static final int SLURM_PORTS = 10_000;

    /** Of this process. */
    public static LaunchEnvironment current() {
        return of(System.getenv());
    }

    /**
     * As the variables say.
     *
     * @throws IllegalArgumentException when variables are missing or hold no number of their range, naming them
     */
    public static LaunchEnvironment of(Map<String, String> variables) {
        EnvironmentVariables env = new EnvironmentVariables(variables);
        Duration timeout = Duration.ofSeconds(env.number(TIMEOUT, DEFAULT_TIMEOUT, 1, LONGEST_TIMEOUT));
        if (env.has("RANK") || env.has("WORLD_SIZE")) {
            return torchrun(env, timeout);
        }
        if (env.has("OMPI_COMM_WORLD_RANK")) {
            return openMpi(env, timeout);
        }
        if (env.has("SLURM_PROCID") && env.has("SLURM_NTASKS")) {
            return slurm(env, timeout);
        }
        return new LaunchEnvironment("nothing", 0, 1, 0, null, 0, "", timeout);
    }

    /** Whether this is the only process. */
    public boolean isAlone() {
        return processes == 1;
    }

    /**
     * What all processes of this run say of themselves and those of another on the same hosts do not. Its name alone can be
     * equal, torchrun's is "none" unless it is given one, but two runs with one process 0's host have two ports.
     */
    String identity() {
        return run + " on port " + masterPort;
    }

    private static LaunchEnvironment torchrun(EnvironmentVariables env, Duration timeout) {
        env.require("torchrun and saryu launch set them all", "RANK", "WORLD_SIZE");
        int processes = env.processes("WORLD_SIZE");
        int process = env.rank("RANK", processes, "WORLD_SIZE");
        if (processes > 1) {
            env.require("torchrun and saryu launch set them all", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT");
        }
        return new LaunchEnvironment("RANK and WORLD_SIZE", process, processes, local(env, "LOCAL_RANK", processes, "WORLD_SIZE"),
                processes == 1 ? null : env.get("MASTER_ADDR"), port(env, DEFAULT_PORT),
                env.first(RUN, "TORCHELASTIC_RUN_ID"), timeout);
    }

    private static LaunchEnvironment openMpi(EnvironmentVariables env, Duration timeout) {
        env.require("Open MPI's mpirun sets them all", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE");
        int processes = env.processes("OMPI_COMM_WORLD_SIZE");
        int process = env.rank("OMPI_COMM_WORLD_RANK", processes, "OMPI_COMM_WORLD_SIZE");
        String host = env.first("MASTER_ADDR");
        if (host.isEmpty() && processes > 1) {
            if (env.number("OMPI_COMM_WORLD_LOCAL_SIZE", 0, 0, processes) != processes) {
                throw new IllegalArgumentException("mpirun started " + processes + " processes on several hosts and does not tell"
                        + " them where process 0 is; say so with mpirun -x MASTER_ADDR=HOST, HOST being the first one");
            }
            host = "localhost";
        }
        return new LaunchEnvironment("Open MPI", process, processes,
                local(env, "OMPI_COMM_WORLD_LOCAL_RANK", processes, "OMPI_COMM_WORLD_SIZE"), processes == 1 ? null : host,
                port(env, DEFAULT_PORT), env.first(RUN, "PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid"), timeout);
    }

    private static LaunchEnvironment slurm(EnvironmentVariables env, Duration timeout) {
        // A step may have fewer tasks than the job.
        String count = env.has("SLURM_STEP_NUM_TASKS") ? "SLURM_STEP_NUM_TASKS" : "SLURM_NTASKS";
        int processes = env.processes(count);
        int process = env.rank("SLURM_PROCID", processes, count);
        String host = env.first("MASTER_ADDR");
        if (host.isEmpty() && processes > 1) {
            String nodes = env.first("SLURM_STEP_NODELIST", "SLURM_NODELIST", "SLURM_JOB_NODELIST");
            if (nodes.isEmpty()) {
                throw new IllegalArgumentException("SLURM started " + processes + " tasks, but SLURM_NODELIST is not set, so that"
                        + " nobody knows where task 0 is; start them with srun, or set MASTER_ADDR to the first host");
            }
            host = SlurmNodes.first(nodes);
        }
        String job = env.first("SLURM_JOB_ID", "SLURM_JOBID");
        int port = port(env, job.matches("\\d{1,18}") ? SLURM_PORT + (int) (Long.parseLong(job) % SLURM_PORTS) : DEFAULT_PORT);
        String run = env.has(RUN) ? env.get(RUN) : job + "." + env.first("SLURM_STEP_ID");
        return new LaunchEnvironment("SLURM", process, processes, local(env, "SLURM_LOCALID", processes, count),
                processes == 1 ? null : host, port, run, timeout);
    }

    private static int local(EnvironmentVariables env, String name, int processes, String of) {
        return processes == 1 && !env.has(name) ? 0 : env.rank(name, processes, of);
    }

    private static int port(EnvironmentVariables env, int otherwise) {
        return env.number("MASTER_PORT", otherwise, 1, 65_535);
    }

    /** The variables that say where a process stands, for a message to who set some of them by hand. */
    public static List<String> names() {
        return List.of("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT");
    }
}
