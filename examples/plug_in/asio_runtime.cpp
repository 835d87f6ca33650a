// Boost.Asio's own coroutines, tasks and cancellation, judged as they are.
#include "examples/plug_in/asio_runtime.hpp"

#include "conformance/plug_in.hpp"

int main(int argc, char** argv) { return lawful::conformance::run_lawful<AsioRuntime>(argc, argv, "asio_runtime"); }
