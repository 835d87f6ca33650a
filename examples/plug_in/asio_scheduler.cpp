// Boost.Asio's io_context as a whole Scheduler, with its own timers, in virtual time.
#include "scheduler/asio/asio_scheduler.hpp"
#include "conformance/plug_in.hpp"

int main(int argc, char** argv) {
  return lawful::conformance::run_lawful<lawful::AsioVirtualScheduler>(argc, argv, "asio_scheduler");
}
