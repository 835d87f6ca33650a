#include "conformance/cli/lawful.hpp"

int main(int argc, char** argv) { return lawful::conformance::run_lawful(argc, argv, lawful::conformance::own_subjects()); }
