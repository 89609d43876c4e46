package io.saryu.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What torchrun, mpirun and srun set, and what is wrong with what a hand set. */
class LaunchEnvironmentTest {
    private static final String TORCHRUN = "RANK=3 WORLD_SIZE=4 LOCAL_RANK=1 LOCAL_WORLD_SIZE=2 MASTER_ADDR=node7 MASTER_PORT=29400"
            + " TORCHELASTIC_RUN_ID=abc";
    private static final String SLURM = "SLURM_PROCID=5 SLURM_NTASKS=8 SLURM_LOCALID=1 SLURM_NODELIST=gpu[03-04,9] SLURM_JOB_ID=1234567"
            + " SLURM_STEP_ID=2";
    private static final String MPI = "OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_LOCAL_RANK=1"
            + " OMPI_COMM_WORLD_LOCAL_SIZE=2 PMIX_NAMESPACE=job7";

    private static Map<String, String> variables(String text) {
        Map<String, String> map = new HashMap<>();
        for (String pair : text.split(" ")) {
            if (!pair.isEmpty()) {
                map.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
            }
        }
        return map;
    }

    private static LaunchEnvironment of(String text) {
        return LaunchEnvironment.of(variables(text));
    }

    @Test
    void nothingSetIsOneProcess() {
        LaunchEnvironment env = of("PATH=/bin");
        assertTrue(env.isAlone());
        assertEquals(0, env.process());
        assertEquals(Duration.ofSeconds(60), env.timeout());
    }

    @Test
    void torchrun() {
        assertEquals(new LaunchEnvironment("RANK and WORLD_SIZE", 3, 4, 1, "node7", 29400, "abc", Duration.ofSeconds(5)),
                of(TORCHRUN + " SARYU_PEER_TIMEOUT=5"));
    }

    @Test
    void torchrunOfOneProcessNeedsNoHost() {
        LaunchEnvironment env = of("RANK=0 WORLD_SIZE=1");
        assertTrue(env.isAlone());
        assertNull(env.masterHost());
    }

    @Test
    void slurm() {
        LaunchEnvironment env = of(SLURM);
        assertEquals(new LaunchEnvironment("SLURM", 5, 8, 1, "gpu03", 24567, "1234567.2", Duration.ofSeconds(60)), env);
        // A step with fewer tasks than the job, on other hosts.
        LaunchEnvironment step = of(SLURM.replace("PROCID=5", "PROCID=1") + " SLURM_STEP_NUM_TASKS=2 SLURM_STEP_NODELIST=gpu9");
        assertEquals(2, step.processes());
        assertEquals("gpu9", step.masterHost());
    }

    @Test
    void openMpi() {
        assertEquals(new LaunchEnvironment("Open MPI", 1, 2, 1, "localhost", 29500, "job7", Duration.ofSeconds(60)), of(MPI));
        assertEquals("a1", of(MPI.replace("LOCAL_SIZE=2", "LOCAL_SIZE=1") + " MASTER_ADDR=a1").masterHost());
    }

    /** mpirun and torchrun inside a SLURM job: its variables are those of the job, not of the process. */
    @Test
    void theInnermostLauncherCounts() {
        assertEquals("Open MPI", of(SLURM + " " + MPI).source());
        assertEquals(3, of(SLURM + " " + TORCHRUN).process());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "RANK=3 WORLD_SIZE=4 LOCAL_RANK=1             | MASTER_ADDR and MASTER_PORT are not set",
        "WORLD_SIZE=4                                 | RANK is not set",
        "RANK=1                                       | WORLD_SIZE is not set",
        "RANK=4 WORLD_SIZE=4 LOCAL_RANK=0 MASTER_ADDR=a MASTER_PORT=1 | RANK is '4'; with WORLD_SIZE=4 it must be a number from 0 to 3",
        "RANK=-1 WORLD_SIZE=4 LOCAL_RANK=0 MASTER_ADDR=a MASTER_PORT=1 | RANK is '-1'",
        "RANK=1 WORLD_SIZE=four LOCAL_RANK=0 MASTER_ADDR=a MASTER_PORT=1 | WORLD_SIZE is 'four'",
        "RANK=1 WORLD_SIZE=4 LOCAL_RANK=7 MASTER_ADDR=a MASTER_PORT=1 | LOCAL_RANK is '7'",
        "RANK=1 WORLD_SIZE=4 LOCAL_RANK=0 MASTER_ADDR=a MASTER_PORT=70000 | MASTER_PORT is '70000'; it must be a number from 1 to 65535",
        "RANK=1 WORLD_SIZE=99999999999 LOCAL_RANK=0   | WORLD_SIZE is '99999999999'",
        "SARYU_PEER_TIMEOUT=0                         | SARYU_PEER_TIMEOUT is '0'; it must be a number from 1 to 86400",
        "OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_LOCAL_RANK=0 OMPI_COMM_WORLD_LOCAL_SIZE=1 | mpirun -x MASTER_ADDR=HOST",
        "SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_LOCALID=1 | SLURM_NODELIST is not set",
        "SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_LOCALID=1 SLURM_NODELIST=gpu[01 | no list of hosts"})
    void whatCannotBeIsRefused(String text, String sentence) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> of(text));
        assertTrue(e.getMessage().contains(sentence), e.getMessage());
        assertFalse(e.getMessage().contains("null"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "node7                        | node7",
        "gpu[03-05,9],login           | gpu03",
        "gpu[9,11-12]                 | gpu9",
        "login,gpu[1-2]               | login",
        "rack[1-2]node[01-16]         | rack1node01",
        "r[1-2]-x                     | r1-x",
        "a-b.c.d                      | a-b.c.d"})
    void firstHostOfASlurmList(String nodes, String host) {
        assertEquals(host, SlurmNodes.first(nodes));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"''", "[1-2", "gpu[", "gpu]", "gpu[x]", ",a"})
    void whatIsNoSlurmListIsRefused(String nodes) {
        assertThrows(IllegalArgumentException.class, () -> SlurmNodes.first(nodes));
    }

    /** The last ports have none after them. */
    @Test
    void portsAroundTheOneGiven() {
        LaunchEnvironment low = of(TORCHRUN);
        assertEquals(29401, Rendezvous.port(low, 0));
        LaunchEnvironment high = of(TORCHRUN.replace("29400", "65530"));
        assertEquals(65529, Rendezvous.port(high, 0));
    }
}
