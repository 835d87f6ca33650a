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
#include "scheduler/test/forgotten_timers.hpp"

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

TEST_CASE("a million forgotten timers cost no memory") {
  SUBCASE("virtual time") {
    AsioVirtualScheduler scheduler;
    check_forgotten_timers_cost_no_memory(scheduler);
  }
  SUBCASE("real time") {
    AsioScheduler scheduler;
    check_forgotten_timers_cost_no_memory(scheduler);
  }
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

namespace {

constexpr int bytes = 20'000;

/// A socket and its peer, over loopback.
struct Pair {
  explicit Pair(boost::asio::io_context& context) : here(context), there(context) {
    tcp::acceptor acceptor(context, anywhere);
    here.connect(acceptor.local_endpoint());
    acceptor.accept(there);
    here.set_option(tcp::no_delay(true));
    there.set_option(tcp::no_delay(true));
  }
  tcp::socket here;
  tcp::socket there;
};

char nth(int i) { return static_cast<char>(i % 251); }

/// Writes them one by one, each about when a read's deadline strikes.
Coroutine<void> write_bytes(tcp::socket& socket) {
  for (int i = 0; i < bytes; ++i) {
    char byte = nth(i);
    co_await boost::asio::async_write(socket, boost::asio::buffer(&byte, 1), as_future);
    co_await sleep(std::chrono::microseconds(20 + i % 40));
  }
}

/// What a reader has got: all of it in order, or not.
struct Got {
  int count = 0;
  bool in_order = true;
  int cut = 0;  // reads that a deadline or cancel ended
  void take(const char* data, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) in_order = data[i] == nth(count++) && in_order;
  }
};

/// Reads until it has all: ends only if nothing is lost. A byte too few, and it would wait for it: so the writer closes its side
/// behind the last one, and the end of the stream ends it as well.
template <class Read>
Coroutine<Got> read_all(Read read) {
  Got got;
  char buffer[16];
  bool over = false;
  while (!over && got.count < bytes) {
    Outcome<std::size_t> n = co_await read(boost::asio::buffer(buffer)).outcome();
    if (n.ok()) {
      got.take(buffer, n.value());
    } else if (n.error().template as<boost::system::system_error>() != nullptr) {
      over = true;
    } else {
      ++got.cut;
    }
  }
  co_return got;
}

Coroutine<void> write_and_close(tcp::socket& socket) {
  co_await write_bytes(socket);
  socket.shutdown(tcp::socket::shutdown_send);
}

}  // namespace

TEST_CASE("no byte is lost by reads with a deadline") {
  AsioScheduler scheduler;
  Pair pair(scheduler.context());
  auto by_wait_for = [&](boost::asio::mutable_buffer buffer) -> Coroutine<std::size_t> {
    co_return co_await wait_for(pair.here.async_read_some(buffer, as_future), 50us);
  };
  auto by_timeout = [&](boost::asio::mutable_buffer buffer) -> Coroutine<std::size_t> {
    auto body = [&]() -> Coroutine<std::size_t> { co_return co_await pair.here.async_read_some(buffer, as_future); };
    co_return co_await with(timeout(50us), std::move(body));
  };
  // An outer block of the same length: two deadlines may strike one read.
  auto by_two = [&](boost::asio::mutable_buffer buffer) -> Coroutine<std::size_t> {
    auto body = [&]() -> Coroutine<std::size_t> { co_return co_await by_wait_for(buffer); };
    co_return co_await with(timeout(50us), std::move(body));
  };
  auto program = [&](auto read) -> Coroutine<Got> {
    Task<void> writer = create_task(write_and_close(pair.there));
    Got got = co_await read_all(std::move(read));
    co_await writer;
    CHECK(current_task().cancelling() == 0);
    co_await sleep(0us);  // no stray cancel strikes here
    co_return got;
  };
  Got got;
  SUBCASE("wait_for") { got = run(scheduler, program(by_wait_for)); }
  SUBCASE("timeout") { got = run(scheduler, program(by_timeout)); }
  SUBCASE("two") { got = run(scheduler, program(by_two)); }
  CHECK(got.count == bytes);
  CHECK(got.in_order);
  MESSAGE(got.cut, " deadlines struck");
}

TEST_CASE("no byte is lost by a task that is cancelled as it reads") {
  AsioScheduler scheduler;
  Pair pair(scheduler.context());
  auto read = [&](boost::asio::mutable_buffer buffer) -> Coroutine<std::size_t> {
    Outcome<std::size_t> n = co_await pair.here.async_read_some(buffer, as_future).outcome();
    if (n.error().is_cancelled()) current_task().uncancel();
    co_return n;
  };
  auto program = [&]() -> Coroutine<Got> {
    Task<void> writer = create_task(write_and_close(pair.there));
    Task<Got> reader = create_task(read_all(read));
    while (!reader.done()) {
      co_await sleep(50us);
      reader.cancel();
    }
    Got got = co_await reader;
    co_await writer;
    co_return got;
  };
  const Got got = run(scheduler, program());
  CHECK(got.count == bytes);
  CHECK(got.in_order);
  MESSAGE(got.cut, " cancels struck");
}

namespace {

/// A byte is there to be read: the read below completes in this pass, and is seen in one after it.
Coroutine<void> send_one(tcp::socket& socket) {
  const char byte = 'x';
  co_await boost::asio::async_write(socket, boost::asio::buffer(&byte, 1), as_future);
}

}  // namespace

TEST_CASE("a read that has completed goes before a cancel, and the cancel strikes at the next suspension") {
  AsioScheduler scheduler;
  Pair pair(scheduler.context());
  char byte = 0;
  std::size_t got = 0;
  bool struck = false;
  bool left = true;
  auto read = [&]() -> Coroutine<void> {
    got = co_await pair.here.async_read_some(boost::asio::buffer(&byte, 1), as_future);
    SUBCASE("a sleep") {
      Outcome<void> slept = co_await sleep(1h).outcome();
      struck = slept.error().is_cancelled();
    }
    SUBCASE("an operation, which is not begun") {
      Outcome<std::size_t> next = co_await pair.here.async_read_some(boost::asio::buffer(&byte, 1), as_future).outcome();
      struck = next.error().is_cancelled();
      left = pair.here.available() == 1;
    }
    // It strikes once.
    co_await sleep(0us);
    current_task().uncancel();
  };
  auto program = [&]() -> Coroutine<void> {
    co_await send_one(pair.there);
    co_await send_one(pair.there);
    Task<void> reader = create_task(read());
    co_await sleep(0us);  // it has begun to read, and there is a byte
    CHECK(reader.cancel());
    co_await reader;
  };
  run(scheduler, program());
  CHECK(got == 1);
  CHECK(struck);
  CHECK(left);
}

TEST_CASE("a task that returns what it read is not cancelled any more, unless it is again") {
  AsioScheduler scheduler;
  Pair pair(scheduler.context());
  bool again = false;
  char byte = 0;
  auto read = [&]() -> Coroutine<std::size_t> {
    const std::size_t n = co_await pair.here.async_read_some(boost::asio::buffer(&byte, 1), as_future);
    if (again) current_task().cancel();
    co_return n;
  };
  auto program = [&]() -> Coroutine<bool> {
    co_await send_one(pair.there);
    Task<std::size_t> reader = create_task(read());
    co_await sleep(0us);
    reader.cancel();
    Outcome<std::size_t> n = co_await reader.outcome();
    co_return n.ok();
  };
  CHECK(run(scheduler, program()));
  again = true;
  CHECK_FALSE(run(scheduler, program()));
}

TEST_CASE("a deadline that strikes a completed read is taken back, whatever other requests stand") {
  AsioScheduler scheduler;
  Pair pair(scheduler.context());
  char byte = 0;
  auto program = [&]() -> Coroutine<void> {
    co_await send_one(pair.there);
    // A request that has been delivered, and stands.
    current_task().cancel();
    Outcome<void> delivered = co_await sleep(0us).outcome();
    CHECK(delivered.error().is_cancelled());
    std::size_t n = co_await wait_for(pair.here.async_read_some(boost::asio::buffer(&byte, 1), as_future), 1ns);
    CHECK(n == 1);
    CHECK(current_task().cancelling() == 1);
    co_await sleep(0us);
    current_task().uncancel();
  };
  run(scheduler, program());
}

TEST_CASE("who reads what never ends is cancelled all the same") {
  AsioScheduler scheduler;
  Pair pair(scheduler.context());
  auto flood = [&]() -> Coroutine<void> {
    const std::string much(1 << 16, 'x');
    for (;;) co_await pair.there.async_write_some(boost::asio::buffer(much), as_future);
  };
  auto read = [&]() -> Coroutine<void> {
    char byte = 0;
    for (;;) co_await pair.here.async_read_some(boost::asio::buffer(&byte, 1), as_future);
  };
  auto program = [&]() -> Coroutine<bool> {
    Task<void> writer = create_task(flood());
    co_await sleep(1ms);
    Outcome<void> ended = co_await wait_for(read(), 20ms).outcome();
    writer.cancel();
    co_return ended.error().as<TimeoutError>() != nullptr;
  };
  CHECK(run(scheduler, program()));
}

TEST_CASE("a wait of no time for a read cancels it, and has its value if it completed") {
  AsioScheduler scheduler;
  Pair pair(scheduler.context());
  char byte = 0;
  auto program = [&]() -> Coroutine<void> {
    Outcome<std::size_t> none =
        co_await wait_for(pair.here.async_read_some(boost::asio::buffer(&byte, 1), as_future), 0s).outcome();
    CHECK(none.error().as<TimeoutError>() != nullptr);
    co_await send_one(pair.there);
    std::size_t one = co_await wait_for(pair.here.async_read_some(boost::asio::buffer(&byte, 1), as_future), 0s);
    CHECK(one == 1);
  };
  run(scheduler, program());
}
