/* usage: saryu_emulated_test; the environment says in which order, as for the library. */
#include "check.h"
#include "faults.h"

int failures = 0;

void test_blocks();
void test_driver(bool reverse);
void test_matmul();

int main() {
    setenv("SARYU_EMULATED_DEVICES", "2", 1);
    setenv("SARYU_EMULATED_MEMORY", "1048576", 1);
    test_blocks();
    test_driver(saryu::reverse_order());
    test_matmul();
    fprintf(stderr, failures == 0 ? "all well\n" : "%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
