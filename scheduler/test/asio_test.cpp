// Boost.Asio's io_context as a scheduler, in real time, with sockets. These tests wait for the wall clock, and only ever assert
// that enough of it has passed.
#include <doctest/doctest.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <string>

#include "scheduler/asio/as_future.hpp"
#include "scheduler/asio/asio_scheduler.hpp"
#include "scheduler/lawful.hpp"

using namespace lawful;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;

namespace {

const tcp::endpoint anywhere(boost::asio::ip::address_v4::loopback(), 0);

/// Sends back one line.
Coroutine<void> echo_once(tcp::acceptor& acceptor) {
  tcp::socket peer = co_await acceptor.async_accept(as_future);
  std::string line(5, ' ');
  co_await boost::asio::async_read(peer, boost::asio::buffer(line), as_future);
  co_await boost::asio::async_write(peer, boost::asio::buffer(line), as_future);
}

Coroutine<std::string> ask(boost::asio::io_context& context, tcp::endpoint server, std::string question) {
  tcp::socket socket(context);
  co_await socket.async_connect(server, as_future);
  co_await boost::asio::async_write(socket, boost::asio::buffer(question), as_future);
  std::string answer(question.size(), ' ');
  const std::size_t got = co_await boost::asio::async_read(socket, boost::asio::buffer(answer), as_future);
  CHECK(got == answer.size());
  co_return answer;
}

}  // namespace

TEST_CASE("tasks await sockets") {
  AsioScheduler scheduler;
  tcp::acceptor acceptor(scheduler.context(), anywhere);
  auto program = [&]() -> Coroutine<std::string> {
    Task<void> server = create_task(echo_once(acceptor));
    std::string answer = co_await ask(scheduler.context(), acceptor.local_endpoint(), "hello");
    co_await server;
    co_return answer;
  };
  CHECK(run(scheduler, program()) == "hello");
  // The scheduler and its sockets are as good for another run.
  CHECK(run(scheduler, program()) == "hello");
}

TEST_CASE("a timeout cancels the operation that a task waits for") {
  AsioScheduler scheduler;
  tcp::acceptor acceptor(scheduler.context(), anywhere);
  auto program = [&]() -> Coroutine<std::string> {
    tcp::socket socket(scheduler.context());
    co_await socket.async_connect(acceptor.local_endpoint(), as_future);
    tcp::socket peer = co_await acceptor.async_accept(as_future);
    std::string line(5, ' ');
    bool late = false;
    auto read = [&]() -> Coroutine<void> { co_await boost::asio::async_read(socket, boost::asio::buffer(line), as_future); };
    auto guarded = [&]() -> Coroutine<void> { co_await with(timeout(20ms), read); };
    Outcome<void> outcome = co_await guarded().outcome();
    late = outcome.error().as<TimeoutError>() != nullptr;
    CHECK(late);
    // The read is gone: what comes now is for the next one.
    const std::string next = "next!";
    co_await boost::asio::async_write(peer, boost::asio::buffer(next), as_future);
    co_await boost::asio::async_read(socket, boost::asio::buffer(line), as_future);
    co_return line;
  };
  CHECK(run(scheduler, program()) == "next!");
}

TEST_CASE("an operation's error is raised where it is awaited") {
  AsioScheduler scheduler;
  auto program = [&]() -> Coroutine<bool> {
    tcp::socket socket(scheduler.context());
    tcp::endpoint nobody;
    {
      tcp::acceptor gone(scheduler.context(), anywhere);
      nobody = gone.local_endpoint();
    }
    Outcome<void> connected = co_await socket.async_connect(nobody, as_future).outcome();
    const auto* const error = connected.error().as<boost::system::system_error>();
    co_return error != nullptr && error->code() == boost::asio::error::connection_refused;
  };
  CHECK(run(scheduler, program()));
}

TEST_CASE("in real time sleeps last, and in virtual time they do not") {
  AsioScheduler real;
  auto nap = []() -> Coroutine<int> {
    auto one = []() -> Coroutine<int> {
      co_await sleep(30ms);
      co_return 1;
    };
    auto both = co_await gather(one(), one());
    co_return std::get<0>(both) + std::get<1>(both);
  };
  const auto begun = std::chrono::steady_clock::now();
  CHECK(run(real, nap()) == 2);
  CHECK(std::chrono::steady_clock::now() - begun >= 30ms);

  AsioVirtualScheduler jumping;
  auto years = [&]() -> Coroutine<Duration> {
    co_await sleep(24h * 365);
    co_return jumping.now().time_since_epoch();
  };
  CHECK(run(jumping, years()) == 24h * 365);
}

TEST_CASE("a timer that is forgotten keeps no run alive") {
  AsioScheduler scheduler;
  auto stuck = [&]() -> Coroutine<void> {
    auto nothing = [] {};
    CallbackHandle soon = call_later(scheduler, 1h, nothing);
    co_await sleep(1ms);  // the wait of this run has seen it
    soon.cancel();
    Event event;
    co_await event.wait();
  };
  CHECK_THROWS_AS(run(scheduler, stuck()), DeadlockError);
}

TEST_CASE("a run in which nothing can happen any more is a deadlock, and threads are waited for") {
  AsioScheduler scheduler;
  auto stuck = []() -> Coroutine<void> {
    Event event;
    co_await event.wait();
  };
  CHECK_THROWS_AS(run(scheduler, stuck()), DeadlockError);
  auto elsewhere = []() -> Coroutine<int> {
    auto function = [] { return 7; };
    co_return co_await to_thread(function);
  };
  CHECK(run(scheduler, elsewhere()) == 7);
}
