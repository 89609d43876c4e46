#include "check.h"

int failures = 0;

void test_blocks();

int main() {
    test_blocks();
    fprintf(stderr, failures == 0 ? "all well\n" : "%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
