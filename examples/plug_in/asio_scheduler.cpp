// Boost.Asio's io_context as a whole Scheduler, with its own timers, in virtual time.
#include "conformance/plug_in.hpp"
#include "scheduler/asio/asio_scheduler.hpp"

int main(int argc, char** argv) { return lawful::conformance::run_lawful<lawful::AsioVirtualScheduler>(argc, argv, "asio_scheduler"); }
