// What lawful says Boost.Asio does otherwise than SPEC.md, by hand: plain Asio, its own clock, no lawful.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdio>
#include <stdexcept>

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

void say(const char* rule, bool holds) { std::printf("%-40s %s\n", rule, holds ? "holds" : "does not hold"); }

asio::awaitable<void> pause(asio::io_context& context, std::chrono::milliseconds span) {
  asio::steady_timer timer(context, span);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> program(asio::io_context& context) {
  bool stepped = false;
  auto step = [&]() -> asio::awaitable<void> {
    stepped = true;
    co_return;
  };
  asio::co_spawn(context, step, asio::detached);
  say("TASK-STARTS-LATER", !stepped);

  // Cancelled once, it is interrupted at its next wait, too.
  asio::cancellation_signal signal;
  bool cleaned_up = false;
  bool an_ordinary_error = false;
  auto with_clean_up = [&]() -> asio::awaitable<void> {
    bool cancelled = false;
    try {
      co_await pause(context, 1h);
    } catch (const std::exception&) {
      an_ordinary_error = true;
      cancelled = true;
    }
    if (cancelled) co_await pause(context, 1ms);
    cleaned_up = true;
  };
  asio::co_spawn(context, with_clean_up, asio::bind_cancellation_slot(signal.slot(), asio::detached));
  co_await pause(context, 1ms);
  signal.emit(asio::cancellation_type::terminal);
  co_await pause(context, 20ms);
  say("CANCEL-IS-DELIVERED-ONCE", cleaned_up);
  say("CANCELLED-ERROR-IS-NO-ORDINARY-ERROR", !an_ordinary_error);

  // One of a group fails: the other does not get to its end.
  bool sibling_ended = false;
  auto fails = [&]() -> asio::awaitable<void> {
    co_await pause(context, 1ms);
    throw std::runtime_error("E1");
  };
  auto sibling = [&]() -> asio::awaitable<void> {
    co_await pause(context, 20ms);
    sibling_ended = true;
  };
  auto group = asio::experimental::make_parallel_group(asio::co_spawn(context, fails, asio::deferred),
                                                       asio::co_spawn(context, sibling, asio::deferred));
  co_await group.async_wait(asio::experimental::wait_for_one_error(), asio::use_awaitable);
  co_await pause(context, 40ms);
  say("GATHER-LEAVES-SIBLINGS-RUNNING", sibling_ended);
}

}  // namespace

int main() {
  asio::io_context context;
  bool left_ended = false;
  auto left = [&]() -> asio::awaitable<void> {
    co_await pause(context, 20ms);
    left_ended = true;
  };
  auto main_program = [&]() -> asio::awaitable<void> {
    co_await program(context);
    asio::co_spawn(context, left, asio::detached);
  };
  asio::co_spawn(context, main_program, asio::detached);
  context.run();
  say("SHUTDOWN-CANCELS-WHAT-IS-LEFT", !left_ended);
}
