// Boost.Asio's io_context, run by one thread, judged as an executor.
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <thread>

#include "conformance/cli/lawful.hpp"

int main(int argc, char** argv) {
  boost::asio::io_context context;
  const auto work = boost::asio::make_work_guard(context);
  std::thread([&] { context.run(); }).detach();
  return lawful::conformance::run_lawful(argc, argv, "asio_io_context",
                                         [&](auto job) { boost::asio::post(context, std::move(job)); });
}
